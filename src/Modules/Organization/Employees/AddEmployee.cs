using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Employees;

internal sealed class AddEmployee(AppDb db, CurrentActor actor) : IUse<AddEmployee.Input, Added>
{
    public sealed record Input(string? Number, string? Name, long DepartmentId, long PositionId, string? Email, string? Phone, DateOnly? HiredOn) : IEmployeeTyped;

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var number = problems.Code(nameof(Input.Number), "Number", input.Number);
        if (await db.Set<Employee>().AnyAsync(e => e.Number == number, ct))
            problems.Add(nameof(Input.Number), $"There is already an employee with the number {number}.", "employee.number.taken");
        var details = await EmployeeDetails.Check(db, input, null, problems, ct);
        if (problems.Any)
            return problems;

        var employee = new Employee(db.NextId(), number, details.Name, details.DepartmentId, details.PositionId, details.Email, details.Phone, details.HiredOn);
        db.Add(employee);
        await db.SaveChangesAsync(ct);
        return new Added(employee.Id);
    }
}
