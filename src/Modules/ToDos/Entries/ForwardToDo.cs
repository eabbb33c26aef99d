using Tieline.Platform.Data;
using Tieline.Platform.Uses;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>Gives a To Do to another person or role, with a word why. It is open again. What a person is away for, with nobody who stands in, goes to the role of its type.</summary>
internal sealed class ForwardToDo(AppDb db, ToDoDesk desk, Fitness fitness, Readdressing readdressing) : IUse<ForwardToDo.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    /// <param name="EmployeeId">To this person, or to <paramref name="RoleId"/>.</param>
    /// <param name="WithoutSkill">The person lacks a skill that the type needs, and is given it all the same.</param>
    public sealed record Input(long Id, int Version, long? EmployeeId, long? RoleId, string? Comment, bool WithoutSkill = false);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        var seen = await desk.ToDo(input.Id, input.Version, ct);
        if (!seen.Ok)
            return Outcome<Done>.Broken(seen.Problems);
        var toDo = seen.Value;
        var problems = new Problems();
        var comment = problems.Lines(nameof(Input.Comment), "Comment", input.Comment, 2_000);
        if (input.EmployeeId is null && input.RoleId is null)
            problems.Add(nameof(Input.EmployeeId), "To whom? Name a person or a role.", "todo.address.missing");
        var address = await desk.Address(input.EmployeeId, input.RoleId, problems, ct);
        if (address is not null && toDo.State == ToDoState.Open && (address.Value.EmployeeId, address.Value.RoleId) == (toDo.EmployeeId, toDo.RoleId))
            problems.Add(input.RoleId is null ? nameof(Input.EmployeeId) : nameof(Input.RoleId), $"It is addressed to {toDo.AddressedTo} already.", "todo.address.same");
        await fitness.Check(toDo.TypeCode, address, input.WithoutSkill, problems, ct);
        if (problems.Any)
            return problems;

        var (employee, role, name) = address!.Value;
        var words = comment;
        if (await readdressing.Instead(toDo.TypeCode, employee, role, name, toDo.DueOn, ct) is var (instead, because))
            (employee, role, name, words) = (null, instead.Id, instead.Name, $"{because} {comment}");
        toDo.Forward(employee, role, name);
        await desk.Step(toDo, ToDoSteps.Forwarded, $"To {name}: {words}", new ToDoForwarded(toDo.Id, employee, role), ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
