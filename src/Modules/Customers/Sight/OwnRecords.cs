using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Platform.Data;

namespace Tieline.Customers.Sight;

/// <summary>Which records are an employee's own or a relative's: few, and asked for in every request.</summary>
internal sealed class OwnRecords(IReadOnlyList<OwnRecords.Link> links)
{
    public sealed record Link(long EmployeeId, long PersonId, DateOnly? FromOn, DateOnly? ToOn);

    private readonly ILookup<long, Link> byEmployee = links.ToLookup(l => l.EmployeeId);

    public IEnumerable<long> Of(long employeeId, DateOnly today) =>
        byEmployee[employeeId].Where(l => !(l.FromOn > today) && !(l.ToOn < today)).Select(l => l.PersonId);

    public static async Task<OwnRecords> Read(AppDb db, CancellationToken ct) =>
        new(await db.Set<Relationship>().AsNoTracking()
            .Where(r => r.EmployeeId != null && (r.Kind == RelationshipKind.Self || r.Kind == RelationshipKind.Relative))
            .Select(r => new Link(r.EmployeeId!.Value, r.PersonId, r.FromOn, r.ToOn)).ToListAsync(ct));
}
