using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Employees;

/// <summary>Someone who had left works here again (or had not left after all). Their sign-in and roles are given back by hand.</summary>
internal sealed class ReinstateEmployee(AppDb db, CurrentActor actor) : IUse<ReinstateEmployee.Input, Done>
{
    public sealed record Input(long Id, int Version);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<Employee>().SingleOrDefaultAsync(e => e.Id == input.Id, ct) is not { } employee)
            return Problem.NotFound("The employee");

        db.Expect(employee, input.Version);
        employee.Return();
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
