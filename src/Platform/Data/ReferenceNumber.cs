using System.Globalization;
using System.Text;

namespace Tieline.Platform.Data;

/// <summary>
/// The number people read out: a sequence with a check digit by H. Michael Damm's method, which notices every
/// single wrong digit and every exchange of neighbouring digits. Written 4711-0420-3, with a letter C-4711-0420-3.
/// </summary>
public static class ReferenceNumber
{
    private const int MinSequenceDigits = 8;
    private const int MaxTypedLength = 64;

    // A totally anti-symmetric quasigroup of order 10 (Damm 2004); row = interim digit, column = next digit.
    private static readonly byte[][] Quasigroup =
    [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];

    /// <summary>The sequence in at least 8 digits followed by its check digit, without separators; for search keys.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is negative.</exception>
    public static string Digits(long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        var digits = sequence.ToString("D" + MinSequenceDigits, CultureInfo.InvariantCulture);
        return digits + (char)('0' + Interim(digits));
    }

    /// <summary>The number as it is shown: groups of four from the left, the check digit alone at the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is negative.</exception>
    public static string Format(long sequence)
    {
        var digits = Digits(sequence);
        var last = digits.Length - 1;
        var shown = new StringBuilder(digits.Length + 6);
        for (var i = 0; i < digits.Length; i++)
        {
            // A fifth digit joins its group rather than standing alone beside the check digit.
            if (i == last || (i > 0 && i % 4 == 0 && i != last - 1))
            {
                shown.Append('-');
            }
            shown.Append(digits[i]);
        }
        return shown.ToString();
    }

    /// <summary>The number as it is shown, after a letter that says what it numbers: C-4711-0420-3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is negative.</exception>
    public static string Format(long sequence, string prefix) =>
        prefix.Length == 0 ? Format(sequence) : $"{prefix}-{Format(sequence)}";

    /// <summary>
    /// Reads a number as people type it: with or without letters and # before it, with any spaces, dots, slashes
    /// and dashes. False when it is not a whole number of this kind or the check digit is wrong.
    /// </summary>
    public static bool TryParse(string? typed, out long sequence)
    {
        sequence = 0;
        if (typed is null || typed.Length > MaxTypedLength)
        {
            return false;
        }
        var digits = new StringBuilder(20);
        foreach (var c in typed)
        {
            var digit = CharUnicodeInfo.GetDecimalDigitValue(c);
            if (digit >= 0)
            {
                digits.Append((char)('0' + digit));
            }
            else if (char.IsLetter(c) ? digits.Length > 0 : !IsSeparator(c))
            {
                return false;
            }
        }
        var number = digits.ToString();
        // Only the form that Format writes: more digits than needed are another number, a telephone's perhaps.
        return number.Length > MinSequenceDigits
            && (number.Length == MinSequenceDigits + 1 || number[0] != '0')
            && Interim(number) == 0
            && long.TryParse(number.AsSpan(0, number.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
    }

    private static int Interim(string digits)
    {
        var interim = 0;
        foreach (var c in digits)
        {
            interim = Quasigroup[interim][c - '0'];
        }
        return interim;
    }

    private static bool IsSeparator(char c) => c is '#' or '.' or ':' or '/' or '_' || char.IsWhiteSpace(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format
        || c == '\u2212';
}
