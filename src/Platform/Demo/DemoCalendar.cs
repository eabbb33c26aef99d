namespace Tieline.Platform.Demo;

public enum DemoHours { Open, Closed, Storm }

public enum DemoSeason { Mild, Winter, Summer }

/// <summary>The two years before a day: how busy each day and hour is, and when storms came.</summary>
public sealed class DemoCalendar
{
    public const int Days = 730;
    private readonly DateOnly _first;
    private readonly double[] _until = new double[Days];
    private readonly bool[] _storm = new bool[Days];

    public DemoCalendar(ulong seed, DateOnly asOf)
    {
        _first = asOf.AddDays(-Days);
        End = asOf.ToDateTime(TimeOnly.MinValue);
        var weather = new DemoStream(seed, "weather");
        var total = 0.0;
        for (var d = 0; d < Days; d++)
        {
            var day = _first.AddDays(d);
            var random = weather.At(day.DayNumber);
            _storm[d] = random.Chance(Season(day) == DemoSeason.Winter ? 0.035 : 0.008);
            total += Busy(day) * (_storm[d] ? 2.5 : 1);
            _until[d] = total;
        }
        for (var d = 0; d < Days; d++)
            _until[d] /= total;
    }

    /// <summary>Local midnight at which the world ends: nothing recorded is later.</summary>
    public DateTime End { get; }

    /// <summary>A local time at the quantile <paramref name="q"/> (0 to 1) of all contacts.</summary>
    public (DateTime Local, DemoHours Hours, DemoSeason Season) Pick(ref DemoRandom random, double q)
    {
        var d = Array.BinarySearch(_until, q);
        d = Math.Min(d < 0 ? ~d : d + 1, Days - 1);
        var day = _first.AddDays(d);
        var storm = _storm[d];
        var quiet = IsQuiet(day);
        var hour = (storm ? s_stormHours : quiet ? s_quietHours : s_workHours).Pick(ref random);
        var local = day.ToDateTime(new TimeOnly(hour, random.Next(60), random.Next(60)));
        // The hour that the change to daylight time skips does not exist.
        if (hour == 2 && Offset(local.AddHours(-1)) != Offset(local))
            local = local.AddHours(1);
        var hours = storm ? DemoHours.Storm : quiet || hour is < 7 or > 17 ? DemoHours.Closed : DemoHours.Open;
        return (local, hours, Season(day));
    }

    /// <summary>A moment in office hours of the day of <paramref name="local"/>, or of the next working day.</summary>
    public DateTime Workday(ref DemoRandom random, DateTime local)
    {
        var day = DateOnly.FromDateTime(local);
        while (IsQuiet(day))
            day = day.AddDays(1);
        return day.ToDateTime(new TimeOnly(random.Between(8, 16), random.Next(60), random.Next(60)));
    }

    /// <summary>Pacific time to UTC, by the rule of the United States since 2007: it needs no time zone data and never changes with them.</summary>
    public static DateTime ToUtc(DateTime local) => DateTime.SpecifyKind(local.AddHours(Offset(local)), DateTimeKind.Utc);

    private static int Offset(DateTime local)
    {
        var starts = Sunday(local.Year, 3, 2).AddHours(2);
        var ends = Sunday(local.Year, 11, 1).AddHours(2);
        return local >= starts && local < ends ? 7 : 8;
    }

    private static DateTime Sunday(int year, int month, int nth)
    {
        var first = new DateTime(year, month, 1, 0, 0, 0, DateTimeKind.Unspecified);
        return first.AddDays(((7 - (int)first.DayOfWeek) % 7) + ((nth - 1) * 7));
    }

    private static bool IsQuiet(DateOnly day) =>
        day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || (day.Month, day.Day) is (1, 1) or (7, 4) or (11, 11) or (12, 25);

    private static DemoSeason Season(DateOnly day) => day.Month switch
    {
        11 or 12 or 1 or 2 or 3 => DemoSeason.Winter,
        6 or 7 or 8 or 9 => DemoSeason.Summer,
        _ => DemoSeason.Mild,
    };

    private static double Busy(DateOnly day)
    {
        var week = IsQuiet(day) ? 0.2 : day.DayOfWeek switch { DayOfWeek.Monday => 1.35, DayOfWeek.Tuesday => 1.15, _ => 1.0 };
        return week * day.Month switch { 1 => 1.25, 2 => 1.15, 4 or 5 => 0.9, 12 => 1.1, _ => 1.0 };
    }

    private static readonly Weighted<int> s_workHours = Hours(0.02, 0.01, 0.01, 0.01, 0.02, 0.04, 0.1, 0.4, 1.3, 1.6, 1.7, 1.45, 1.0, 1.2, 1.35, 1.25, 1.1, 0.6, 0.3, 0.22, 0.18, 0.12, 0.07, 0.04);
    private static readonly Weighted<int> s_quietHours = Hours(0.1, 0.06, 0.05, 0.05, 0.06, 0.1, 0.2, 0.4, 0.7, 1, 1.1, 1.1, 1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.8, 0.6, 0.4, 0.2);
    private static readonly Weighted<int> s_stormHours = Hours(0.5, 0.35, 0.3, 0.3, 0.35, 0.5, 0.8, 1, 1.2, 1.2, 1.1, 1, 1, 1, 1.1, 1.3, 1.6, 1.9, 2.1, 2, 1.7, 1.4, 1, 0.7);

    private static Weighted<int> Hours(params double[] weights) => new(weights.Select((w, h) => (h, w)));
}
