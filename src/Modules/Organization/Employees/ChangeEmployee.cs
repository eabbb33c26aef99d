using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Employees;

internal sealed class ChangeEmployee(AppDb db, CurrentActor actor) : IUse<ChangeEmployee.Input, Done>
{
    public sealed record Input(
        long Id, int Version, string? Name, long DepartmentId, long PositionId, string? Email, string? Phone, DateOnly? HiredOn) : IEmployeeTyped;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<Employee>().SingleOrDefaultAsync(e => e.Id == input.Id, ct) is not { } employee)
            return Problem.NotFound("The employee");
        var problems = new Problems();
        var details = await EmployeeDetails.Check(db, input, employee, problems, ct);
        if (problems.Any)
            return problems;

        db.Expect(employee, input.Version);
        employee.Change(details);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
