using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>
/// Completes a To Do with how it ended. The room that its type belongs to does its part in the same transaction, and may refuse:
/// a kept promise is written to the contact's log, for example.
/// </summary>
internal sealed class CompleteToDo(AppDb db, ToDoDesk desk, IEnumerable<IToDoKind> kinds) : IUse<CompleteToDo.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    public sealed record Input(long Id, int Version, string? Resolution);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => db.InTransaction(() => Complete(input, ct), ct, o => o.Ok);

    private async Task<Outcome<Done>> Complete(Input input, CancellationToken ct)
    {
        await desk.KeepFromMerging(input.Id, ct);
        var seen = await desk.ToDo(input.Id, input.Version, ct);
        if (!seen.Ok)
            return Outcome<Done>.Broken(seen.Problems);
        var toDo = seen.Value;
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
