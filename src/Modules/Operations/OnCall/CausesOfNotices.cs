using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.WebHooks;

namespace Tieline.Operations.OnCall;

/// <summary>A job that was given up calls whoever is on call, until it is tried again or done after all.</summary>
internal sealed class DeadJobNotice(AppDb db, IOperations operations, GetDeadJob dead) : IHear<JobDied>, IHear<JobRevived>, IHear<JobDropped>
{
    public const string Subscriber = "operations.dead_job_notice";
    public const string RevivedSubscriber = "operations.revived_job_notice";
    public const string DroppedSubscriber = "operations.dropped_job_notice";

    public Task Hear(JobDied fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        // Someone may have been quicker than this message.
        if (await dead.Handle(new(fact.JobId), ct) is not { Ok: true } job || job.Value.DeathId != fact.DeathId)
            return false;
        await operations.Raise(new NewNotice(Cause(fact.DeathId), new("job", fact.JobId), $"Job {fact.Kind} was given up: {fact.Error}"), ct);
        await db.SaveChangesAsync(ct);
        return true;
    }, ct);

    public Task Hear(JobRevived fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        await operations.Settle(Cause(fact.DeathId), fact.Done ? "The job is done after all." : "The job is tried again.", ct);
        return await db.SaveChangesAsync(ct);
    }, ct);

    public Task Hear(JobDropped fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        await operations.Settle(Cause(fact.DeathId), $"The job was given up for good: {fact.Reason}", ct);
        return await db.SaveChangesAsync(ct);
    }, ct);

    private static RecordRef Cause(long deathId) => new("job_death", deathId);
}

/// <summary>A machine outside has not answered for a day.</summary>
internal sealed class PausedHookNotice(AppDb db, IOperations operations) : IHear<WebHookPaused>, IHear<WebHookResumed>
{
    public const string Subscriber = "operations.paused_hook_notice";
    public const string ResumedSubscriber = "operations.resumed_hook_notice";

    public Task Hear(WebHookPaused fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        await operations.Raise(new NewNotice(Cause(fact.PauseId), new("web_hook", fact.HookId), $"Web hook {fact.Name} is paused, its target has failed for a day: {fact.Error}"), ct);
        return await db.SaveChangesAsync(ct);
    }, ct);

    public Task Hear(WebHookResumed fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        await operations.Settle(Cause(fact.PauseId), "The web hook was resumed or ended.", ct);
        return await db.SaveChangesAsync(ct);
    }, ct);

    private static RecordRef Cause(long pauseId) => new("web_hook_pause", pauseId);
}
