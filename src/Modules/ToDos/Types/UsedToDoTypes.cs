using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.Types;

internal sealed class UsedToDoType(AppDb db) : IUsedBy
{
    public string Kind => "to_do_type";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct) =>
        [new("open To Dos", await db.Set<ToDo>()
            .Where(t => t.State != ToDoState.Complete && t.TypeCode == db.Set<ToDoType>().Where(k => k.Id == id).Select(k => k.Code).FirstOrDefault())
            .Take(UsedByLine.Most + 1).CountAsync(ct))];
}

internal sealed class RolesUsedByToDos(AppDb db) : IUsedBy
{
    public string Kind => "to_do_role";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct) =>
    [
        new("To Do types", await db.Set<ToDoType>().CountAsync(t => t.DefaultRoleId == id || t.EscalationRoleId == id || db.Set<ToDoTypeRole>().Any(r => r.TypeId == t.Id && r.RoleId == id), ct), "/admin/todo-types"),
        new("open To Dos", await db.Set<ToDo>().Where(t => t.RoleId == id && t.State != ToDoState.Complete).Take(UsedByLine.Most + 1).CountAsync(ct)),
    ];
}

internal sealed class SkillsUsedByToDos(AppDb db) : IUsedBy
{
    public string Kind => "skill";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct) =>
        [new("To Do types", await db.Set<ToDoTypeSkill>().CountAsync(s => s.SkillId == id, ct), "/admin/todo-types")];
}
