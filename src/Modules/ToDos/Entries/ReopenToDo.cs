using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>
/// It was completed by mistake: open again for whoever it was addressed to, or for the role of its type where they are not here any more, with the reason. The room that its type belongs to takes
/// back its part in the same transaction, and may refuse: a promise stands again, for example.
/// </summary>
internal sealed class ReopenToDo(AppDb db, ToDoDesk desk, Readdressing readdressing, IEnumerable<IToDoKind> kinds) : IUse<ReopenToDo.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    public sealed record Input(long Id, int Version, string? Reason);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => db.InTransaction(() => Reopen(input, ct), ct, o => o.Ok);

    private async Task<Outcome<Done>> Reopen(Input input, CancellationToken ct)
    {
        await desk.KeepFromMerging(input.Id, ct);
        // Of two who open it at once the second finds it open.
        await db.Hold("to_do", [input.Id], ct);
        if (await desk.Find(input.Id, ct) is not { } toDo)
            return Problem.NotFound("The To Do");
        await desk.RequireTheirs(toDo, ct);
        if (toDo.State != ToDoState.Complete)
            return Problem.Conflict("This is open: nobody has completed it, or somebody has opened it again.");
        if (await desk.Outdated(toDo, input.Version, ct) is { } outdated)
            return outdated;
        var problems = new Problems();
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, 2_000);
        if (problems.Any)
            return problems;
        if (toDo.Cause is { } cause && kinds.FirstOrDefault(k => k.TypeCode == toDo.TypeCode) is { } kind && await kind.Reopening(cause, reason, ct) is { } refused)
        {
            // The kind may have begun its part before it refused.
            db.Forget();
            return refused;
        }
        toDo.Reopen();
        await desk.Step(toDo, ToDoSteps.Reopened, reason, new ToDoReopened(toDo.Id, toDo.TypeCode), ct);
        await readdressing.Moved(toDo, ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
