using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>
/// Completes a To Do with how it ended. The room that its type belongs to does its part in the same transaction, and may refuse:
/// a kept promise is written to the contact's log, for example.
/// </summary>
internal sealed class CompleteToDo(AppDb db, ToDoDesk desk, IEnumerable<IToDoKind> kinds, ICustomers customers) : IUse<CompleteToDo.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    public sealed record Input(long Id, int Version, string? Resolution);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => db.InTransaction(() => Complete(input, ct), ct, o => o.Ok);

    private async Task<Outcome<Done>> Complete(Input input, CancellationToken ct)
    {
        // People before what is recorded about them: a merge holds the contact and waits for the To Do, which would wait for the contact.
        if (await db.Set<ToDo>().Where(t => t.Id == input.Id).Select(t => new { t.PersonId, t.PremiseId }).SingleOrDefaultAsync(ct) is { } about)
            await customers.KeepFromMerging(about.PersonId, about.PremiseId, ct);
        if (await desk.Find(input.Id, ct) is not { } toDo)
            return Problem.NotFound("The To Do");
        await desk.RequireTheirs(toDo, ct);
        if (toDo.State == ToDoState.Complete)
            return ToDoDesk.IsComplete(toDo);
        if (await desk.TakenBySomeoneElse(toDo, ct) is { } taken)
            return taken;
        if (await desk.Outdated(toDo, input.Version, ct) is { } outdated)
            return outdated;
        var problems = new Problems();
        var resolution = problems.Lines(nameof(Input.Resolution), "How it ended", input.Resolution, 4_000, required: false) is { Length: > 0 } text ? text : null;
        if (problems.Any)
            return problems;
        if (toDo.Cause is { } cause && kinds.FirstOrDefault(k => k.TypeCode == toDo.TypeCode) is { } kind
            && await kind.Completing(cause, resolution, ct) is { } refused)
        {
            // The kind may have begun its part before it refused.
            db.Forget();
            return refused;
        }
        toDo.Complete(db.Actor.Ref, db.Now, resolution);
        await desk.Step(toDo, ToDoSteps.Completed, resolution, new ToDoCompleted(toDo.Id, toDo.TypeCode), ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
