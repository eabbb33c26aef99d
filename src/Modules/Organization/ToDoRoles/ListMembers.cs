using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

/// <param name="FromOn">The first day, or null.</param>
internal sealed record MemberLine(long Id, string Name, string Position, string Department, DateOnly? FromOn, DateOnly? ToOn);

/// <summary>Everybody who is put into a role and works here, whatever the days, by name.</summary>
internal sealed class ListMembers(AppDb db, CurrentActor actor) : IUse<ListMembers.Input, IReadOnlyList<MemberLine>>
{
    public sealed record Input(long ToDoRoleId);

    public async Task<Outcome<IReadOnlyList<MemberLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        return await (from m in db.Set<ToDoRoleMember>()
                      join e in db.Set<Employee>() on m.EmployeeId equals e.Id
                      join d in db.Set<Department>() on e.DepartmentId equals d.Id
                      join p in db.Set<Position>() on e.PositionId equals p.Id
                      where m.ToDoRoleId == input.ToDoRoleId && e.LeftOn == null
                      orderby e.NameKey, e.Id
                      select new MemberLine(e.Id, e.Name, p.Title, d.Name, m.FromOn, m.ToOn)).ToListAsync(ct);
    }
}
