using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.ToDos;

namespace Tieline.Operations.Jobs;

/// <summary>The last dead job of a kind is tried again, done after all or given up for good: nobody has to look at them any more.</summary>
internal sealed class EndJobIncident(AppDb db, JobIncidents incidents, DeadJobsLeft left, IToDos toDos, IOperations operations) : IHear<JobRevived>, IHear<JobDropped>
{
    public const string RevivedSubscriber = "operations.revived_job";
    public const string DroppedSubscriber = "operations.dropped_job";

    public async Task Hear(JobRevived fact, long eventId, CancellationToken ct) =>
        await Ended(await left.KindOf(fact.JobId, ct), fact.DeathId, fact.Done ? "The job is done after all." : "The job is tried again.", ct);

    public Task Hear(JobDropped fact, long eventId, CancellationToken ct) => Ended(fact.Kind, fact.DeathId, $"Given up for good: {fact.Reason}", ct);

    private Task<int> Ended(string? kind, long deathId, string how, CancellationToken ct) => db.InTransaction(async () =>
    {
        if (kind is not null && await incidents.End(kind, ct) is { } incident)
            await Over(incident.Ref, how, ct);
        // What died before there were incidents was told death by death.
        await Over(new RecordRef("job_death", deathId), how, ct);
        return await db.SaveChangesAsync(ct);
    }, ct);

    private async Task Over(RecordRef cause, string how, CancellationToken ct)
    {
        await toDos.CompleteFor(cause, how, ct);
        await operations.Settle(cause, how, ct);
    }
}
