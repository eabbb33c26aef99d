using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.Types;

/// <summary>Renames a type, changes its defaults, or takes it out of use: To Dos that exist stay, new ones are not made.</summary>
internal sealed class ChangeToDoType(AppDb db, CurrentActor actor, IOrganization organization, IEnumerable<IToDoKind> kinds) : IUse<ChangeToDoType.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    /// <param name="FromOn">People make To Dos of it from this day on, until <paramref name="ToOn"/>.</param>
    public sealed record Input(long Id, int Version, string? Name, int DefaultPriority, long? DefaultRoleId, bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Types);
        if (await db.Set<ToDoType>().SingleOrDefaultAsync(t => t.Id == input.Id, ct) is not { } type)
            return Problem.NotFound("The To Do type");
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        AddToDo.CheckPriority(input.DefaultPriority, nameof(Input.DefaultPriority), problems);
        if (input.DefaultRoleId is { } role && role != type.DefaultRoleId && !(await organization.ToDoRoleCodes(ct)).ContainsKey(role))
            problems.Add(nameof(Input.DefaultRoleId), "There is no such role.", "todo.role.unknown");
        problems.InOrder(nameof(Input.ToOn), input.FromOn, input.ToOn);
        if (kinds.Any(k => k.TypeCode == type.Code))
        {
            if (!input.Active)
                problems.Add(nameof(Input.Active), "Tieline itself makes To Dos of this type; without it they would be lost.", "todo.type.needed");
            if ((input.FromOn ?? input.ToOn) is not null)
                problems.Add(nameof(Input.ToOn), "Tieline itself makes To Dos of this type, on any day.", "todo.type.needed");
            if (input.DefaultRoleId is null)
                problems.Add(nameof(Input.DefaultRoleId), "Tieline itself makes To Dos of this type; someone must get them.", "todo.type.needed");
        }
        if (problems.Any)
            return problems;

        db.Expect(type, input.Version);
        type.Change(name, input.DefaultPriority, input.DefaultRoleId, input.Active, input.FromOn, input.ToOn);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
