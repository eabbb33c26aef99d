using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;

namespace Tieline.ToDos.Entries;

/// <summary>What must be done now, for me or one of my roles, and nobody has started on: the browser shows it above all else and rings.</summary>
internal sealed class UrgentToDos(AppDb db, ToDoDesk desk, ICustomers customers, ToDosInSight sight, IAuditTrail audit, IUtilityClock clock)
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
        var newest = await ToDoLists.Lines(db.Set<ToDo>()
            .Where(t => t.State == ToDoState.Open && t.Priority == 1 && t.CreatedAt >= since
                && ((t.EmployeeId != null && people.Contains(t.EmployeeId.Value)) || (t.EmployeeId == null && t.RoleId != null && roles.Contains(t.RoleId.Value))))
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).Take(Most)).ToListAsync(ct);
        var warnings = await customers.WarningsFor(newest.ConvertAll(t => new Belonging(t.PersonId, t.AccountId, t.PremiseId)), sent: true, ct);
        // Every page asks again as long as it rings: what is shown again unchanged is one look.
        if (newest.Select(t => t.PersonId).OfType<long>().Distinct().ToArray() is { Length: > 0 } about)
            await audit.LookedOnce(new RecordRef("to_do", newest[0].Id), ct, "urgent to dos", about);
        return [.. (await sight.Shown(newest, ct)).Zip(warnings, (t, w) => new Line(t.Id, t.Subject, [.. w.Select(x => Option.InWords(x.Kind)).Distinct(StringComparer.Ordinal)]))];
    }
}
