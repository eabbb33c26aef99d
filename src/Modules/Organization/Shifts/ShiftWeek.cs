using System.Globalization;
using Tieline.Organization.Calendars;

namespace Tieline.Organization.Shifts;

/// <summary>The shift that begins on a day of the week; no times: none. One that ends before it begins ends on the next day.</summary>
internal sealed record ShiftDay(DayOfWeek Day, TimeOnly? FromAt, TimeOnly? ToAt);

/// <summary>A week of shifts, as it is kept and as it is said.</summary>
internal static class ShiftWeek
{
    private const string None = "-";

    public static string Write(IEnumerable<ShiftDay> days)
    {
        var byDay = days.Where(d => d.FromAt is not null && d.ToAt is not null).ToDictionary(d => d.Day);
        return string.Join(' ', BusinessCalendar.Week.Select(d => byDay.TryGetValue(d, out var shift) ? Times(shift.FromAt!.Value, shift.ToAt!.Value) : None));
    }

    /// <summary>Seven days from Monday.</summary>
    public static IReadOnlyList<ShiftDay> Read(string week) => [.. week.Split(' ').Select((part, i) => part == None
        ? new ShiftDay(BusinessCalendar.Week[i], null, null)
        : new ShiftDay(BusinessCalendar.Week[i], Time(part[..5]), Time(part[6..])))];

    public static ShiftDay On(string week, DateOnly day) => Read(week)[((int)day.DayOfWeek + 6) % 7];

    /// <summary>"Mon to Fri 08:00-17:00, Sat 22:00-06:00".</summary>
    public static string InWords(IReadOnlyList<ShiftDay> days) =>
        days.All(d => d.FromAt is null) ? "no shifts" : string.Join(", ", days.Where(d => d.FromAt is not null).GroupBy(d => (d.FromAt, d.ToAt))
            .Select(g => $"{WeekText.Of([.. g.Select(d => d.Day)])} {Times(g.Key.FromAt!.Value, g.Key.ToAt!.Value)}"));

    public static string Times(TimeOnly from, TimeOnly to) => string.Create(CultureInfo.InvariantCulture, $"{from:HH:mm}-{to:HH:mm}");

    private static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);
}
