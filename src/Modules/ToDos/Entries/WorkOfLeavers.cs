using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>
/// Work of someone who does not work here any more goes to whoever was named when they left, else to the role of its type, else to whoever answers customers next. What a person who was
/// named could not do in time, and what may not go to the role that was named, goes to the role of its type too.
/// </summary>
internal sealed class WorkOfLeavers(AppDb db, IOrganization organization, Readdressing readdressing, HandOverWork work, Fitness fitness) : IHear<EmployeeLeft>
{
    public const string Subscriber = "todos.work_of_leaver";

    public async Task Hear(EmployeeLeft fact, long eventId, CancellationToken ct)
    {
        // Nothing is taken from someone who is back already.
        for (long? after = 0; after is { } behind && (await organization.HaveLeft([fact.EmployeeId], ct)).TryGetValue(fact.EmployeeId, out var name);)
            after = await HandOver(fact, behind, Readdressing.HasLeft(name), ct);
    }

    private async Task<long?> HandOver(EmployeeLeft fact, long after, string because, CancellationToken ct)
    {
        var heir = fact.WorkToEmployeeId is { } person && await organization.Employee(person, ct) is { Active: true } somebody ? somebody : null;
        var named = fact.WorkToRoleId is { } id ? await organization.ToDoRole(id, ct) : null;
        var missing = await readdressing.Missing(heir is null ? [] : [heir.Id], ct);
        var valid = await fitness.ValidRoles(ct);
        var types = await db.Set<ToDoType>().AsNoTracking().ToDictionaryAsync(t => t.Code, StringComparer.Ordinal, ct);
        return await work.Chunk(
            fact.EmployeeId, after, because, _ => true,
            async toDo => heir is not null && missing.Because(heir.Id, toDo.DueOn) is null ? new(heir.Id, null, heir.Name)
                : (named is not null && valid.May(toDo.TypeCode, named.Id) ? named : await readdressing.RoleFor(types.GetValueOrDefault(toDo.TypeCode), ct)) is { } role ? new(null, role.Id, role.Name)
                : null, ct);
    }
}
