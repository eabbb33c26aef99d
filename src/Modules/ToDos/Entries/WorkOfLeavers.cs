using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Live;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>
/// Work of someone who does not work here any more goes to whoever was named when they left, else to the role of its type, else to whoever answers customers next. What a person who was
/// named could not do in time, and what may not go to the role that was named, goes to the role of its type too.
/// </summary>
internal sealed class WorkOfLeavers(AppDb db, IOrganization organization, Readdressing readdressing, Fitness fitness, ILive live) : IHear<EmployeeLeft>
{
    public const string Subscriber = "todos.work_of_leaver";
    private const int ChunkSize = 500;

    public async Task Hear(EmployeeLeft fact, long eventId, CancellationToken ct)
    {
        // Nothing is taken from someone who is back already.
        while ((await organization.HaveLeft([fact.EmployeeId], ct)).TryGetValue(fact.EmployeeId, out var name) && await HandOver(fact, name, ct))
            db.ChangeTracker.Clear();
    }

    /// <returns>False when nothing is left to hand over.</returns>
    private async Task<bool> HandOver(EmployeeLeft fact, string name, CancellationToken ct)
    {
        var (leaver, because) = (fact.EmployeeId, Readdressing.HasLeft(name));
        var heir = fact.WorkToEmployeeId is { } person && await organization.Employee(person, ct) is { Active: true } somebody ? somebody : null;
        var named = fact.WorkToRoleId is { } id ? await organization.ToDoRole(id, ct) : null;
        var missing = await readdressing.Missing(heir is null ? [] : [heir.Id], ct);
        var valid = await fitness.ValidRoles(ct);
        var types = await db.Set<ToDoType>().AsNoTracking().ToDictionaryAsync(t => t.Code, StringComparer.Ordinal, ct);
        var theirs = await db.Set<ToDo>().Where(t => t.State != ToDoState.Complete && (t.EmployeeId == leaver || t.WorkedById == leaver))
            .OrderBy(t => t.Id).Take(ChunkSize).ToListAsync(ct);
        var changed = 0;
        foreach (var toDo in theirs)
        {
            // Addressed to a role or to a colleague: they have it back.
            if (toDo.EmployeeId != leaver)
                await readdressing.PutBack(toDo, because, ct);
            else if (heir is not null && missing.Because(heir.Id, toDo.DueOn) is null)
                await readdressing.Give(toDo, heir.Id, null, heir.Name, because, ct);
            else if ((named is not null && valid.May(toDo.TypeCode, named.Id) ? named : await readdressing.RoleFor(types.GetValueOrDefault(toDo.TypeCode), ct)) is { } role)
                await readdressing.Give(toDo, null, role.Id, role.Name, because, ct);
            else
                continue;
            changed++;
        }
        if (changed == 0)
            return false;
        await live.Tell("todo", null, ct);
        await db.SaveChangesAsync(ct);
        return true;
    }
}
