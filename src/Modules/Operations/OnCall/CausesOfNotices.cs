using Tieline.Operations.Jobs;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.WebHooks;

namespace Tieline.Operations.OnCall;

/// <summary>A job that was given up calls whoever is on call, once for each incident, until no job of its kind is dead any more.</summary>
internal sealed class DeadJobNotice(AppDb db, IOperations operations, JobIncidents incidents) : IHear<JobDied>
{
    public const string Subscriber = "operations.dead_job_notice";

    public Task Hear(JobDied fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        if (await incidents.Of(fact, ct) is not { } incident)
            return false;
        await operations.Raise(new NewNotice(incident.Ref, incident.Ref, $"Job {fact.Kind} was given up: {fact.Error}"), ct);
        await db.SaveChangesAsync(ct);
        return true;
    }, ct);
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
