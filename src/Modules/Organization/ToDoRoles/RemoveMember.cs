using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

/// <summary>Takes an employee out of a role, unless they are the last who could do its open work. Nothing happens when they are out of it already.</summary>
internal sealed class RemoveMember(AppDb db, CurrentActor actor, WorkOfRole work) : IUse<RemoveMember.Input, Done>
{
    public sealed record Input(long ToDoRoleId, long EmployeeId);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<ToDoRoleMember>().SingleOrDefaultAsync(m => m.ToDoRoleId == input.ToDoRoleId && m.EmployeeId == input.EmployeeId, ct) is not { } member)
            return Done.It;
        if (await work.LastMember(input.ToDoRoleId, input.EmployeeId, null, ct) is { } last)
            return last;
        db.Remove(member);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
