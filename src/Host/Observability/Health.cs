using System.Data.Common;
using Dapper;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;

namespace Tieline.Host.Observability;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can do its work; 503 with the reason when not.</summary>
internal static class Health
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>Asked every few seconds by machines: not worth a line in the log each time.</summary>
    public static bool IsProbe(PathString path) => path == "/healthz" || path == "/readyz";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok")).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/readyz", async (Dialect dialect, Migrator migrator, JobWorker worker, NodeOptions node, ILogger<Migrator> log, CancellationToken ct) =>
        {
            var reasons = new List<string>();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Longest);
            try
            {
                await using (var connection = await dialect.OpenBeside(limit.Token))
                    await connection.ExecuteScalarAsync<int>(new CommandDefinition("select 1", cancellationToken: limit.Token));
                if (!await migrator.IsCurrent(limit.Token))
                    reasons.Add("migrations are missing");
            }
            catch (Exception exception) when (exception is DbException or TimeoutException or InvalidOperationException
                || (exception is OperationCanceledException && !ct.IsCancellationRequested))
            {
                // The reason is for the operator's log; whoever asks without signing in learns only that it is so.
                log.LogWarning(exception, "Not ready: the database does not answer");
                reasons.Add("the database does not answer");
            }
            if (node.Workers && worker.ExecuteTask is not { IsCompleted: false })
                reasons.Add("the workers do not run");
            return reasons.Count == 0 ? Results.Text("ready") : Results.Text(string.Join("; ", reasons), statusCode: StatusCodes.Status503ServiceUnavailable);
        }).AllowAnonymous().ExcludeFromDescription();
    }
}
