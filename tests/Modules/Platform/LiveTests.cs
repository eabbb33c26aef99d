using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform;

public sealed class LiveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Nobody_is_told_before_the_commit_also_when_no_transaction_is_open_yet(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var browser = await Listener.Open(house);
        await using var slow = house.As(Roles.Csr);
        await slow.Get<ILive>().Tell("told-first", null, Token);
        await using var failing = house.As(Roles.Csr);
        await failing.Get<ILive>().Tell("never-saved", null, Token);
        failing.Db.BeforeCommit("the line is cut", _ => throw new IOException("cut"));
        await Assert.ThrowsAsync<IOException>(() => failing.Db.SaveChangesAsync(Token));
        await using var quick = house.As(Roles.Csr);
        await quick.Get<ILive>().Tell("saved-first", null, Token);
        await quick.Db.SaveChangesAsync(Token);
        Assert.Equal("saved-first", await browser.Next());
        await slow.Db.SaveChangesAsync(Token);
        Assert.Equal("told-first", await browser.Next());
    }

    [Fact]
    public async Task Another_node_hears_of_it_at_the_commit()
    {
        await using var house = await TestHouse.Open(TestDatabase.Postgres);
        await using var other = house.Beside();
        await using var browser = await Listener.Open(other);
        // The other node listens as soon as its line stands; until then hints are lost, as they may be.
        var heard = browser.Next();
        while (!heard.IsCompleted)
        {
            await using var hello = house.As(Roles.Csr);
            await hello.Get<ILive>().Tell("hello", null, Token);
            await hello.Db.SaveChangesAsync(Token);
            await Task.WhenAny(heard, Task.Delay(50, Token));
        }
        await using var slow = house.As(Roles.Csr);
        await slow.Get<ILive>().Tell("told-first", null, Token);
        await using var within = house.As(Roles.Csr);
        await within.Db.InTransaction(async () =>
        {
            await within.Get<ILive>().Tell("saved-first", null, Token);
            return await within.Db.SaveChangesAsync(Token);
        }, Token);
        await slow.Db.SaveChangesAsync(Token);
        Assert.Equal(["saved-first", "told-first"], [await browser.NextBut("hello"), await browser.NextBut("hello")]);
    }

    [Fact]
    public async Task More_browsers_listen_than_there_are_connections()
    {
        await using var house = await TestHouse.Open(TestDatabase.Postgres);
        var browsers = new List<Listener>();
        for (var i = 0; i <= TestHouse.Connections; i++)
            browsers.Add(await Listener.Open(house));
        await using var scope = house.As(Roles.Csr);
        await scope.Get<ILive>().Tell("all", null, Token);
        await scope.Db.SaveChangesAsync(Token);
        foreach (var browser in browsers)
        {
            Assert.Equal("all", await browser.Next());
            await browser.DisposeAsync();
        }
    }

    /// <summary>A browser that listens.</summary>
    private sealed class Listener(HttpClient client, HttpResponseMessage response, StreamReader lines) : IAsyncDisposable
    {
        public static async Task<Listener> Open(TestHouse house)
        {
            var client = await house.SignedIn(Roles.Csr);
            var response = await client.GetAsync("/live", HttpCompletionOption.ResponseHeadersRead, Token);
            var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
            Assert.StartsWith("retry", await lines.ReadLineAsync(Token), StringComparison.Ordinal);
            return new Listener(client, response, lines);
        }

        public async Task<string> Next()
        {
            while (true)
            {
                if (await lines.ReadLineAsync(Token) is { } line && line.StartsWith("event: ", StringComparison.Ordinal))
                    return line["event: ".Length..];
            }
        }

        public async Task<string> NextBut(string topic)
        {
            while (true)
            {
                if (await Next() is var next && next != topic)
                    return next;
            }
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            response.Dispose();
            client.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
