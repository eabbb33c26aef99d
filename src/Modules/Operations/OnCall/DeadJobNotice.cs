using Tieline.Operations.Jobs;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;

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
