using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Scenarios;

/// <summary>A node as an installation runs it: a process of its own.</summary>
internal sealed class Node : IDisposable
{
    private static int lastPort = Random.Shared.Next(10_000);
    private readonly Process process;
    private readonly List<string> said = [];

    private readonly int port;

    private Node(Process process, int port) => (this.process, this.port) = (process, port);

    public bool HasExited => process.HasExited;

    /// <summary>Of the process; part of the node's name.</summary>
    public int Id => process.Id;

    public string Said
    {
        get
        {
            lock (said)
                return string.Join('\n', said);
        }
    }

    /// <param name="beside">Beside others, on PostgreSQL: the number of a folder of its own; 0 for the house's.</param>
    /// <param name="kept">Started again when it is killed, as <c>./tieline up</c> does; it knows then that its leases need not end by themselves.</param>
    public static Node Start(TestHouse house, int beside = 0, bool kept = false)
    {
        var folder = beside > 0 ? Directory.CreateDirectory(Path.Combine(house.Directory, $"beside-{beside}")).FullName : house.Directory;
        var port = FreePort();
        var start = new ProcessStartInfo(kept ? Paths.InProject("scripts", "keep-up.sh") : "dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Tieline.Host.dll"), "up", "--no-demo", "--port", $"{port}", "--data", folder },
            Environment = { [JobOptions.LeaseVariable] = kept ? "600" : "2", [MasterKey.Variable] = Convert.ToBase64String(new byte[32]) }, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        if (kept)
            start.ArgumentList.Insert(0, "dotnet");
        if (house.Database is { } database)
        {
            start.ArgumentList.Add("--database");
            start.ArgumentList.Add(database);
        }
        var node = new Node(Process.Start(start)!, port);
        node.process.OutputDataReceived += node.Hear;
        node.process.ErrorDataReceived += node.Hear;
        node.process.BeginOutputReadLine();
        node.process.BeginErrorReadLine();
        return node;
    }

    /// <summary>Ends when the node serves; it works before that.</summary>
    public Task Serves() => Until(() => Task.FromResult(Said.Contains("Tieline is up at ", StringComparison.Ordinal)));

    /// <summary>A machine that asks this node, as soon as it answers.</summary>
    public async Task<HttpClient> Client(TestHouse house, params string[] permissions)
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", await house.ApiKey(permissions));
        await Until(async () =>
        {
            try
            {
                return (await client.GetAsync("/readyz")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return client;
    }

    /// <summary>Waits until something has happened, while the node runs.</summary>
    public async Task Until(Func<Task<bool>> reached)
    {
        for (var waited = Stopwatch.StartNew(); !await reached();)
        {
            Assert.False(HasExited, $"the node has stopped: {Said}");
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(120), $"nothing happens: {Said}");
            // Another process, which tells nobody how far it is.
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>SIGKILL: no time for a word.</summary>
    public void Kill()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            Kill();
        process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (said)
        {
            if (line.Data is not null && said.Count < 200)
                said.Add(line.Data);
        }
    }

    /// <summary>Below those that the system gives to outgoing lines: one of the many to the database could take it while the node starts, which would end then.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = 20_000 + (Interlocked.Increment(ref lastPort) % 10_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }
    }
}
