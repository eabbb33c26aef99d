using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Somebody signs in as an employee who works here, and only one does.</summary>
internal sealed class EmployeesOfUsers(AppDb db, IWhoWorksHere employees)
{
    public async Task MaySignIn(Problems problems, string field, long employeeId, CancellationToken ct)
    {
        if (await employees.NameOf(employeeId, ct) is null)
            problems.Add(field, "This person does not work here (any more).", "user.employee.unknown");
        else if (await db.Set<UserAccount>().Where(u => u.EmployeeId == employeeId && u.Active).Select(u => u.UserName).FirstOrDefaultAsync(ct) is { } other)
            problems.Add(field, $"This employee signs in as '{other}' already.", "user.employee.taken");
    }
}
