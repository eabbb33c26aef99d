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
        await Ended(await left.KindOf(fact.JobId, ct), fact.Done ? "The job is done after all." : "The job is tried again.", ct);

    public Task Hear(JobDropped fact, long eventId, CancellationToken ct) => Ended(fact.Kind, $"Given up for good: {fact.Reason}", ct);

    private Task<bool> Ended(string? kind, string how, CancellationToken ct) => db.InTransaction(async () =>
    {
        if (kind is null || await incidents.End(kind, ct) is not { } incident)
            return false;
        await toDos.CompleteFor(incident.Ref, how, ct);
        await operations.Settle(incident.Ref, how, ct);
        await db.SaveChangesAsync(ct);
        return true;
    }, ct);
}
