using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

internal sealed class ChangePriority(AppDb db, ToDoDesk desk) : IUse<ChangePriority.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    /// <param name="Priority">1 (now) to 9 (whenever).</param>
    public sealed record Input(long Id, int Version, int Priority);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        if (await desk.Find(input.Id, ct) is not { } toDo)
            return Problem.NotFound("The To Do");
        await desk.RequireTheirs(toDo, ct);
        if (await desk.Outdated(toDo, input.Version, ct) is { } outdated)
            return outdated;
        var problems = new Problems();
        AddToDo.CheckPriority(input.Priority, nameof(Input.Priority), problems);
        if (problems.Any)
            return problems;
        var before = toDo.Priority;
        if (before == input.Priority)
            return Done.It;
        if (!toDo.Prioritise(input.Priority))
            return ToDoDesk.IsComplete(toDo);
        await desk.Step(toDo, ToDoSteps.Priority, $"{before} to {input.Priority}", new ToDoPriorityChanged(toDo.Id, before, input.Priority), ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
