using System.Globalization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Operations.Jobs;

/// <summary>A job was given up: someone who operates Tieline has to look at it. One To Do for each incident, worded by its first death.</summary>
internal sealed class DeadJobToDo(AppDb db, IToDos toDos, JobIncidents incidents, IUtilityClock clock) : IHear<JobDied>
{
    public const string ToDoType = "JOB-DEAD";
    public const string Subscriber = "operations.dead_job";

    public Task Hear(JobDied fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        if (await incidents.Of(fact, ct) is not { } incident)
            return false;
        var created = await toDos.Create(new NewToDo(ToDoType, null, await clock.Today(ct), incident.Ref)
        {
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["kind"] = fact.Kind, ["attempts"] = fact.Attempts.ToString(CultureInfo.InvariantCulture), ["error"] = fact.Error },
        }, ct);
        if (!created.Ok)
            throw new PoisonedJobException(created.ToString());
        await db.SaveChangesAsync(ct);
        return true;
    }, ct);
}

/// <summary>As long as its incident lasts the To Do stays: those that die later have no other.</summary>
internal sealed class DeadJobKind(JobIncidents incidents) : IToDoKind
{
    public string TypeCode => DeadJobToDo.ToDoType;

    public async Task<Problem?> Completing(RecordRef cause, string? resolution, CancellationToken ct) =>
        await incidents.Lasts(cause, ct)
            ? new Problem(null, "Jobs of this kind are dead. Try them again or give them up: this is complete as soon as none of them is dead any more.", "job.dead")
            : null;
}
