using System.Globalization;
using Tieline.Platform.Time;

namespace Tieline.Platform.Import;

/// <summary>Reads days and instants as files have them.</summary>
public sealed class ImportDates
{
    private static readonly string[] Usual =
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd", "yyyy/MM/dd HH:mm:ss", "yyyy/MM/dd",
        "M/d/yyyy h:mm:ss tt", "M/d/yyyy h:mm tt", "M/d/yyyy H:mm:ss", "M/d/yyyy H:mm", "M/d/yyyy", "yyyyMMdd",
    ];

    private readonly string[] formats;
    private readonly TimeZoneInfo zone;

    /// <param name="formats">.NET formats; the usual American and ISO ones when null. A file with days before months must say so.</param>
    /// <param name="zone">In which the file's clocks went.</param>
    public ImportDates(IReadOnlyList<string>? formats, TimeZoneInfo zone)
    {
        this.formats = formats is { Count: > 0 } ? [.. formats] : Usual;
        this.zone = zone;
    }

    /// <returns>Null for a blank text; UTC.</returns>
    public bool TryInstant(string text, out DateTime? instant)
    {
        instant = null;
        if (text.Length == 0)
            return true;
        if (text.EndsWith('Z') || (text.Length > 19 && (text[^6] is '+' or '-')))
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var offset))
                return false;
            instant = offset.UtcDateTime;
            return true;
        }
        if (!DateTime.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var local))
            return false;
        instant = LocalTimes.ToInstant(local, zone);
        return true;
    }

    public bool TryDay(string text, out DateOnly? day)
    {
        day = null;
        if (text.Length == 0)
            return true;
        if (!DateTime.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var local))
            return false;
        day = DateOnly.FromDateTime(local);
        return true;
    }
}
