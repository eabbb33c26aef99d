using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;

namespace Tieline.Platform.Batch;

/// <summary>Runs a submitted batch chunk by chunk. Work and progress commit together, so a killed run goes on where it stood.</summary>
internal sealed partial class RunBatch(AppDb db, CurrentActor actor, IEnumerable<IBatchProcess> processes, ILogger<RunBatch> log) : IJobHandler<RunBatch.Payload>
{
    public const string Kind = "batch.run";

    public sealed record Payload(long RunId);

    public async Task Run(Payload payload, JobRun job, CancellationToken ct)
    {
        actor.Because = new RecordRef("batch_run", payload.RunId);
        await Reopen(payload.RunId, job, ct);
        while (await RunChunk(payload.RunId, job.Attempt, ct))
        {
            // The next chunk.
        }
    }

    /// <summary>A run whose job had died, and was given all its attempts again, goes on where it stood.</summary>
    private async Task Reopen(long runId, JobRun job, CancellationToken ct)
    {
        var run = await db.Set<BatchRun>().SingleAsync(r => r.Id == runId, ct);
        if (job.Attempt != 1 || !run.Reopen())
            return;
        await db.SaveChangesAsync(ct);
        db.ChangeTracker.Clear();
    }

    private async Task<bool> RunChunk(long runId, int attempt, CancellationToken ct)
    {
        var run = await db.Set<BatchRun>().SingleAsync(r => r.Id == runId, ct);
        if (run.IsOver)
            return false;
        var process = processes.Single(p => p.Code == run.Code);
        var input = new BatchInput(run.BusinessOn, JsonSerializer.Deserialize<Dictionary<string, string>>(run.Parameters, JobRegistration.Json)!);
        try
        {
            await db.InTransaction(async () =>
            {
                var chunk = await process.RunChunk(input, run.Position, ct);
                run.Advance(chunk, db.Now);
                await db.SaveChangesAsync(ct);
                return chunk;
            }, ct);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && attempt >= 3 && !db.Dialect.IsTransient(exception))
        {
            // Dead, not done: so it is announced, becomes a To Do, and can be tried again.
            throw new PoisonedJobException(exception.Message, exception);
        }
        if (run.IsOver)
            LogCompleted(run.Code, run.Number, run.BusinessOn, run.Done, run.Skipped);
        db.ChangeTracker.Clear();
        return !run.IsOver;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {Code} run {Number} for {BusinessOn:yyyy-MM-dd}: {Done} done, {Skipped} skipped")]
    private partial void LogCompleted(string code, int number, DateOnly businessOn, long done, long skipped);
}

/// <summary>The job of a run is dead: so is the run, until someone has the job tried again. Whoever waits for its end is told.</summary>
internal sealed class FailRunOfDeadJob(AppDb db) : IHear<JobDied>
{
    public const string Subscriber = "batch.dead_run";

    public async Task Hear(JobDied fact, long eventId, CancellationToken ct)
    {
        // Someone may have had it tried again before this message came.
        if (await db.Set<Job>().AsNoTracking().SingleOrDefaultAsync(j => j.Id == fact.JobId && j.State == JobState.Dead, ct) is not { } job || job.DeathId != fact.DeathId)
            return;
        var payload = JsonSerializer.Deserialize<RunBatch.Payload>(job.Payload, JobRegistration.Json)!;
        if (await db.Set<BatchRun>().SingleOrDefaultAsync(r => r.Id == payload.RunId, ct) is not { IsOver: false } run)
            return;
        run.Fail(fact.Error, db.Now);
        await db.SaveChangesAsync(ct);
    }
}

/// <summary>The timer of a batch that runs by itself: submits the run and sets the next timer in one transaction.</summary>
internal sealed class FireSchedule(AppDb db, IEnumerable<IBatchProcess> processes, SubmitBatch submit, IJobs jobs, IUtilityClock clock, CurrentActor actor)
    : IJobHandler<FireSchedule.Payload>
{
    public const string Kind = "batch.schedule";

    public sealed record Payload(string Code, DateTime FireAt);

    public async Task Run(Payload payload, JobRun job, CancellationToken ct)
    {
        if (processes.FirstOrDefault(p => p.Code == payload.Code) is not { Cron: { } cron })
            return;
        actor.Actor = Actor.Process($"schedule {payload.Code}");
        await db.InTransaction(async () =>
        {
            await SetNext(payload.Code, cron, ct);
            // A run that was missed, because no node ran, is about the day on which it comes after all: what was for the days between is due as well.
            var (fires, today) = (DateOnly.FromDateTime(await clock.ToLocal(payload.FireAt, ct)), await clock.Today(ct));
            var submitted = await submit.Handle(new(payload.Code, fires > today ? fires : today, null), ct);
            return submitted.Ok ? submitted.Value : throw new PoisonedJobException(submitted.ToString());
        }, ct);
    }

    /// <summary>Sets the timers of all batches that run by themselves. Idempotent: one job per batch and fire time.</summary>
    public async Task SetAll(CancellationToken ct)
    {
        foreach (var process in processes.Where(p => p.Cron is not null))
            await SetNext(process.Code, process.Cron!, ct);
        await db.SaveChangesAsync(ct);
    }

    private async Task SetNext(string code, string cron, CancellationToken ct)
    {
        var expression = new CronExpression(cron, await clock.Zone(ct));
        if (expression.GetNextValidTimeAfter(new DateTimeOffset(db.Now)) is { } next)
            await jobs.Enqueue(Kind, new Payload(code, next.UtcDateTime), ct, next.UtcDateTime, $"{code} {next.UtcDateTime:yyyyMMddTHHmmss}");
    }
}

/// <summary>At every start: the timers of the batches that run by themselves.</summary>
internal sealed class SetSchedules(FireSchedule schedule) : IStartStep
{
    public int Order => 900;

    public Task Run(CancellationToken ct) => schedule.SetAll(ct);
}
