using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Organization.Employees;

/// <summary>Tells the sign-ins who works here.</summary>
internal sealed class WhoWorksHere(AppDb db) : IWhoWorksHere
{
    public Task<string?> NameOf(long employeeId, CancellationToken ct) =>
        db.Set<Employee>().Where(e => e.Id == employeeId && e.LeftOn == null).Select(e => (string?)e.Name).SingleOrDefaultAsync(ct);
}
