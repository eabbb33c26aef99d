using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tieline.Platform.Data;

namespace Tieline.Platform.Security;

public enum SecretNumberKind { Card, NationalId, Other }

/// <summary>A number in a text that must not be kept in the clear.</summary>
/// <param name="Start">UTF-16 units before it.</param>
/// <param name="Shown">What may be shown of it: its last digits.</param>
public sealed record SecretNumber(SecretNumberKind Kind, int Start, int Length, string Shown)
{
    public int End => Start + Length;
}

/// <summary>
/// Finds payment cards (ISO/IEC 7812: the ranges of the issuers, 13 to 19 digits, check digit by Luhn's formula) and national ids (US social
/// security numbers) in what people type: with spaces, dashes and dots between the digits, in the digits of any script. Strokes, underscores,
/// commas and colons stand in dates, times and lists too: between them a card is one only in groups as cards have them. A reference number of
/// the house, written as the house writes it, is a part of none.
/// </summary>
public static partial class SecretNumbersInText
{
    private const int FewestCardDigits = 13;
    private const int MostCardDigits = 19;
    private const int FewestDigits = 9;

    // Without a plus before it a phone number of 13 digits is common, and a card of 13 is not issued any more.
    private const int FewestCardDigitsBesidePhones = 14;
    private const int CardDigitsShown = 4;
    private const int OtherDigitsShown = 3;

    /// <param name="others">What else the utility looks for; each with a timeout of its own.</param>
    /// <param name="phone">The text is where a phone number belongs: what may be one is none of these.</param>
    /// <returns>From left to right, none within another.</returns>
    /// <exception cref="RegexMatchTimeoutException">One of <paramref name="others"/> takes too long on this text.</exception>
    public static IReadOnlyList<SecretNumber> Find(string text, IReadOnlyList<Regex>? others = null, bool phone = false)
    {
        var found = new List<SecretNumber>();
        // Beside a number that is taken out another may stand that seemed to be a part of it.
        var left = text;
        while (Look(left, others, phone, found))
            left = Without(text, found);
        found.Sort((a, b) => a.Start.CompareTo(b.Start));
        return found;
    }

    /// <returns>Whether there was anything new.</returns>
    private static bool Look(string text, IReadOnlyList<Regex>? others, bool phone, List<SecretNumber> found)
    {
        var before = found.Count;
        if (HasDigits(text, FewestDigits))
        {
            foreach (var run in Runs(text))
            {
                Cards(text, run, phone ? FewestCardDigitsBesidePhones : FewestCardDigits, found);
                NationalIds(run, phone, found);
            }
            foreach (Match match in NationalIdByName().Matches(text))
            {
                var digits = match.Groups["digits"];
                Add(found, SecretNumberKind.NationalId, digits.Index, digits.Length, digits.Value);
            }
        }
        foreach (var pattern in others ?? [])
        {
            foreach (Match match in pattern.Matches(text))
                Add(found, SecretNumberKind.Other, match.Index, match.Length, match.Value);
        }
        return found.Count > before;
    }

    private static string Without(string text, List<SecretNumber> found)
    {
        var left = text.ToCharArray();
        foreach (var number in found)
            left.AsSpan(number.Start, number.Length).Fill(']');
        return new string(left);
    }

    /// <summary>The text with its secret numbers reduced to their last digits: <c>[***1111]</c>.</summary>
    public static string Mask(string text, IReadOnlyList<SecretNumber> found)
    {
        var masked = new StringBuilder(text.Length);
        var at = 0;
        foreach (var number in found)
        {
            masked.Append(text, at, number.Start - at).Append('[').Append(number.Shown).Append(']');
            at = number.End;
        }
        return masked.Append(text, at, text.Length - at).ToString();
    }

    private static void Add(List<SecretNumber> found, SecretNumberKind kind, int start, int length, string digits)
    {
        if (length == 0 || found.Exists(f => start < f.End && f.Start < start + length))
            return;
        var shown = kind == SecretNumberKind.Card ? CardDigitsShown : OtherDigitsShown;
        found.Add(new SecretNumber(kind, start, length, $"***{(digits.Length > 2 * shown ? digits[^shown..] : "")}"));
    }

    private static void Cards(string text, List<Group> run, int fewest, List<SecretNumber> found)
    {
        for (var first = 0; first < run.Count; first++)
        {
            var (digits, best) = (new StringBuilder(MostCardDigits), -1);
            for (var last = first; last < run.Count && digits.Length + run[last].Digits.Length <= MostCardDigits; last++)
            {
                digits.Append(run[last].Digits);
                if (digits.Length >= fewest && IsCard(digits.ToString()) && IsWrittenAsOne(run, first, last) && !LooksLikePhones(run, first, last) && !HoldsReference(text, run, first, last))
                    best = last;
            }
            if (best < 0 || (run[first].AfterPlus && run[best].End - run[first].Start <= 15))
                continue;
            var whole = string.Concat(run[first..(best + 1)].Select(g => g.Digits));
            Add(found, SecretNumberKind.Card, run[first].Start, run[best].End - run[first].Start, whole);
            first = best;
        }
    }

    private static void NationalIds(List<Group> run, bool phone, List<SecretNumber> found)
    {
        for (var i = 0; i + 2 < run.Count; i++)
        {
            var (area, group, serial) = (run[i], run[i + 1], run[i + 2]);
            if ((area.Digits.Length, group.Digits.Length, serial.Digits.Length) != (3, 2, 4) || group.Before != serial.Before || group.Before.Length != 1)
                continue;
            // 030 12 3456 is a phone in some town; nobody writes one so with dashes.
            if (phone && group.Before != "-")
                continue;
            // A part of a longer number, written alike, is none.
            if ((i > 0 && area.Before == group.Before) || (i + 3 < run.Count && run[i + 3].Before == group.Before))
                continue;
            if (IsNationalId(area.Digits + group.Digits + serial.Digits))
                Add(found, SecretNumberKind.NationalId, area.Start, serial.End - area.Start, area.Digits + group.Digits + serial.Digits);
        }
    }

    /// <summary>As the Social Security Administration gives them out: no area 000, 666 or 900 to 999, no group 00, no serial 0000.</summary>
    private static bool IsNationalId(string digits) =>
        digits[..3] is not ("000" or "666") && digits[0] != '9' && digits[3..5] != "00" && digits[5..] != "0000";

    private static bool IsCard(string digits) => IsIssued(digits) && PassesLuhn(digits);

    /// <summary>The ranges in which cards are issued, with the lengths that they have there.</summary>
    private static bool IsIssued(string digits)
    {
        var (length, six) = (digits.Length, int.Parse(digits.AsSpan(0, 6), CultureInfo.InvariantCulture));
        var four = six / 100;
        var two = four / 100;
        return digits[0] == '4' ? length is 13 or 16 or 19
            : two is >= 51 and <= 55 || four is >= 2221 and <= 2720 || four is >= 2200 and <= 2204 ? length == 16
            : two is 34 or 37 ? length == 15
            : two is 36 or 38 or 39 || four / 10 is >= 300 and <= 305 || four == 3095 ? length is >= 14
            : four is >= 3528 and <= 3589 ? length >= 16
            : four == 6011 || four / 10 is >= 644 and <= 649 || two is 65 or 62 or 81 ? length >= 16
            : four is 5018 or 5020 or 5038 or 5893 or 6304 or 6759 or 6761 or 6762 or 6763;
    }

    private static bool PassesLuhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            sum += i % 2 == 0 ? digit : (digit * 2 / 10) + (digit * 2 % 10);
        }
        return sum % 10 == 0;
    }

    /// <summary>4111/1111/1111/1111, 3782:822463:10005; neither 11/21/2026 nor 10:15 nor 4,12,7.</summary>
    private static bool IsWrittenAsOne(List<Group> run, int first, int last)
    {
        var groups = run.GetRange(first, last - first + 1);
        if (!groups.Skip(1).Any(g => IsInLists(g.Before)))
            return true;
        var size = groups[0].Digits.Length;
        return (size is >= 3 and <= 5 && groups.SkipLast(1).All(g => g.Digits.Length == size) && groups[^1].Digits.Length <= size)
            || (groups.Count == 3 && size == 4 && groups[1].Digits.Length == 6);
    }

    // 541 555 0142, 541 555 0143: digits enough for a card.
    private static bool LooksLikePhones(List<Group> run, int first, int last)
    {
        for (var i = first; i + 2 <= last; i++)
        {
            if ((run[i].Digits.Length, run[i + 1].Digits.Length, run[i + 2].Digits.Length) == (3, 3, 4))
                return true;
        }
        return false;
    }

    // 4711-0420-3 1234: a reference number and something else. One alone never has digits enough for a card.
    private static bool HoldsReference(string text, List<Group> run, int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            if (i > 0 && run[i].Before == "-")
                continue;
            var end = i;
            while (end + 1 < run.Count && run[end + 1].Before == "-")
                end++;
            var written = text[run[i].Start..run[end].End];
            if (end > i && end <= last && written.Length < FewestCardDigits + 2 && ReferenceNumber.TryParse(written, out var sequence) && ReferenceNumber.Format(sequence) == written)
                return true;
        }
        return false;
    }

    private static bool HasDigits(string text, int fewest)
    {
        foreach (var c in text)
        {
            if (Digit(c) >= 0 && --fewest == 0)
                return true;
        }
        return false;
    }

    /// <summary>Digits that stand together, and what stood before them in their run.</summary>
    private sealed record Group(int Start, int End, string Digits, string Before, bool AfterPlus);

    /// <summary>Groups of digits with nothing but a separator or two between them.</summary>
    private static IEnumerable<List<Group>> Runs(string text)
    {
        var run = new List<Group>();
        for (var at = 0; at < text.Length;)
        {
            if (Digit(text[at]) < 0)
            {
                at++;
                continue;
            }
            var (start, digits) = (at, new StringBuilder());
            while (at < text.Length && Digit(text[at]) is >= 0 and var digit)
            {
                digits.Append((char)('0' + digit));
                at++;
            }
            var before = run.Count == 0 ? "" : text[run[^1].End..start];
            if (run.Count > 0 && !(before.Length <= 3 && (before.All(IsSeparator) || IsInLists(before))))
            {
                yield return run;
                (run, before) = ([], "");
            }
            run.Add(new Group(start, at, digits.ToString(), before, start > 0 && text[start - 1] == '+'));
        }
        if (run.Count > 0)
            yield return run;
    }

    private static int Digit(char c) => c is >= '0' and <= '9' ? c - '0' : c < 128 ? -1 : CharUnicodeInfo.GetDecimalDigitValue(c);

    private static bool IsSeparator(char c) => c is ' ' or '-' or '.' or '\t' or '\u00A0' or '\u2212' || (c >= 128 && CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.DashPunctuation or UnicodeCategory.SpaceSeparator);

    /// <summary>A comma or a colon with a blank behind it goes on with something else.</summary>
    private static bool IsInLists(string between) => between is "," or ":" || between.Trim() is "/" or "_";

    [GeneratedRegex(@"(?<!\p{L})(?:ssn|itin|social(?:\s+security)?(?:\s+(?:number|no\.?))?)(?:\s+is)?[\s:#=-]{0,4}(?<digits>\d{9})(?!\d)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NationalIdByName();
}
