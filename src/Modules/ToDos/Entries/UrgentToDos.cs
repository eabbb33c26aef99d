using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;

namespace Tieline.ToDos.Entries;

/// <summary>What must be done now, for me or one of my roles, and nobody has started on: the browser shows it above all else and rings.</summary>
internal sealed class UrgentToDos(AppDb db, ToDoDesk desk, ICustomers customers, IUtilityClock clock)
{
    /// <summary>So long a browser rings for it; afterwards it stands in the lists as all work does.</summary>
    public static readonly TimeSpan Rings = TimeSpan.FromHours(2);

    private const int Most = 5;

    /// <param name="Warnings">Kinds of the warnings for those who go there.</param>
    public sealed record Line(long Id, string Subject, IReadOnlyList<string> Warnings);

    /// <summary>The newest, with what those must know who go there. Asked only where the bell has counted some.</summary>
    public async Task<IReadOnlyList<Line>> Read(CancellationToken ct)
    {
        var since = clock.Now - Rings;
        var people = await desk.MeAndAbsent(ct);
        var roles = await desk.MyRoles(ct);
        var newest = await db.Set<ToDo>()
            .Where(t => t.State == ToDoState.Open && t.Priority == 1 && t.CreatedAt >= since
                && ((t.EmployeeId != null && people.Contains(t.EmployeeId.Value)) || (t.EmployeeId == null && t.RoleId != null && roles.Contains(t.RoleId.Value))))
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).Take(Most).Select(t => new { t.Id, t.Subject, t.PersonId, t.AccountId, t.PremiseId }).ToListAsync(ct);
        var warnings = await customers.WarningsFor(newest.ConvertAll(t => new Belonging(t.PersonId, t.AccountId, t.PremiseId)), sent: true, ct);
        return [.. newest.Zip(warnings, (t, w) => new Line(t.Id, t.Subject, [.. w.Select(x => Option.InWords(x.Kind)).Distinct(StringComparer.Ordinal)]))];
    }
}
