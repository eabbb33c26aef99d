using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Time;

namespace Tieline.Platform.Jobs;

/// <summary>Claims due jobs by lease and runs them; a heartbeat keeps the lease. A node that dies loses its leases, and others go on.</summary>
internal sealed partial class JobWorker(
    IServiceScopeFactory scopes, IEnumerable<JobKind> kinds, JobKinds named, JobTable table, JobSignal signal, JobOptions options, IEnumerable<Recurring> reminders, DatabaseTrouble trouble,
    NodeName name, ILogger<JobWorker> log)
    : BackgroundService
{
    private const string Looking = "Looking for due jobs";
    private static readonly ActivitySource Activities = new("Tieline.Jobs");
    private readonly Dictionary<string, JobKind> handlers = kinds.ToDictionary(k => k.Kind, StringComparer.Ordinal);
    private readonly string node = name.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TakeOver(stoppingToken);
        await Task.WhenAll([.. Enumerable.Range(0, options.Slots).Select(i => WorkSlot(keptFree: i == 0 && options.Slots > 1, stoppingToken)), WorkOutside(stoppingToken), Beat(stoppingToken), .. reminders.Select(r => Remind(r, stoppingToken))]);
    }

    private async Task TakeOver(CancellationToken ct)
    {
        try
        {
            if (name.Earlier is { } earlier)
                await table.EndLeases(earlier, ct);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // They end by themselves.
            NotDone("Taking over what the process before had in hand", exception);
        }
    }

    private Task Beat(CancellationToken ct) => Again.Every(
        TimeSpan.FromSeconds(10),
        async token =>
        {
            await table.Beat(node, options.Slots, token);
            trouble.Wrote();
        }, exception => NotDone("Saying that this node is alive", exception), ct);

    private void NotDone(string what, Exception exception)
    {
        if (!trouble.Heard(exception))
            LogNotDone(exception, what);
    }

    /// <summary>Each slot looks for itself: a run of an hour must not keep the others from what is due in a minute.</summary>
    /// <param name="keptFree">Of what may go on for hours.</param>
    private async Task WorkSlot(bool keptFree, CancellationToken ct)
    {
        var (kinds, elsewhere) = keptFree ? (named.Short, [.. named.Outside, .. named.Lasting]) : (named.Inside, named.Outside);
        // The bell wakes one slot: this one would hear it in vain for work that may go on for hours, so it only looks once a second.
        Task Wait() => keptFree ? Task.Delay(options.Sleep, ct) : signal.Wait(options.Sleep, ct);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var claimed = await table.Claim(node, kinds, 1, options.LeaseTime, ct, elsewhere);
                if (claimed.Count == 0)
                {
                    await Wait();
                    continue;
                }
                // The bell wakes one slot; where one job is due there may be more.
                signal.Wake();
                await RunClaimed(claimed[0], ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                NotDone(Looking, exception);
                await Wait();
            }
        }
    }

    private Task Remind(Recurring reminder, CancellationToken ct) => Again.Every(
        reminder.Every,
        async token =>
        {
            await using var scope = scopes.CreateAsyncScope();
            ActAs(scope, "reminder");
            await reminder.Enqueue(scope.ServiceProvider, token);
        }, exception => NotDone("A reminder", exception), ct);

    /// <summary>
    /// What waits for somebody outside runs beside the slots. One looks for all of these slots: they are many and mostly idle, and each look is a statement.
    /// </summary>
    private async Task WorkOutside(CancellationToken ct)
    {
        using var free = new SemaphoreSlim(options.OutsideSlots);
        var running = new List<Task>();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                running.RemoveAll(t => t.IsCompleted);
                await free.WaitAsync(ct);
                var claimed = await ClaimOutside(free, ct);
                if (claimed is not null)
                    running.Add(RunAndFree(claimed, free, ct));
                else
                    await signal.WaitOutside(options.Sleep, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                NotDone(Looking, exception);
                await signal.WaitOutside(options.Sleep, ct);
            }
        }
        await Task.WhenAll(running);
    }

    private async Task<ClaimedJob?> ClaimOutside(SemaphoreSlim free, CancellationToken ct)
    {
        IReadOnlyList<ClaimedJob> claimed = [];
        try
        {
            claimed = await table.Claim(node, named.Outside, 1, options.LeaseTime, ct, named.Inside);
        }
        finally
        {
            if (claimed.Count == 0)
                free.Release();
        }
        return claimed.Count == 0 ? null : claimed[0];
    }

    private async Task RunAndFree(ClaimedJob job, SemaphoreSlim free, CancellationToken ct)
    {
        try
        {
            await RunClaimed(job, ct);
        }
        finally
        {
            free.Release();
        }
    }

    private async Task RunClaimed(ClaimedJob job, CancellationToken ct)
    {
        try
        {
            await RunOne(job, ct);
        }
        catch (Exception exception)
        {
            trouble.Heard(exception);
            LogEndUnwritten(exception, job.Kind, job.Id);
        }
    }

    /// <summary>Claims what is due now, as many as there are slots, runs it, and returns how many jobs that were. For tests.</summary>
    public async Task<int> RunDue(CancellationToken ct)
    {
        var claimed = await table.Claim(node, [.. named.Inside, .. named.Outside], options.Slots, options.LeaseTime, ct);
        await Parallel.ForEachAsync(claimed, new ParallelOptions { MaxDegreeOfParallelism = options.Slots, CancellationToken = ct },
            async (job, token) => await RunOne(job, token));
        return claimed.Count;
    }

    private async Task RunOne(ClaimedJob job, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        var hold = new JobHold(job.Id, node, job.Attempts);
        ActAs(scope, job.Kind);
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Because = new RecordRef("job", job.Id);
        using var activity = Begin(job);
        using var lease = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var heartbeat = KeepLease(hold, lease);
        var began = Stopwatch.GetTimestamp();
        try
        {
            if (job.Attempts > job.MaxAttempts)
                throw new PoisonedJobException($"Given up after {job.MaxAttempts} attempts; the last one did not come back.");
            if (!handlers.TryGetValue(job.Kind, out var handler))
                throw new PoisonedJobException($"No handler for jobs of kind '{job.Kind}'.");
            await handler.Run(scope.ServiceProvider, job.Payload, new JobRun(job.Id, job.Kind, job.Attempts, job.CreatedAt, node), lease.Token);
            await db.GiveBack();
            await Done(job, hold);
            LogDone(job.Kind, job.Id, job.Attempts, Stopwatch.GetElapsedTime(began).TotalMilliseconds, activity.TraceId.ToHexString());
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await table.GiveBack(hold, CancellationToken.None);
        }
        catch (OperationCanceledException) when (lease.IsCancellationRequested)
        {
            // The lease is lost, and said to be: whoever has the job now says how it ended.
        }
        catch (Exception exception)
        {
            activity.SetStatus(ActivityStatusCode.Error, exception.Message);
            await db.GiveBack();
            await Failed(job, hold, exception);
        }
        finally
        {
            await lease.CancelAsync();
            await heartbeat;
        }
    }

    /// <summary>Also by a node that is told to stop: what is done must not be done again.</summary>
    private async Task Done(ClaimedJob job, JobHold hold)
    {
        if (job.DeathId is not { } death)
        {
            await table.Done(hold, CancellationToken.None);
            return;
        }
        // A scope of its own: the job's may hold what it did not save.
        await using var scope = scopes.CreateAsyncScope();
        ActAs(scope, job.Kind);
        await table.DoneAfterAll(scope.ServiceProvider.GetRequiredService<AppDb>(), scope.ServiceProvider.GetRequiredService<IEvents>(), hold, death, CancellationToken.None);
    }

    private async Task Failed(ClaimedJob job, JobHold hold, Exception exception)
    {
        trouble.Heard(exception);
        var dead = exception is PoisonedJobException || job.Attempts >= job.MaxAttempts;
        LogFailed(exception, job.Kind, job.Id, job.Attempts, dead, Activity.Current?.TraceId.ToHexString());
        if (!dead)
        {
            await table.Retry(hold, exception.ToString(), Backoff(job.Attempts), CancellationToken.None);
            return;
        }
        // A scope of its own: the job's may hold what it failed at.
        await using var scope = scopes.CreateAsyncScope();
        ActAs(scope, job.Kind);
        await table.Bury(
            scope.ServiceProvider.GetRequiredService<AppDb>(), scope.ServiceProvider.GetRequiredService<IEvents>(), hold, job.Kind,
            exception is PoisonedJobException ? exception.Message : exception.ToString(), CancellationToken.None);
    }

    private static void ActAs(AsyncServiceScope scope, string kind)
    {
        var actor = scope.ServiceProvider.GetRequiredService<CurrentActor>();
        (actor.Actor, actor.Source) = (Actor.Process(kind), "job");
    }

    /// <summary>The trace of the click that caused the job goes on in it, whether or not anyone exports traces.</summary>
    private static Activity Begin(ClaimedJob job)
    {
        if (Activities.StartActivity(job.Kind, ActivityKind.Consumer, job.Correlation) is { } traced)
            return traced;
        var plain = new Activity(job.Kind);
        if (job.Correlation is { } parent)
            plain.SetParentId(parent);
        return plain.Start();
    }

    /// <summary>1 s, 4 s, 16 s ... at most an hour.</summary>
    internal static TimeSpan Backoff(int attempts) => TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(4, attempts - 1)));

    private async Task KeepLease(JobHold hold, CancellationTokenSource lease)
    {
        using var timer = new PeriodicTimer(options.LeaseTime / 3);
        var kept = Stopwatch.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(lease.Token))
            {
                try
                {
                    var asked = Stopwatch.GetTimestamp();
                    if (!await table.Keep(hold, options.LeaseTime, lease.Token))
                    {
                        LogLeaseLost(hold.Id);
                        await lease.CancelAsync();
                        return;
                    }
                    kept = asked;
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // The line may come back before the lease runs out; afterwards someone else may be at it.
                    LogHeartbeatFailed(exception, hold.Id);
                    if (Stopwatch.GetElapsedTime(kept) < options.LeaseTime)
                        continue;
                    await lease.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The job has ended: there is nothing left to keep.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{What} failed")]
    private partial void LogNotDone(Exception exception, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "How job {Kind} {Id} ended could not be written down: it is taken again when its lease ends")]
    private partial void LogEndUnwritten(Exception exception, string kind, long id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Kind} {Id} failed on attempt {Attempt} (dead: {Dead}) ({Correlation})")]
    private partial void LogFailed(Exception exception, string kind, long id, int attempt, bool dead, string? correlation);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Kind} {Id} done on attempt {Attempt} in {Milliseconds:0.0} ms ({Correlation})")]
    private partial void LogDone(string kind, long id, int attempt, double milliseconds, string correlation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lease of job {Id} is lost; another node has it")]
    private partial void LogLeaseLost(long id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Heartbeat of job {Id} failed")]
    private partial void LogHeartbeatFailed(Exception exception, long id);
}
