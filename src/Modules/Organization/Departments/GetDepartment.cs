using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Departments;

internal sealed class GetDepartment(AppDb db, CurrentActor actor) : IUse<GetDepartment.Input, DepartmentRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<DepartmentRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        if (await DepartmentRow.Of(db).SingleOrDefaultAsync(d => d.Id == input.Id, ct) is { } row)
            return row;
        return Problem.NotFound("The department");
    }
}
