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
            problems.Add(field, $"{work} are addressed to it. Forward them first.", "to_do_role.has_work");
    }

    /// <summary>The problem of taking this member out today; null when somebody else is left, or nothing is to be done.</summary>
    public async Task<Problem?> LastMember(long roleId, long employeeId, string? field, CancellationToken ct)
    {
        var members = await (from m in ToDoRoleMember.On(db, await clock.Today(ct))
                             join e in db.Set<Employee>() on m.EmployeeId equals e.Id
                             where m.ToDoRoleId == roleId && e.LeftOn == null
                             select e.Id).Take(2).ToListAsync(ct);
        return members is [var last] && last == employeeId && await Open(roleId, ct) is { Count: > 0 } work
            ? new Problem(field, $"Nobody else belongs to this role, and {string.Join(", ", work)} are addressed to it. Add somebody else or forward them first.", "to_do_role.last_member") : null;
    }

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
