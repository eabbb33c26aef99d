using Quartz;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Time;

namespace Tieline.Platform.Batch;

/// <summary>The timer of a batch that runs by itself: submits the run and sets the next timer in one transaction.</summary>
internal sealed class FireSchedule(AppDb db, IEnumerable<IBatchProcess> processes, SubmitBatch submit, IJobs jobs, IUtilityClock clock, CurrentActor actor)
    : IJobHandler<FireSchedule.Payload>
{
    public const string Kind = "batch.schedule";

    public sealed record Payload(string Code, DateTime FireAt);

    public async Task Run(Payload payload, JobRun job, CancellationToken ct)
    {
        if (processes.FirstOrDefault(p => p.Code == payload.Code) is not { Usual.Cron: { } cron })
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
        foreach (var process in processes.Where(p => p.Usual.Cron is not null))
            await SetNext(process.Code, process.Usual.Cron!, ct);
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
