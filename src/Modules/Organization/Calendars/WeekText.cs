namespace Tieline.Organization.Calendars;

/// <summary>Work days in words: "Mon to Fri", "Mon, Wed to Fri".</summary>
internal static class WeekText
{
    public static string Of(IReadOnlyCollection<DayOfWeek> open)
    {
        var parts = new List<string>();
        for (var first = 0; first < 7; first++)
        {
            if (!open.Contains(BusinessCalendar.Week[first]))
                continue;
            var last = first;
            while (last < 6 && open.Contains(BusinessCalendar.Week[last + 1]))
                last++;
            parts.Add(last > first ? $"{Short(first)} to {Short(last)}" : Short(first));
            first = last;
        }
        return string.Join(", ", parts);
    }

    public static string Short(int weekday) => BusinessCalendar.Week[weekday].ToString()[..3];
}
