using System.Globalization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Time;
using Tieline.ToDos;

namespace Tieline.Operations.Jobs;

/// <summary>A job was given up: someone who operates Tieline has to look at it. One To Do for each time, until it is tried again.</summary>
internal sealed class DeadJobToDo(AppDb db, IToDos toDos, GetDeadJob dead, IUtilityClock clock) : IHear<JobDied>, IHear<JobRevived>, IHear<JobDropped>
{
    public const string ToDoType = "JOB-DEAD";
    public const string Subscriber = "operations.dead_job";
    public const string RevivedSubscriber = "operations.revived_job";
    public const string DroppedSubscriber = "operations.dropped_job";

    public async Task Hear(JobDied fact, long eventId, CancellationToken ct)
    {
        // Someone may have been quicker than this message.
        if (await dead.Handle(new(fact.JobId), ct) is not { Ok: true } job || job.Value.DeathId != fact.DeathId)
            return;
        var created = await toDos.Create(new NewToDo(ToDoType, null, await clock.Today(ct), Cause(fact.DeathId))
        {
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["kind"] = fact.Kind, ["attempts"] = fact.Attempts.ToString(CultureInfo.InvariantCulture), ["error"] = fact.Error },
        }, ct);
        if (!created.Ok)
            throw new PoisonedJobException(created.ToString());
        await db.SaveChangesAsync(ct);
    }

    public async Task Hear(JobRevived fact, long eventId, CancellationToken ct)
    {
        await toDos.CompleteFor(Cause(fact.DeathId), fact.Done ? "The job is done after all." : "The job is tried again.", ct);
        await db.SaveChangesAsync(ct);
    }

    public async Task Hear(JobDropped fact, long eventId, CancellationToken ct)
    {
        await toDos.CompleteFor(Cause(fact.DeathId), $"Given up for good: {fact.Reason}", ct);
        await db.SaveChangesAsync(ct);
    }

    private static RecordRef Cause(long deathId) => new("job_death", deathId);
}
