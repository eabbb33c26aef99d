using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>Puts a To Do back for whoever it was addressed to, or for the role of its type where they are not here: by the person who works on it, or someone who may do so for everyone.</summary>
internal sealed class PutBackToDo(AppDb db, ToDoDesk desk, Readdressing readdressing) : IUse<PutBackToDo.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        if (await desk.Find(input.Id, ct) is not { } toDo)
            return Problem.NotFound("The To Do");
        await desk.RequireTheirs(toDo, ct);
        if (await desk.TakenBySomeoneElse(toDo, ct) is { } taken)
            return taken;
        if (toDo.State == ToDoState.Complete)
            return ToDoDesk.IsComplete(toDo);
        if (!toDo.PutBack())
            return Done.It;
        await desk.Step(toDo, ToDoSteps.PutBack, null, new ToDoPutBack(toDo.Id), ct);
        await readdressing.Moved(toDo, ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
