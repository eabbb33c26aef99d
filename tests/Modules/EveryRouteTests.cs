using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Host;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules;

/// <summary>What the API owes a machine that asks oddly: an answer, never a failure.</summary>
public partial class EveryRouteTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Binding is compiled at a route's first request: one that cannot be bound is found here, and not by a customer of the API.
    [Theory, BothDatabases]
    public async Task Every_route_that_is_described_answers_whatever_it_is_asked(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Given.A_small_utility(house);
        var routes = await Described(house);
        Assert.True(routes.Count > 80, $"Only {routes.Count} routes are described.");
        var failed = new List<string>();
        foreach (var body in (string[])["{}", "{\"rows\":[null],\"name\":null}", "[]", "null", ""])
        {
            // A new key each time: the number of requests in a minute is limited.
            using var machine = await house.Machine([.. House.Modules.Modules.SelectMany(m => m.Permissions).Select(p => p.Name)]);
            foreach (var (method, path) in routes)
            {
                if (method == HttpMethod.Get && body is not ("{}" or "[]"))
                    continue;
                using var request = new HttpRequestMessage(method, Parameter().Replace(path, "1") + (body == "[]" ? "?after=%00odd&size=-1&q=%00&sort=odd" : ""));
                if (method != HttpMethod.Get && method != HttpMethod.Delete)
                    request.Content = new StringContent(body, Encoding.UTF8, "application/json");
                using var answer = await machine.SendAsync(request, Token);
                if ((int)answer.StatusCode is >= 500 or 401 or 403 or 405 or 415 or 429)
                    failed.Add($"{method} {request.RequestUri} {body}: {(int)answer.StatusCode}");
            }
        }
        Assert.Empty(failed);
    }

    [Theory, BothDatabases]
    public async Task Every_route_of_the_API_is_described(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var described = (await Described(house)).Select(r => $"{r.Method} {r.Path}").ToHashSet(StringComparer.Ordinal);
        var mapped = house.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal))
            .SelectMany(e => e.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(m => $"{m} {Constraint().Replace(e.RoutePattern.RawText!, "}")}"));
        Assert.Empty(mapped.Except(described, StringComparer.Ordinal));
    }

    private static async Task<List<(HttpMethod Method, string Path)>> Described(TestHouse house)
    {
        using var client = house.Client();
        using var description = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json", Token));
        return [.. description.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(m => (HttpMethod.Parse(m.Name), p.Name)))
            .Where(r => r.Name.StartsWith("/api/v1", StringComparison.Ordinal))];
    }

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@":[a-z]+\}", RegexOptions.None, 1000)]
    private static partial Regex Constraint();
}
