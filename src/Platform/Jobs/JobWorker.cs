using System.Diagnostics;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Platform.Jobs;

/// <param name="Slots">Jobs run at once by this node.</param>
/// <param name="Lease">How long a claimed job is this node's without a heartbeat.</param>
public sealed record JobOptions(int Slots = 2, TimeSpan? Lease = null, TimeSpan? LongestSleep = null)
{
    public TimeSpan LeaseTime => Lease ?? TimeSpan.FromSeconds(60);
    public TimeSpan Sleep => LongestSleep ?? TimeSpan.FromSeconds(1);
}

/// <summary>Claims due jobs by lease and runs them; a heartbeat keeps the lease. A node that dies loses its leases, and others go on.</summary>
internal sealed partial class JobWorker(
    IServiceScopeFactory scopes, IEnumerable<JobKind> kinds, Dialect dialect, JobSignal signal, JobOptions options, ILogger<JobWorker> log)
    : BackgroundService
{
    private static readonly ActivitySource Activities = new("Tieline.Jobs");
    private readonly Dictionary<string, JobKind> handlers = kinds.ToDictionary(k => k.Kind, StringComparer.Ordinal);
    private readonly string node = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid().ToString("N")[..6]}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunDue(stoppingToken) == 0)
                    await signal.Wait(options.Sleep, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogClaimFailed(exception);
                await signal.Wait(options.Sleep, stoppingToken);
            }
        }
    }

    /// <summary>Claims what is due now, runs it, and returns how many jobs that were. Tests call it directly.</summary>
    public async Task<int> RunDue(CancellationToken ct)
    {
        var claimed = await Claim(ct);
        await Parallel.ForEachAsync(claimed, new ParallelOptions { MaxDegreeOfParallelism = options.Slots, CancellationToken = ct },
            async (id, token) => await RunOne(id, token));
        return claimed.Count;
    }

    private async Task<IReadOnlyList<long>> Claim(CancellationToken ct)
    {
        using var turn = await dialect.WriterTurn(ct);
        await using var connection = await dialect.Open(ct);
        var ids = await connection.QueryAsync<long>(new CommandDefinition(
            dialect.ClaimJobs, new { node, lease = options.LeaseTime.TotalSeconds, limit = options.Slots }, cancellationToken: ct));
        return ids.AsList();
    }

    private async Task RunOne(long id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        var job = await db.Set<Job>().AsNoTracking().SingleAsync(j => j.Id == id, ct);
        var actor = scope.ServiceProvider.GetRequiredService<CurrentActor>();
        actor.Actor = Actor.Process(job.Kind);
        actor.Source = "job";
        using var activity = Activities.StartActivity(job.Kind, ActivityKind.Consumer, job.Correlation);
        using var lease = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var heartbeat = KeepLease(id, lease);
        try
        {
            if (job.Attempts > job.MaxAttempts)
                throw new PoisonedJobException($"Given up after {job.MaxAttempts} attempts; the last one did not come back.");
            if (!handlers.TryGetValue(job.Kind, out var handler))
                throw new PoisonedJobException($"No handler for jobs of kind '{job.Kind}'.");
            await handler.Run(scope.ServiceProvider, job.Payload, new JobRun(id, job.Kind, job.Attempts, job.CreatedAt), lease.Token);
            await Finish(id, JobState.Done, null, null, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await Finish(id, JobState.Waiting, null, TimeSpan.Zero, CancellationToken.None);
        }
        catch (Exception exception)
        {
            var dead = exception is PoisonedJobException || job.Attempts >= job.MaxAttempts;
            LogFailed(exception, job.Kind, id, job.Attempts, dead);
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            await Finish(id, dead ? JobState.Dead : JobState.Waiting, exception.ToString(), Backoff(job.Attempts), ct);
        }
        finally
        {
            await lease.CancelAsync();
            await heartbeat;
        }
    }

    /// <summary>1 s, 4 s, 16 s ... at most an hour.</summary>
    private static TimeSpan Backoff(int attempts) => TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(4, attempts - 1)));

    private async Task Finish(long id, JobState state, string? error, TimeSpan? again, CancellationToken ct)
    {
        using var turn = await dialect.WriterTurn(ct);
        await using var connection = await dialect.Open(ct);
        // Only the holder of the lease may say how it ended: a node that lost it has been taken over.
        await connection.ExecuteAsync(new CommandDefinition($"""
            update job set state = @state, last_error = coalesce(@error, last_error), lease_until = null,
                run_at = case when @state = 'Waiting' then {dialect.NowPlusSeconds} else run_at end,
                finished_at = case when @state in ('Done', 'Dead') then {dialect.Now} else null end
            where id = @id and node = @node and state = 'Running'
            """,
            new { id, node, state = state.ToString(), error = error is { Length: > 8000 } ? error[..8000] : error, seconds = (again ?? TimeSpan.Zero).TotalSeconds },
            cancellationToken: ct));
    }

    private async Task KeepLease(long id, CancellationTokenSource lease)
    {
        using var timer = new PeriodicTimer(options.LeaseTime / 3);
        try
        {
            while (await timer.WaitForNextTickAsync(lease.Token))
            {
                using var turn = await dialect.WriterTurn(lease.Token);
                await using var connection = await dialect.Open(lease.Token);
                var kept = await connection.ExecuteAsync(new CommandDefinition(
                    $"update job set lease_until = {dialect.NowPlusSeconds} where id = @id and node = @node and state = 'Running'",
                    new { id, node, seconds = options.LeaseTime.TotalSeconds }, cancellationToken: lease.Token));
                if (kept == 0)
                {
                    LogLeaseLost(id);
                    await lease.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The job has ended, or the lease is lost: either way there is nothing left to keep.
        }
        catch (Exception exception)
        {
            LogHeartbeatFailed(exception, id);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for due jobs failed")]
    private partial void LogClaimFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Kind} {Id} failed on attempt {Attempt} (dead: {Dead})")]
    private partial void LogFailed(Exception exception, string kind, long id, int attempt, bool dead);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lease of job {Id} is lost; another node has it")]
    private partial void LogLeaseLost(long id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Heartbeat of job {Id} failed")]
    private partial void LogHeartbeatFailed(Exception exception, long id);
}
