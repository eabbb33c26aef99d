using System.Globalization;

namespace Tieline.Platform.Batch;

/// <summary>A cron expression as people say it, where it is one of the usual ones.</summary>
internal static class CronWords
{
    private static readonly Dictionary<string, string> Days = new(StringComparer.Ordinal)
    {
        ["SUN"] = "Sunday", ["MON"] = "Monday", ["TUE"] = "Tuesday", ["WED"] = "Wednesday", ["THU"] = "Thursday", ["FRI"] = "Friday", ["SAT"] = "Saturday",
        ["1"] = "Sunday", ["2"] = "Monday", ["3"] = "Tuesday", ["4"] = "Wednesday", ["5"] = "Thursday", ["6"] = "Friday", ["7"] = "Saturday",
    };

    /// <returns>Null for what is better read as it is written.</returns>
    public static string? Of(string cron)
    {
        if (cron.Split(' ') is not ["0", var minute, var hour, var day, "*", var weekday, .. var years] || years is not ([] or ["*"]))
            return null;
        var any = day is "*" or "?" && weekday is "*" or "?";
        if (hour == "*" && any)
            return Hourly(minute);
        if (!Number(minute, 59, out var minutes) || !Number(hour, 23, out var hours))
            return null;
        var at = $"at {hours:00}:{minutes:00}";
        if (any)
            return $"Every day {at}";
        if (weekday is "?" or "*")
            return day == "L" ? $"On the last day of the month {at}" : Number(day, 31, out var of) ? $"On day {of} of the month {at}" : null;
        return day is "?" or "*" && Week(weekday) is { } week ? $"{week} {at}" : null;
    }

    private static string? Hourly(string minute)
    {
        if (Number(minute, 59, out var past))
            return past == 0 ? "Every hour" : $"Every hour, {past} minutes past";
        return minute == "*" ? "Every minute" : minute.Split('/') is ["0" or "*", var every] && Number(every, 30, out var step) && step > 1 && 60 % step == 0 ? $"Every {step} minutes" : null;
    }

    private static string? Week(string weekday)
    {
        if (weekday.Split('-') is [var first, var last])
            return Days.TryGetValue(first, out var from) && Days.TryGetValue(last, out var to) ? $"{from} to {to}" : null;
        var named = weekday.Split(',').Select(d => Days.GetValueOrDefault(d)).ToList();
        return named.Contains(null) ? null : named.Count == 1 ? $"Every {named[0]}" : $"{string.Join(", ", named.SkipLast(1))} and {named[^1]}";
    }

    private static bool Number(string text, int most, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;
}
