using System.Globalization;
using System.Text.RegularExpressions;

namespace Tieline.Customers.Sight;

/// <summary>What in typed words looks like contact data or a birth date, whosever it is.</summary>
internal static partial class FreeText
{
    /// <summary>Nobody who is younger than this has an account: a later day is when something happened.</summary>
    private const int YoungestYears = 14;
    private const int FewestDigits = 7;

    public static string Mask(string text, MaskedValues hidden, DateOnly today)
    {
        if (hidden.HasFlag(MaskedValues.Emails) && text.Contains('@', StringComparison.Ordinal))
            text = Email().Replace(text, Masks.Whole);
        if (hidden.HasFlag(MaskedValues.Born))
        {
            text = Date().Replace(text, m => IsBirth(m.Value, today) ? Masks.Whole : m.Value);
            text = DateInWords().Replace(text, m => IsBirth(m.Value, today) ? Masks.Whole : m.Value);
        }
        if ((hidden & (MaskedValues.Phones | MaskedValues.Identifiers)) != 0)
            text = Number().Replace(text, m => MaskedNumber(m.Value));
        return text;
    }

    /// <summary>The day as people write it.</summary>
    public static IEnumerable<string> Written(DateOnly day)
    {
        foreach (var format in (string[])["yyyy-MM-dd", "yyyyMMdd", "M/d/yyyy", "MM/dd/yyyy", "d.M.yyyy", "dd.MM.yyyy", "d/M/yyyy", "dd/MM/yyyy", "d MMMM yyyy", "MMMM d, yyyy", "MMMM d yyyy", "d MMM yyyy", "MMM d, yyyy", "MMM d yyyy"])
            yield return day.ToString(format, CultureInfo.InvariantCulture);
    }

    // What is printed as a number of ours or as a day says nothing of how to reach someone.
    private static string MaskedNumber(string found)
    {
        if (found.Count(char.IsAsciiDigit) < FewestDigits || Printed().IsMatch(found) || (Date().Match(found) is { Success: true } day && day.Length == found.Length) || Instant().IsMatch(found))
            return found;
        return Masks.Ending(found);
    }

    private static bool IsBirth(string written, DateOnly today)
    {
        var years = Digits().Matches(written).Select(m => m.Value).ToArray();
        if (years.FirstOrDefault(y => y.Length == 4) is { } full)
            return int.Parse(full, CultureInfo.InvariantCulture) is var year && year >= 1880 && year <= today.Year - YoungestYears;
        // Two digits: this year's and those beside it are when something happens.
        return years.Length > 0 && Math.Abs(int.Parse(years[^1], CultureInfo.InvariantCulture) - (today.Year % 100)) > 3;
    }

    [GeneratedRegex(@"[^\s@<>()""',;:|]+@[^\s@<>()""',;:|]+\.[\p{L}\d-]+(\.[\p{L}\d-]+)*", RegexOptions.None, 1000)]
    private static partial Regex Email();

    [GeneratedRegex(@"(?<![\d-])(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2}))(?![\d-])", RegexOptions.None, 1000)]
    private static partial Regex Date();

    [GeneratedRegex(@"\b(\d{1,2}(st|nd|rd|th)?[\s.]+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*\.?,?\s+\d{2,4}|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*\.?\s+\d{1,2}(st|nd|rd|th)?,?\s+\d{2,4})\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex DateInWords();

    [GeneratedRegex(@"\+?\(?\d(?:[\s().\-/\u00A0]{0,3}\d){6,}", RegexOptions.None, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"^\d{4}-\d{4}-\d$", RegexOptions.None, 1000)]
    private static partial Regex Printed();

    [GeneratedRegex(@"^(19|20)\d\d-\d\d-\d\d[\sT]*\d{0,2}$", RegexOptions.None, 1000)]
    private static partial Regex Instant();

    [GeneratedRegex(@"\d+", RegexOptions.None, 1000)]
    private static partial Regex Digits();
}

/// <summary>How masked values look.</summary>
internal static class Masks
{
    public const string Whole = "••••";
    public const string Closed = "Restricted customer";
    public const string ClosedText = "Restricted.";
    public const string Files = "For those who know who is calling";
    private const int Shown = 2;

    /// <summary>"•••• 42": the last two digits are enough to say "the number that ends in forty-two".</summary>
    public static string Ending(string number)
    {
        var digits = new string([.. number.Where(char.IsAsciiDigit)]);
        return digits.Length < 5 ? Whole : $"{Whole} {digits[^Shown..]}";
    }
}
