using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.ToDos.Ageing;

namespace Tieline.ToDos.Entries;

/// <summary>Sets how urgent a To Do is, whatever its age says; or leaves it to its age again.</summary>
internal sealed class ChangePriority(AppDb db, ToDoDesk desk, OldToDos old, IUtilityClock clock) : IUse<ChangePriority.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    /// <param name="Priority">1 (now) to 9 (whenever); null leaves it to the age of the work.</param>
    public sealed record Input(long Id, int Version, int? Priority);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        var seen = await desk.ToDo(input.Id, input.Version, ct);
        if (!seen.Ok)
            return Outcome<Done>.Broken(seen.Problems);
        var toDo = seen.Value;
        var problems = new Problems();
        AddToDo.CheckPriority(input.Priority, nameof(Input.Priority), problems);
        if (problems.Any)
            return problems;
        var (before, byHand) = (toDo.Priority, input.Priority is not null);
        var after = input.Priority ?? await old.PriorityToday(toDo, await clock.Today(ct), ct);
        if (before == after && toDo.PriorityByHand == byHand)
            return Done.It;
        toDo.Prioritise(after, byHand);
        await desk.Step(toDo, ToDoSteps.Priority, $"{before} to {toDo.Priority}, {(byHand ? "set by hand" : "as its age says from now on")}", new ToDoPriorityChanged(toDo.Id, before, toDo.Priority), ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
