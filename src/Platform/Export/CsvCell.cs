using System.Globalization;

namespace Tieline.Platform.Export;

/// <summary>A text as a cell of a CSV file (RFC 4180) that a spreadsheet shows and never runs.</summary>
public static class CsvCell
{
    // Full-width forms too: some spreadsheets take them for the plain ones.
    private const string Begins = "=+-@\t\r\n|%\uFF1D\uFF0B\uFF0D\uFF20";

    /// <summary>Quoted where needed; a text that a spreadsheet would run as a formula is kept from it by an apostrophe.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var safe = Tamed(text);
        return safe.AsSpan().IndexOfAny(",;\"\t\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>UTC, to the second.</summary>
    public static string? Instant(DateTime? at) => at?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Day(DateOnly? on) => on?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    /// <summary>Behind an apostrophe what would be a formula; <see cref="Wild"/> takes exactly that one away.</summary>
    public static string Tamed(string text) => IsFormula(text) ? $"'{text}" : text;

    public static string Wild(string tamed) => tamed.Length > 1 && tamed[0] == '\'' && IsFormula(tamed[1..]) ? tamed[1..] : tamed;

    private static bool IsFormula(string text)
    {
        var sign = text.AsSpan().TrimStart('\'');
        return sign.Length > 0 && Begins.Contains(sign[0], StringComparison.Ordinal);
    }
}
