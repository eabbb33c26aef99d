using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Operations.OnCall;

/// <summary>What is typed about a duty: days and times of the utility.</summary>
internal interface IDutyTyped
{
    long? EmployeeId { get; }
    int? Level { get; }
    DateOnly? FromOn { get; }
    TimeOnly? FromTime { get; }
    DateOnly? ToOn { get; }
    TimeOnly? ToTime { get; }
}

/// <summary>Checks duties; call it in the transaction that writes them.</summary>
internal sealed class DutyHours(AppDb db, IOrganization organization, IUtilityClock clock)
{
    private const int LongestDays = 31;

    public sealed record Checked(long EmployeeId, int Level, DateTime FromAt, DateTime ToAt);

    /// <param name="own">The duty that is being changed; null for a new one.</param>
    public async Task<Checked?> Of(IDutyTyped typed, long? own, Problems problems, CancellationToken ct)
    {
        var employee = await Employee(nameof(typed.EmployeeId), typed.EmployeeId, problems, ct);
        var level = Level(nameof(typed.Level), typed.Level, problems);
        var from = await Instant(nameof(typed.FromOn), nameof(typed.FromTime), "From", typed.FromOn, typed.FromTime, problems, ct);
        var to = await Instant(nameof(typed.ToOn), nameof(typed.ToTime), "Until", typed.ToOn, typed.ToTime, problems, ct);
        if (from is not { } fromAt || to is not { } toAt || employee is null || level is null)
            return null;
        if (toAt <= fromAt)
            problems.Add(nameof(typed.ToTime), "The end is not behind the beginning.", "duty.order");
        else if (toAt <= clock.Now)
            problems.Add(nameof(typed.ToTime), "This has passed already.", "duty.past");
        else if (toAt > fromAt.AddDays(LongestDays))
            problems.Add(nameof(typed.ToOn), $"A duty lasts {LongestDays} days at most.", "duty.too_long");
        else
            await Free(nameof(typed.FromOn), level.Value, fromAt, toAt, own, problems, ct);
        return problems.Any ? null : new Checked(employee.Value, level.Value, fromAt, toAt);
    }

    public async Task<long?> Employee(string field, long? id, Problems problems, CancellationToken ct)
    {
        if (id is not { } employee)
        {
            problems.List.Add(Problem.Required(field, "Who"));
            return null;
        }
        if (await organization.Employee(employee, ct) is { Active: true })
            return employee;
        problems.Add(field, "They are not here, or no longer work here.", "duty.employee");
        return null;
    }

    public static int? Level(string field, int? level, Problems problems)
    {
        if (level is >= 1 and <= Duty.Levels)
            return level;
        problems.Add(field, $"The level is 1 to {Duty.Levels}.", "duty.level");
        return null;
    }

    /// <summary>A problem at <paramref name="field"/> when somebody else has the level in this time.</summary>
    public async Task Free(string field, int level, DateTime fromAt, DateTime toAt, long? own, Problems problems, CancellationToken ct)
    {
        var other = await db.Set<Duty>().AsNoTracking().Where(d => d.Level == level && d.ToAt > fromAt && d.FromAt < toAt && d.Id != own).OrderBy(d => d.FromAt).FirstOrDefaultAsync(ct);
        if (other is null)
            return;
        var name = (await organization.Names([other.EmployeeId], ct)).GetValueOrDefault(other.EmployeeId, "Somebody");
        problems.Add(field,
            $"{name} has level {level} from {WhenText.Full(await clock.ToLocal(other.FromAt, ct))} until {WhenText.Full(await clock.ToLocal(other.ToAt, ct))}.", "duty.overlap");
    }

    /// <summary>Two who plan the same level wait for each other.</summary>
    public Task Hold(CancellationToken ct) => db.HoldName("on_call", 0, ct);

    private async Task<DateTime?> Instant(string dayField, string timeField, string label, DateOnly? on, TimeOnly? at, Problems problems, CancellationToken ct)
    {
        if (on is null)
            problems.List.Add(Problem.Required(dayField, $"{label}, day"));
        if (at is null)
            problems.List.Add(Problem.Required(timeField, $"{label}, time"));
        if (on is not { } day || at is not { } time)
            return null;
        if (Math.Abs(day.DayNumber - (await clock.Today(ct)).DayNumber) > 5 * 366)
        {
            problems.Add(dayField, "This day cannot be right.", "duty.range");
            return null;
        }
        return await clock.ToInstant(day, time, ct);
    }
}
