using System.CommandLine;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Host.Commands;

/// <summary><c>./tieline user create | list | unlock</c></summary>
internal static class UserCommands
{
    public static Command All() => new("user", "People who sign in") { Create(), List(), Unlock() };

    private static Command Create()
    {
        var name = new Argument<string>("user-name") { Description = "What they type to sign in" };
        var display = new Option<string>("--display-name") { Description = "What others see", Required = true };
        var role = new Option<string[]>("--role") { Description = string.Join(", ", Roles.All), Required = true, AllowMultipleArgumentsPerToken = true };
        var employee = new Option<long?>("--employee") { Description = "Id of the employee this is" };
        return new Command("create", "Add a user and print the one-time link by which they set a password") { name, display, role, employee }.Does((parsed, house, ct) =>
            house.Use<AddUser, AddUser.Input, AddUser.Added>(
                HttpMethod.Post, "/users", new(parsed.GetValue(name), parsed.GetValue(display), parsed.GetValue(role), parsed.GetValue(employee)),
                (output, added) => output.WriteLine(added.Link), ct));
    }

    private static Command List()
    {
        var query = new Argument<string?>("part-of-name") { Description = "Only these", DefaultValueFactory = _ => null };
        return new Command("list", "Print users: name, display name, state, roles") { query }.Does((parsed, house, ct) =>
        {
            var q = parsed.GetValue(query);
            return house.Use<ListUsers, ListUsers.Input, Page<UserLine>>(
                HttpMethod.Get, $"/users?size=200{(q is null ? "" : $"&q={Uri.EscapeDataString(q)}")}", new(q, Size: 200), (output, page) =>
                {
                    foreach (var user in page.Items)
                        output.WriteLine($"{user.UserName}\t{user.DisplayName}\t{user.State.ToString().ToLowerInvariant()}\t{string.Join(' ', user.Roles)}");
                    if (page.Total > page.Items.Count)
                        output.WriteLine($"... and {page.Total - page.Items.Count} more; give a part of the name");
                }, ct);
        });
    }

    private static Command Unlock()
    {
        var name = new Argument<string>("user-name");
        return new Command("unlock", "Let a user try again who typed the password wrong too often") { name }.Does((parsed, house, ct) =>
            house.Use<UnlockUser, UnlockUser.Input, Done>(
                HttpMethod.Post, "/users/unlock", new(UserName: parsed.GetValue(name)), (output, _) => output.WriteLine("unlocked"), ct));
    }
}
