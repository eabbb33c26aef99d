using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Absences;

/// <summary>What is typed about an absence, when recording and when changing one.</summary>
internal interface IAbsenceTyped
{
    DateOnly? FromOn { get; }
    DateOnly? ToOn { get; }
    string? Reason { get; }
    long? DeputyId { get; }
}

/// <summary>Days, reason and deputy, checked.</summary>
internal sealed record AbsenceDetails(DateOnly FromOn, DateOnly ToOn, string Reason, long? DeputyId)
{
    private const int LongestDays = 2 * 366;

    /// <param name="own">The absence that is being changed; null for a new one.</param>
    public static async Task<AbsenceDetails> Check(AppDb db, IAbsenceTyped typed, long employeeId, long? own, Problems problems, CancellationToken ct)
    {
        var reason = problems.Text(nameof(typed.Reason), "Reason", typed.Reason, 100, required: false);
        if (typed.FromOn is null)
            problems.List.Add(Problem.Required(nameof(typed.FromOn), "From"));
        if (typed.ToOn is null)
            problems.List.Add(Problem.Required(nameof(typed.ToOn), "To"));
        var details = new AbsenceDetails(typed.FromOn ?? default, typed.ToOn ?? default, reason, typed.DeputyId);
        if (!problems.Any)
            await details.CheckDays(db, employeeId, own, problems, ct);
        if (!problems.Any && details.DeputyId is { } deputy)
            await details.CheckDeputy(db, employeeId, deputy, problems, ct);
        return details;
    }

    private async Task CheckDays(AppDb db, long employeeId, long? own, Problems problems, CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(db.Now);
        if (ToOn < FromOn)
            problems.Add(nameof(ToOn), "The last day is before the first.", "absence.days.order");
        else if (ToOn.DayNumber - FromOn.DayNumber >= LongestDays)
            problems.Add(nameof(ToOn), "An absence lasts two years at most.", "absence.days.too_long");
        else if (FromOn < today.AddYears(-10) || FromOn > today.AddYears(5))
            problems.Add(nameof(FromOn), "This day cannot be right.", "absence.days.range");
        else if (await Of(db, employeeId).Where(a => a.Id != own).OrderBy(a => a.FromOn).FirstOrDefaultAsync(ct) is { } other)
            problems.Add(nameof(FromOn), $"There is already an absence from {other.FromOn:yyyy-MM-dd} to {other.ToOn:yyyy-MM-dd}.", "absence.overlap");
    }

    private async Task CheckDeputy(AppDb db, long employeeId, long deputy, Problems problems, CancellationToken ct)
    {
        if (deputy == employeeId)
            problems.Add(nameof(DeputyId), "Someone else must stand in.", "absence.deputy.self");
        else if (!await db.Set<Employee>().AnyAsync(e => e.Id == deputy && e.LeftOn == null, ct))
            problems.Add(nameof(DeputyId), "The deputy is not there or no longer works here.", "absence.deputy.unknown");
        else if (await AwayThroughout(db, deputy, ct))
            problems.Add(nameof(DeputyId), "The deputy is away on all of these days too.", "absence.deputy.away");
    }

    private async Task<bool> AwayThroughout(AppDb db, long deputy, CancellationToken ct)
    {
        var free = FromOn;
        foreach (var away in await Of(db, deputy).OrderBy(a => a.FromOn).ToListAsync(ct))
        {
            if (away.FromOn > free)
                return false;
            free = away.ToOn.AddDays(1);
        }
        return free > ToOn;
    }

    /// <summary>What someone has in these days.</summary>
    private IQueryable<Absence> Of(AppDb db, long employeeId) =>
        db.Set<Absence>().AsNoTracking().Where(a => a.EmployeeId == employeeId && a.CancelledAt == null && a.FromOn <= ToOn && a.ToOn >= FromOn);
}
