using System.Net;
using Npgsql;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Data.Postgres;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform;

/// <summary>As many requests at once as there are connections.</summary>
public sealed class ConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_holds_the_last_connection_still_gets_keys_numbers_and_reference_data()
    {
        await using var house = await TestHouse.Open(TestDatabase.Postgres);
        var requests = Enumerable.Range(0, TestHouse.Connections).Select(_ => house.As(Roles.Csr)).ToArray();
        try
        {
            foreach (var request in requests)
                await request.Db.Sql(Token);
            var cache = requests[0].Get<ReferenceCache<OwnRecords>>();
            await Task.WhenAll(requests.Select(request => Task.Run(async () =>
            {
                Assert.NotEqual(0, request.Get<Ids>().Take(10_000));
                Assert.NotEqual(0, await request.Db.NextNumber("connection test", Token));
                cache.Forget();
                Assert.NotNull(await cache.Get(Token));
            }, Token)));
        }
        finally
        {
            foreach (var request in requests)
                await request.DisposeAsync();
        }
    }

    [Fact]
    public async Task As_many_error_pages_at_once_are_answered()
    {
        await using var house = await TestHouse.Open(TestDatabase.Postgres);
        var csr = await house.SignedIn(Roles.Csr);
        // As a browser asks, so that there is a page to be made.
        csr.DefaultRequestHeaders.Add("Accept", "text/html");
        async Task All(string page, HttpStatusCode status)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 2 * TestHouse.Connections).Select(_ => csr.GetAsync(page, Token)));
            Assert.All(answers, answer => Assert.Equal(status, answer.StatusCode));
            Assert.Contains("</html>", await answers[^1].Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
        await All("/no-such-page", HttpStatusCode.NotFound);
        // Each attempt is written down as well.
        await All("/admin/settings", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_health_check_is_answered_while_all_connections_are_taken()
    {
        await using var house = await TestHouse.Open(TestDatabase.Postgres);
        var requests = Enumerable.Range(0, TestHouse.Connections).Select(_ => house.As(Roles.Csr)).ToArray();
        foreach (var request in requests)
            await request.Db.Sql(Token);
        var answer = await house.Client().GetAsync("/readyz", Token);
        Assert.DoesNotContain("the database does not answer", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        foreach (var request in requests)
        {
            await request.Db.GiveBack();
            await request.DisposeAsync();
        }
    }

    [Fact]
    public async Task Few_connections_unless_the_connection_string_says_how_many()
    {
        await using var few = new PostgresDialect(Without("Maximum Pool Size"));
        await using var many = new PostgresDialect($"{Without("Maximum Pool Size")};Maximum Pool Size=77");
        Assert.Equal(Math.Clamp(6 * Environment.ProcessorCount, 12, 100), await Size(few));
        Assert.Equal(77, await Size(many));

        static async Task<int> Size(PostgresDialect dialect)
        {
            await using var connection = await dialect.Open(Token);
            return new NpgsqlConnectionStringBuilder(connection.ConnectionString).MaxPoolSize;
        }

        static string Without(string setting)
        {
            var given = new NpgsqlConnectionStringBuilder(TestPostgres.ConnectionString);
            given.Remove(setting);
            return given.ToString();
        }
    }
}
