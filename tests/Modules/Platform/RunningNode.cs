using Microsoft.Data.Sqlite;
using Tieline.Host;
using Tieline.Host.Commands;

namespace Tieline.Tests.Modules.Platform;

/// <summary>A node as <c>./tieline up</c> starts it, in this process, on SQLite in a folder of its own.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private readonly CancellationTokenSource stop;
    private readonly Task<int> running;

    private RunningNode(NodeOptions options, CancellationToken ct)
    {
        Options = options;
        stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        running = Up.Run(options, 0, demo: false, stop.Token);
    }

    public NodeOptions Options { get; }

    public static async Task<RunningNode> Start(CancellationToken ct, bool workers = false)
    {
        var node = new RunningNode(new NodeOptions(Directory.CreateTempSubdirectory("tieline-node-").FullName, Durable: false, Workers: workers), ct);
        try
        {
            // That it is up a node tells commands by its key file alone.
            while (!NodeAddress.Of(node.Options).Any())
            {
                Assert.False(node.running.IsCompleted);
                await Task.Delay(50, ct);
            }
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public async Task Stop()
    {
        await stop.CancelAsync();
        await running;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        stop.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(Options.DataDirectory, recursive: true);
    }
}
