using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Departments;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Organization.Employees;

/// <summary>Tells the sign-ins who works here.</summary>
internal sealed class WhoWorksHere(AppDb db) : IWhoWorksHere
{
    public Task<string?> NameOf(long employeeId, CancellationToken ct) =>
        db.Set<Employee>().Where(e => e.Id == employeeId && e.LeftOn == null).Select(e => (string?)e.Name).SingleOrDefaultAsync(ct);

    public async Task<IReadOnlyDictionary<long, string>> Teams(CancellationToken ct) =>
        await (from e in db.Set<Employee>() join d in db.Set<Department>() on e.DepartmentId equals d.Id where e.LeftOn == null select new { e.Id, d.Name })
            .ToDictionaryAsync(e => e.Id, e => e.Name, ct);
}
