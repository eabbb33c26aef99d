using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

/// <summary>A role; its members are the directory filtered by it.</summary>
internal sealed class GetToDoRole(AppDb db, CurrentActor actor) : IUse<GetToDoRole.Input, ToDoRoleRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<ToDoRoleRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        if (await ToDoRoleRow.Of(db).SingleOrDefaultAsync(r => r.Id == input.Id, ct) is { } row)
            return row;
        return Problem.NotFound("The To Do role");
    }
}
