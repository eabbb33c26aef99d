using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.Types;

/// <summary>Adds a kind of work. Its code stays for good; the rest can be changed.</summary>
internal sealed class AddToDoType(AppDb db, CurrentActor actor, IOrganization organization) : IUse<AddToDoType.Input, Added>
{
    /// <param name="FromOn">People make To Dos of it from this day on, until <paramref name="ToOn"/>; at once when null.</param>
    public sealed record Input(string? Code, string? Name, int DefaultPriority = 5, long? DefaultRoleId = null, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Types);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        AddToDo.CheckPriority(input.DefaultPriority, nameof(Input.DefaultPriority), problems);
        if (await db.Set<ToDoType>().AnyAsync(t => t.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a type with the code {code}.", "todo.type.taken");
        if (input.DefaultRoleId is { } role && !(await organization.ToDoRoleCodes(ct)).ContainsKey(role))
            problems.Add(nameof(Input.DefaultRoleId), "There is no such role.", "todo.role.unknown");
        problems.InOrder(nameof(Input.ToOn), input.FromOn, input.ToOn);
        if (problems.Any)
            return problems;

        var type = new ToDoType(db.NextId(), code, name, input.DefaultPriority, input.DefaultRoleId, input.FromOn, input.ToOn);
        db.Add(type);
        await db.SaveChangesAsync(ct);
        return new Added(type.Id);
    }
}
