using System.Globalization;
using Quartz;
using Tieline.Platform.Time;

namespace Tieline.Platform.Batch;

/// <summary>One time at which a schedule fires.</summary>
/// <param name="Wall">As the cron expression says it, on the clock of the schedule's zone.</param>
/// <param name="IsSkipped">The clocks skip it: it comes after the gap.</param>
/// <param name="Words">What the clocks do there, where they change; else null.</param>
internal readonly record struct Fire(DateTime Wall, DateTime At, bool IsSkipped, string? Words);

/// <summary>
/// When a schedule fires: its cron expression on the clock on the wall, within its window, on open days. A time that the clocks skip becomes the first instant after the gap,
/// one that comes twice is its first: each fires once.
/// </summary>
internal sealed class FireTimes(CronExpression cron, TimeZoneInfo zone)
{
    public const string Example = "0 0 20 ? * MON-FRI for 20:00 from Monday to Friday";

    /// <summary>What does not fire within so many years never does.</summary>
    private const int Years = 5;

    private const int MostLooks = 20_000;

    /// <summary>Second, minute, hour.</summary>
    private static readonly int[] Most = [59, 59, 23];

    /// <summary>From, and before; it may pass midnight.</summary>
    public (TimeOnly From, TimeOnly To)? Window { get; init; }

    /// <summary>Days that a run may be about; null for all.</summary>
    public Func<DateOnly, bool>? Open { get; init; }

    /// <summary>How many days before the day of the fire the run is about.</summary>
    public int DaysBack { get; init; }

    /// <summary>Days that the calendar of a demonstration is ahead of the sun.</summary>
    public int Ahead { get; init; }

    /// <returns>Null when it cannot be read.</returns>
    public static CronExpression? Read(string cron)
    {
        // The parser takes the hundredth second of a minute for one.
        if (cron.Split(' ', StringSplitOptions.RemoveEmptyEntries).Zip(Most).Any(f => f.First.Split('/', '-', ',').Any(n => int.TryParse(n, CultureInfo.InvariantCulture, out var number) && number > f.Second)))
            return null;
        try
        {
            return new CronExpression(cron, TimeZoneInfo.Utc);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <returns>The next one later than <paramref name="instant"/>; null when there is none.</returns>
    public Fire? After(DateTime instant)
    {
        var wall = Local(instant);
        var (last, looks) = (wall.AddYears(Years), MostLooks);
        while (NextWall(wall, last, ref looks) is { } next)
        {
            if (Instant(next) is var at && at > instant)
                return new Fire(next, at, zone.IsInvalidTime(next.AddDays(-Ahead)), Words(next, at));
            wall = next;
        }
        return null;
    }

    public IEnumerable<Fire> AllAfter(DateTime instant)
    {
        for (var fire = After(instant); fire is { } next; fire = After(next.At))
            yield return next;
    }

    /// <returns>The next time by the clock on the wall, whatever the clocks do; null when there is none until <paramref name="last"/>.</returns>
    public DateTime? WallAfter(DateTime wall, DateTime last)
    {
        var looks = MostLooks;
        return NextWall(wall, last, ref looks);
    }

    public bool IsWithinWindow(DateTime instant) => Opening(Local(instant)) is null;

    private DateTime? NextWall(DateTime wall, DateTime last, ref int looks)
    {
        while (looks-- > 0 && cron.GetNextValidTimeAfter(new DateTimeOffset(wall, TimeSpan.Zero)) is { } found && found.DateTime <= last)
        {
            var next = found.DateTime;
            if (Opening(next) is { } opening)
                wall = opening.AddSeconds(-1);
            else if (Open is not null && !Open(DateOnly.FromDateTime(next).AddDays(-DaysBack)))
                wall = next.Date.AddDays(1).AddSeconds(-1);
            else
                return next;
        }
        return null;
    }

    /// <returns>When the window opens next; null when it is open, or there is none.</returns>
    private DateTime? Opening(DateTime wall)
    {
        if (Window is not var (from, to) || TimeOnly.FromDateTime(wall).IsBetween(from, to))
            return null;
        var today = wall.Date + from.ToTimeSpan();
        return today > wall ? today : today.AddDays(1);
    }

    private DateTime Local(DateTime instant) => DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(instant, zone).AddDays(Ahead), DateTimeKind.Unspecified);

    private DateTime Instant(DateTime wall)
    {
        var sun = wall.AddDays(-Ahead);
        // The gap ends at a full minute, also for what was to come at a second.
        return LocalTimes.ToInstant(zone.IsInvalidTime(sun) ? sun.AddTicks(-(sun.Ticks % TimeSpan.TicksPerMinute)) : sun, zone);
    }

    private string? Words(DateTime wall, DateTime at)
    {
        var sun = wall.AddDays(-Ahead);
        return zone.IsInvalidTime(sun) ? $"On {wall:d MMMM yyyy} {wall:HH:mm} does not exist; it runs at {Local(at):HH:mm}."
            : zone.IsAmbiguousTime(sun) ? $"On {wall:d MMMM yyyy} {wall:HH:mm} comes twice; it runs at the first."
            : null;
    }
}
