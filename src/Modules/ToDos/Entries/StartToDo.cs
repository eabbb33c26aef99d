using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>Takes a To Do to work on it. Of two who take it at once one has it, and the other hears who.</summary>
internal sealed class StartToDo(AppDb db, CurrentActor actor, ToDoDesk desk) : IUse<StartToDo.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        if (await desk.Find(input.Id, ct) is not { } toDo)
            return Problem.NotFound("The To Do");
        await desk.RequireTheirs(toDo, ct);
        if (desk.Me is not { } me)
            return new Problem(null, "Only an employee can work on a To Do.", "todo.start.not_employee");
        if (toDo.State == ToDoState.BeingWorkedOn && toDo.WorkedById == me)
            return Done.It;
        if (!toDo.Start(me, actor.Actor.Name))
            return Lost(toDo);
        await desk.Step(toDo, ToDoSteps.Started, null, new ToDoStarted(toDo.Id, me), ct);
        try
        {
            await db.SaveChangesAsync(ct);
            return Done.It;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Lost(await db.Set<ToDo>().AsNoTracking().SingleAsync(t => t.Id == input.Id, ct));
        }
    }

    private static Problem Lost(ToDo toDo) => toDo.State switch
    {
        ToDoState.Complete => ToDoDesk.IsComplete(toDo),
        ToDoState.BeingWorkedOn or ToDoState.OnHold => ToDoDesk.HasIt(toDo),
        _ => Problem.Conflict("Someone else has changed this at this moment. Try again."),
    };
}
