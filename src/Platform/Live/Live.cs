using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Data;

namespace Tieline.Platform.Live;

/// <summary>Tells open browsers that something changed. A hint without content: the page asks again, with its own rights.</summary>
public interface ILive
{
    /// <summary>Sends <paramref name="topic"/> (e.g. <c>todo</c>) to everyone concerned, once what is being done has committed: the transaction that runs, or else the next save.</summary>
    /// <param name="employeeId">Only this employee's browsers; null for everyone.</param>
    Task Tell(string topic, long? employeeId, CancellationToken ct);
}

internal sealed class LiveTeller(AppDb db, LiveHub hub) : ILive
{
    public async Task Tell(string topic, long? employeeId, CancellationToken ct)
    {
        var message = $"{employeeId?.ToString() ?? "*"} {topic}";
        db.AfterCommit(() => hub.Send(message));
        // The database passes it on at the commit; without a transaction it would do so at once.
        if (db.Database.CurrentTransaction is null)
            db.BeforeCommit($"live {message}", token => TellNodes(message, token));
        else
            await TellNodes(message, ct);
    }

    private async Task TellNodes(string message, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        await db.Dialect.Notify(connection, transaction, LiveHub.Channel, $"{hub.Node} {message}", ct);
    }
}

/// <summary>The streams that browsers hold open on this node.</summary>
internal sealed class LiveHub
{
    public const string Channel = "tieline_live";
    private readonly ConcurrentDictionary<Guid, (long Employee, Channel<string> Topics)> open = new();

    public string Node { get; } = Guid.NewGuid().ToString("N")[..8];

    public void Send(string message)
    {
        var space = message.IndexOf(' ', StringComparison.Ordinal);
        var to = message[..space];
        var topic = message[(space + 1)..];
        foreach (var (employee, topics) in open.Values)
        {
            if (to == "*" || to == employee.ToString())
                topics.Writer.TryWrite(topic);
        }
    }

    /// <summary>Heard from another node: <c>node employee topic</c>.</summary>
    public void Heard(string payload)
    {
        var space = payload.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0 && payload[..space] != Node)
            Send(payload[(space + 1)..]);
    }

    /// <param name="stopping">The node is going down: streams end, and browsers come back to another node.</param>
    public async Task Stream(HttpContext context, long employee, CancellationToken stopping)
    {
        var id = Guid.NewGuid();
        var topics = System.Threading.Channels.Channel.CreateBounded<string>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });
        open[id] = (employee, topics);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsync("retry: 3000\n\n", end.Token);
            await context.Response.Body.FlushAsync(end.Token);
            while (true)
            {
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
                pause.CancelAfter(TimeSpan.FromSeconds(20));
                string line;
                try
                {
                    line = $"event: {await topics.Reader.ReadAsync(pause.Token)}\ndata: 1\n\n";
                }
                catch (OperationCanceledException) when (!end.IsCancellationRequested)
                {
                    // Proxies close silent streams.
                    line = ": still here\n\n";
                }
                await context.Response.WriteAsync(line, end.Token);
                await context.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The browser has gone, or the node goes.
        }
        finally
        {
            open.TryRemove(id, out _);
        }
    }
}

internal sealed partial class LiveListener(Dialect dialect, LiveHub hub, ILogger<LiveListener> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await dialect.Listen(LiveHub.Channel, hub.Heard, stoppingToken);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                LogLost(exception);
                await Task.Delay(TimeSpan.FromSeconds(2), stoppingToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lost the line to other nodes; trying again")]
    private partial void LogLost(Exception exception);
}
