using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

/// <summary>Open work of a role would stand before nobody once the role is out of use or its last member has gone.</summary>
internal sealed class WorkOfRole(AppDb db, IUtilityClock clock, IEnumerable<IAddressedWork> rooms)
{
    /// <summary>Adds a problem for each room with open work of the role.</summary>
    public async Task Refuse(long roleId, string field, Problems problems, CancellationToken ct)
    {
        foreach (var work in await Open(roleId, ct))
            problems.Add(field, $"The role still has {work}. Forward what is open first.", "to_do_role.has_work");
    }

    /// <summary>The problem of taking this member out today; null when somebody else is left, or nothing is to be done.</summary>
    public async Task<Problem?> LastMember(long roleId, long employeeId, string? field, CancellationToken ct)
    {
        var members = await (from m in ToDoRoleMember.On(db, await clock.Today(ct))
                             join e in db.Set<Employee>() on m.EmployeeId equals e.Id
                             where m.ToDoRoleId == roleId && e.LeftOn == null
                             select e.Id).Take(2).ToListAsync(ct);
        return members is [var last] && last == employeeId && await Open(roleId, ct) is { Count: > 0 } work
            ? new Problem(field, $"Nobody else belongs to this role, and it still has {string.Join(", ", work)}. Add somebody else or forward what is open first.", "to_do_role.last_member") : null;
    }

    /// <summary>Roles with open work in which nobody would be left without this employee today, by name.</summary>
    public async Task<IReadOnlyList<LeftBehind>> Without(long employeeId, CancellationToken ct)
    {
        var members = from m in ToDoRoleMember.On(db, await clock.Today(ct))
                      join e in db.Set<Employee>() on m.EmployeeId equals e.Id
                      where e.LeftOn == null
                      select m;
        var roles = await db.Set<ToDoRole>().Where(r => members.Any(m => m.ToDoRoleId == r.Id && m.EmployeeId == employeeId) && !members.Any(m => m.ToDoRoleId == r.Id && m.EmployeeId != employeeId))
            .OrderBy(r => r.Name).ThenBy(r => r.Id).Select(r => new { r.Id, r.Name }).ToListAsync(ct);
        var left = new List<LeftBehind>();
        foreach (var role in roles)
        {
            if (await Open(role.Id, ct) is { Count: > 0 } work)
                left.Add(new(role.Id, role.Name, string.Join(", ", work)));
        }
        return left;
    }

    /// <param name="Work">How much is open: "3 open To Dos".</param>
    public sealed record LeftBehind(long RoleId, string Name, string Work);

    private async Task<IReadOnlyList<string>> Open(long roleId, CancellationToken ct)
    {
        var open = new List<string>();
        foreach (var room in rooms)
        {
            if (await room.OfRole(roleId, ct) is > 0 and var count)
                open.Add(new UsedByLine(room.What, count).Text);
        }
        return open;
    }
}
