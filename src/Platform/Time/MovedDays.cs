using System.Globalization;

namespace Tieline.Platform.Time;

/// <summary>
/// The nights by which a demonstration's calendar was moved on: from each of these instants (UTC, ascending) its day is one more than the
/// sun's. What happened before keeps its day. Instants themselves never move: sessions, leases and timers know nothing of it.
/// </summary>
internal sealed class MovedDays
{
    public static readonly MovedDays None = new("", []);
    private static volatile MovedDays last = None;

    private readonly string text;
    private readonly DateTime[] at;

    private MovedDays(string text, DateTime[] at) => (this.text, this.at) = (text, at);

    public int Count => at.Length;

    /// <param name="text">As kept in the setting: instants with a space between them.</param>
    public static MovedDays Of(string text)
    {
        if (text.Length == 0)
            return None;
        // Asked with every page, and changed with a night.
        if (last is var known && known.text == text)
            return known;
        return last = new MovedDays(text, [.. text.Split(' ').Select(t => DateTime.Parse(t, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal))]);
    }

    public static MovedDays Of(IReadOnlyList<DateTime> nights) => new(string.Join(' ', nights.Select(Written)), [.. nights]);

    /// <summary>As it is kept, with one night more.</summary>
    public string With(DateTime now) => string.Join(' ', [.. at.Select(Written), Written(now)]);

    /// <summary>What the calendar and the clock on the wall say at an instant.</summary>
    public DateTime ToLocal(DateTime instant, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(instant, zone);
        return at.Length == 0 ? local : local.AddDays(at.Count(night => night <= instant));
    }

    /// <summary>The instant at which they say so; of a time that a night has left out, that night.</summary>
    public DateTime ToInstant(DateTime local, TimeZoneInfo zone)
    {
        for (var nights = at.Length; nights >= 0; nights--)
        {
            var instant = LocalTimes.ToInstant(nights > 0 && local < DateTime.MinValue.AddDays(nights) ? local : local.AddDays(-nights), zone);
            if (nights == 0 || instant >= at[nights - 1])
                return nights < at.Length && instant >= at[nights] ? at[nights] : instant;
        }
        throw new InvalidOperationException("Before the first night lies all the time there is.");
    }

    private static string Written(DateTime instant) => instant.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
