using System.Globalization;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Time;
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
