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

    public static async Task<OwnRecords> Read(AppDb db, CancellationToken ct)
    {
        var own = db.Set<Relationship>().AsNoTracking().Where(r => r.EmployeeId != null && (r.Kind == RelationshipKind.Self || r.Kind == RelationshipKind.Relative));
        var links = await own.Select(r => new Link(r.EmployeeId!.Value, r.PersonId, r.FromOn, r.ToOn)).ToListAsync(ct);
        // A record that was merged into one of them is it, too.
        var merged = await own.Join(db.Set<Person>(), r => (long?)r.PersonId, p => p.MergedIntoId, (r, p) => new Link(r.EmployeeId!.Value, p.Id, r.FromOn, r.ToOn)).ToListAsync(ct);
        return new([.. links, .. merged]);
    }
}
