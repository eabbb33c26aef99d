using System.CommandLine;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Host.Commands;

/// <summary><c>./tieline apikey create | list | revoke</c></summary>
internal static class ApiKeyCommands
{
    public static Command All() => new("apikey", "API keys of machines") { Create(), List(), Revoke() };

    private static Command Create()
    {
        var name = new Option<string>("--name") { Description = "Which machine, for what", Required = true };
        var permission = new Option<string[]>("--permission") { Description = "A right; may be given several times", Required = true, AllowMultipleArgumentsPerToken = true };
        var expires = new Option<int?>("--expires") { Description = "Days until it ends; without it, never" };
        return new Command("create", "Make a key and print it, once") { name, permission, expires }.Does((parsed, house, ct) =>
            house.Use<CreateApiKey, CreateApiKey.Input, CreateApiKey.Created>(
                HttpMethod.Post, "/api-keys", new(parsed.GetValue(name), parsed.GetValue(permission), parsed.GetValue(expires)),
                (output, created) => output.WriteLine(created.Key), ct));
    }

    private static Command List() => new Command("list", "Print the keys: prefix, name, state, rights").Does((_, house, ct) =>
        house.Use<ListApiKeys, ListApiKeys.Input, Page<ApiKeyLine>>(HttpMethod.Get, "/api-keys?size=200", new(Size: 200), (output, page) =>
        {
            foreach (var key in page.Items)
            {
                var state = key.RevokedAt is not null ? "revoked" : key.ExpiresAt is { } until ? $"until {until:yyyy-MM-dd}" : "valid";
                output.WriteLine($"{key.Prefix}\t{key.Name}\t{state}\t{string.Join(' ', key.Permissions)}");
            }
        }, ct));

    private static Command Revoke()
    {
        var key = new Argument<string>("key") { Description = "Prefix (from list) or name" };
        return new Command("revoke", "End a key at once") { key }.Does((parsed, house, ct) =>
            house.Use<RevokeApiKey, RevokeApiKey.Input, Done>(
                HttpMethod.Post, "/api-keys/revoke", new(Key: parsed.GetValue(key)), (output, _) => output.WriteLine("revoked"), ct));
    }
}
