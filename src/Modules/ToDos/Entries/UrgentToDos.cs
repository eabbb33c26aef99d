using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.ToDos.Entries;

/// <summary>What must be done now, for me or one of my roles, and nobody has started on: the browser shows it above all else and rings.</summary>
internal sealed class UrgentToDos(AppDb db, ToDoDesk desk, IUtilityClock clock)
{
    /// <summary>So long a browser rings for it; afterwards it stands in the lists as all work does.</summary>
    public static readonly TimeSpan Rings = TimeSpan.FromHours(2);

    private const int Most = 5;

    public sealed record Line(long Id, string Subject);

    /// <summary>The newest; one SELECT. Asked only where the bell has counted some.</summary>
    public async Task<IReadOnlyList<Line>> Read(CancellationToken ct)
    {
        var since = clock.Now - Rings;
        var people = await desk.MeAndAbsent(ct);
        var roles = await desk.MyRoles(ct);
        return await db.Set<ToDo>()
            .Where(t => t.State == ToDoState.Open && t.Priority == 1 && t.CreatedAt >= since
                && ((t.EmployeeId != null && people.Contains(t.EmployeeId.Value)) || (t.EmployeeId == null && t.RoleId != null && roles.Contains(t.RoleId.Value))))
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).Take(Most).Select(t => new Line(t.Id, t.Subject)).ToListAsync(ct);
    }
}
