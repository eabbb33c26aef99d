using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

/// <summary>Puts an employee into a role. Nothing happens when that is so already.</summary>
internal sealed class AddMember(AppDb db, CurrentActor actor) : IUse<AddMember.Input, Done>
{
    public sealed record Input(long ToDoRoleId, long EmployeeId);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (!await db.Set<ToDoRole>().AnyAsync(r => r.Id == input.ToDoRoleId, ct))
            return Problem.NotFound("The To Do role");
        if (!await db.Set<Employee>().AnyAsync(e => e.Id == input.EmployeeId && e.LeftOn == null, ct))
            return new Problem(nameof(Input.EmployeeId), "Choose someone who works here.", "to_do_role.member.unknown");
        if (await db.Set<ToDoRoleMember>().AnyAsync(m => m.ToDoRoleId == input.ToDoRoleId && m.EmployeeId == input.EmployeeId, ct))
            return Done.It;

        db.Add(new ToDoRoleMember(input.ToDoRoleId, input.EmployeeId));
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
