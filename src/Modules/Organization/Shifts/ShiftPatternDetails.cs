using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Calendars;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Shifts;

/// <summary>What is typed about a pattern, when adding and when changing one.</summary>
internal interface IShiftPatternTyped
{
    string? Name { get; }
    long? CalendarId { get; }
    bool WorksClosed { get; }
    IReadOnlyList<ShiftDay>? Days { get; }
}

/// <summary>Name, calendar and week, checked.</summary>
internal sealed record ShiftPatternDetails(string Name, long CalendarId, bool WorksClosed, string Week)
{
    /// <param name="kept">The calendar that the pattern has already.</param>
    public static async Task<ShiftPatternDetails> Check(AppDb db, CalendarOptions calendars, IShiftPatternTyped typed, long? kept, Problems problems, CancellationToken ct)
    {
        var name = problems.Text(nameof(typed.Name), "Name", typed.Name, 100);
        if (typed.CalendarId is null)
            problems.List.Add(Problem.Required(nameof(typed.CalendarId), "Calendar"));
        await calendars.Check(nameof(typed.CalendarId), typed.CalendarId, kept, problems, ct);
        var days = typed.Days ?? [];
        CheckDays(days, problems);
        if (!problems.Any)
            CheckOverlap(days, problems);
        if (!problems.Any && !typed.WorksClosed && await db.Set<BusinessCalendar>().AsNoTracking().SingleAsync(c => c.Id == typed.CalendarId, ct) is var calendar
            && days.Select((d, i) => (Day: d, At: i)).FirstOrDefault(d => d.Day.FromAt is not null && !calendar.WorksOn(d.Day.Day)) is { Day: not null } closed)
            problems.Add($"{nameof(typed.Days)}[{closed.At}].{nameof(ShiftDay.FromAt)}", $"{calendar.Name} is closed on every {closed.Day.Day}. Choose another calendar, or say that they work on closed days.", "shift_pattern.day.closed");
        return problems.Any ? new ShiftPatternDetails(name, 0, false, "") : new ShiftPatternDetails(name, typed.CalendarId!.Value, typed.WorksClosed, ShiftWeek.Write(days));
    }

    private static void CheckDays(IReadOnlyList<ShiftDay> days, Problems problems)
    {
        if (!days.Any(d => d?.FromAt is not null || d?.ToAt is not null))
            problems.Add("Days[0].FromAt", "Say on at least one day from when to when they work.", "shift_pattern.days");
        for (var i = 0; i < days.Count; i++)
        {
            string At(string field) => $"Days[{i}].{field}";
            if (days[i] is not { } day || !Enum.IsDefined(day.Day))
                problems.Add(At(nameof(ShiftDay.Day)), "There is no such day of the week.", "shift_pattern.day");
            else if (days.Take(i).Any(d => d?.Day == day.Day))
                problems.Add(At(nameof(ShiftDay.Day)), $"{day.Day} is there twice.", "shift_pattern.day.twice");
            else
                CheckTimes(At(nameof(ShiftDay.FromAt)), At(nameof(ShiftDay.ToAt)), day.FromAt, day.ToAt, problems);
        }
    }

    /// <summary>Both or none, to the minute, and not from a time to the same.</summary>
    public static void CheckTimes(string fromField, string toField, TimeOnly? from, TimeOnly? to, Problems problems)
    {
        if (from is null && to is not null)
            problems.List.Add(Problem.Required(fromField, "From"));
        else if (from is not null && to is null)
            problems.List.Add(Problem.Required(toField, "To"));
        else if (from is not null && from == to)
            problems.Add(toField, "It ends when it begins. One that passes midnight ends at an earlier time: 22:00 to 06:00.", "shift.times.same");
        else if (from is { } f && to is { } t && (f.Ticks % TimeSpan.TicksPerMinute != 0 || t.Ticks % TimeSpan.TicksPerMinute != 0))
            problems.Add(fromField, "Shifts begin and end at a full minute.", "shift.times.minute");
    }

    /// <summary>Who works until six cannot begin at five on the same morning.</summary>
    private static void CheckOverlap(IReadOnlyList<ShiftDay> days, Problems problems)
    {
        for (var i = 0; i < days.Count; i++)
        {
            var before = days.FirstOrDefault(d => (int)d.Day == ((int)days[i].Day + 6) % 7);
            if (days[i].FromAt is { } from && before is { FromAt: { } began, ToAt: { } ended } && ended < began && ended > from)
                problems.Add($"Days[{i}].{nameof(ShiftDay.FromAt)}", $"The shift of {before.Day} lasts until {ended:HH:mm}.", "shift.overlap");
        }
    }
}
