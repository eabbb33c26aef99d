using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

/// <summary>Takes an employee out of a role. Nothing happens when that is so already.</summary>
internal sealed class RemoveMember(AppDb db, CurrentActor actor) : IUse<RemoveMember.Input, Done>
{
    public sealed record Input(long ToDoRoleId, long EmployeeId);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<ToDoRoleMember>().SingleOrDefaultAsync(m => m.ToDoRoleId == input.ToDoRoleId && m.EmployeeId == input.EmployeeId, ct) is not { } member)
            return Done.It;
        db.Remove(member);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
