using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Operations.Batch;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Time;
using Tieline.ToDos;

namespace Tieline.Operations.Jobs;

/// <summary>A job was given up: someone who operates Tieline has to look at it. One To Do for each time, until it is tried again.</summary>
internal sealed class DeadJobToDo(AppDb db, IToDos toDos, GetDeadJob dead, IUtilityClock clock) : IHear<JobDied>, IHear<JobRevived>
{
    public const string ToDoType = "JOB-DEAD";
    public const string Subscriber = "operations.dead_job";
    public const string RevivedSubscriber = "operations.revived_job";

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

    private static RecordRef Cause(long deathId) => new("job_death", deathId);
}

/// <summary>What the room needs in every installation: the type of its To Dos, and whom they go to.</summary>
internal sealed class OperationsSeed(AppDb db, IOrganization organization, IToDos toDos) : IStartStep
{
    public const string Role = "OPERATIONS";

    public int Order => 500;

    public async Task Run(CancellationToken ct)
    {
        try
        {
            await Seed(ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Another node started at the same moment and was first.
            db.Forget();
            await Seed(ct);
        }
    }

    private async Task Seed(CancellationToken ct)
    {
        await organization.EnsureToDoRole(Role, "Failed jobs and anomalies", "", ct);
        await db.SaveChangesAsync(ct);
        await toDos.EnsureType(DeadJobToDo.ToDoType, "Failed job", 2, Role, ct);
        await toDos.EnsureType(BatchToDos.Failed, "Batch run failed", 2, Role, ct);
        await toDos.EnsureType(BatchToDos.NotStarted, "Batch run that did not start", 2, Role, ct);
        await toDos.EnsureType(BatchToDos.Late, "Batch that is late", 2, Role, ct);
        await toDos.EnsureType(BatchToDos.Error, "Record that a batch could not do", 4, Role, ct);
        await toDos.EnsureType(PausedHookToDo.ToDoType, "Web hook paused", 3, Role, ct);
        await db.SaveChangesAsync(ct);
    }
}
