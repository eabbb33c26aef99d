using Tieline.Platform.Settings;

namespace Tieline.Platform.Time;

/// <summary>
/// The utility's own days and hours: what "today" and "at three" mean. A demonstration's calendar may be some nights ahead of the sun
/// (decision 0017): all days come from here, so that they agree.
/// </summary>
public interface IUtilityClock
{
    /// <summary>Now in UTC, truncated to microseconds.</summary>
    DateTime Now { get; }

    /// <summary>For hours of the day alone: days come from <see cref="Today"/>, <see cref="ToInstant"/> and <see cref="ToLocal"/>.</summary>
    ValueTask<TimeZoneInfo> Zone(CancellationToken ct);

    ValueTask<DateOnly> Today(CancellationToken ct);

    /// <summary>The instant of a local day and time. A time that the clocks skip becomes the first one after the gap; a doubled one its first occurrence.</summary>
    ValueTask<DateTime> ToInstant(DateOnly on, TimeOnly at, CancellationToken ct);

    ValueTask<DateTime> ToLocal(DateTime instant, CancellationToken ct);

    /// <summary>The first instant of a local day.</summary>
    ValueTask<DateTime> StartOf(DateOnly on, CancellationToken ct) => ToInstant(on, TimeOnly.MinValue, ct);

    /// <summary>The first instant that no longer belongs to a local day.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is the last day there is.</exception>
    ValueTask<DateTime> EndOf(DateOnly on, CancellationToken ct) => StartOf(on.AddDays(1), ct);
}

internal sealed class UtilityClock(TimeProvider time, ISettings settings) : IUtilityClock
{
    public DateTime Now => Data.Instants.TruncateToMicroseconds(time.GetUtcNow().UtcDateTime);

    public async ValueTask<TimeZoneInfo> Zone(CancellationToken ct) =>
        TimeZoneInfo.FindSystemTimeZoneById(await settings.Get(HouseSettings.TimeZone, ct));

    public async ValueTask<DateOnly> Today(CancellationToken ct) => DateOnly.FromDateTime(await ToLocal(Now, ct));

    public async ValueTask<DateTime> ToInstant(DateOnly on, TimeOnly at, CancellationToken ct) =>
        (await Moved(ct)).ToInstant(on.ToDateTime(at), await Zone(ct));

    public async ValueTask<DateTime> ToLocal(DateTime instant, CancellationToken ct) =>
        (await Moved(ct)).ToLocal(instant, await Zone(ct));

    private async ValueTask<MovedDays> Moved(CancellationToken ct) => MovedDays.Of(await settings.Get(Demo.Demonstration.Nights, ct));
}

public static class LocalTimes
{
    /// <summary>Local wall time to UTC; see <see cref="IUtilityClock.ToInstant"/> for the nights on which clocks change.</summary>
    public static DateTime ToInstant(DateTime local, TimeZoneInfo zone)
    {
        var wall = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(wall))
            wall = wall.AddMinutes(1);
        if (zone.IsAmbiguousTime(wall))
            return DateTime.SpecifyKind(wall - zone.GetAmbiguousTimeOffsets(wall).Max(), DateTimeKind.Utc);
        return TimeZoneInfo.ConvertTimeToUtc(wall, zone);
    }
}
