using Tieline.Platform.Data;

namespace Tieline.Platform.Search;

/// <summary>
/// Numbers that people write in groups: telephones "(541) 555-0142", accounts "4711-0420-3", references "P 0012 3456 7", identifiers
/// "900 12 3456". A ZIP or house number beside one is not swallowed: groups of bare digits join only in the shapes such numbers have.
/// </summary>
internal static class GroupedNumber
{
    private const int MaxDigits = 15;

    private static readonly int[][] Shapes = [[1, 3, 3, 4], [3, 3, 4], [3, 2, 4], [3, 7], [3, 4]];

    /// <returns>The digits and over how many pieces they go; null when the first piece does not begin such a number.</returns>
    public static (string Digits, int Pieces)? Read(ReadOnlySpan<string> pieces)
    {
        var first = pieces[0];
        if (Letters(first) is { } numbered)
            return numbered.Length > 0 ? (numbered, 1) : pieces.Length > 1 && Reference(pieces[1..]) is { } reference ? (reference.Digits, reference.Pieces + 1) : null;
        if (!IsNumeric(first))
            return null;
        if (first[0] is '+' or '(')
            return Joined(pieces, first.StartsWith("+1", StringComparison.Ordinal) ? 11 : 10);
        if (!first.All(char.IsAsciiDigit))
            return Separated(pieces);
        return Reference(pieces) ?? Trunk(pieces) ?? Shaped(pieces);
    }

    // Groups follow until the number is as long as a telephone number is at least.
    private static (string, int)? Joined(ReadOnlySpan<string> pieces, int enough)
    {
        var digits = Digits(pieces[0]);
        var count = 1;
        while (digits.Length < enough && count < pieces.Length && IsNumeric(pieces[count]) && digits.Length + Digits(pieces[count]).Length <= MaxDigits)
            digits += Digits(pieces[count++]);
        return digits.Length is >= 4 and <= MaxDigits ? (digits, count) : null;
    }

    private static (string, int)? Separated(ReadOnlySpan<string> pieces)
    {
        var digits = Digits(pieces[0]);
        // "541-555 0142", "1-541 555 0142": the rest of a telephone number.
        if (digits.Length == 6 || (digits.Length == 4 && digits[0] == '1'))
        {
            var whole = digits.Length == 6 ? 10 : 11;
            var joined = digits;
            for (var count = 1; count < pieces.Length && pieces[count].Length is 3 or 4 && pieces[count].All(char.IsAsciiDigit) && joined.Length < whole; count++)
            {
                joined += pieces[count];
                if (joined.Length == whole)
                    return (joined, count + 1);
            }
        }
        // A slash also stands between the number of a flat and that of its house.
        var least = pieces[0].Contains('/', StringComparison.Ordinal) ? 7 : 4;
        return digits.Length >= least && digits.Length <= MaxDigits ? (digits, 1) : null;
    }

    private static (string Digits, int Pieces)? Reference(ReadOnlySpan<string> pieces)
    {
        var digits = "";
        for (var count = 0; count < pieces.Length && count < 5 && pieces[count].All(char.IsAsciiDigit); count++)
        {
            digits += pieces[count];
            if (count > 0 && pieces[count].Length == 1 && ReferenceNumber.TryParse(digits, out _))
                return (digits, count + 1);
        }
        return null;
    }

    private static (string, int)? Shaped(ReadOnlySpan<string> pieces)
    {
        foreach (var shape in Shapes)
        {
            if (pieces.Length < shape.Length || (shape[0] == 1 && pieces[0] != "1"))
                continue;
            var fits = true;
            for (var i = 0; i < shape.Length && fits; i++)
                fits = pieces[i].Length == shape[i] && pieces[i].All(char.IsAsciiDigit);
            if (fits)
                return (string.Concat(pieces[..shape.Length]), shape.Length);
        }
        return null;
    }

    // "020 7946 0958": a national number outside of North America. A ZIP has five digits.
    private static (string, int)? Trunk(ReadOnlySpan<string> pieces)
    {
        if (pieces.Length < 3 || pieces[0].Length is not (3 or 4) || pieces[0][0] != '0')
            return null;
        var digits = pieces[0];
        var count = 1;
        while (count < pieces.Length && pieces[count].Length is 2 or 3 or 4 && pieces[count].All(char.IsAsciiDigit) && digits.Length + pieces[count].Length <= 12)
            digits += pieces[count++];
        return count >= 3 && digits.Length >= 9 ? (digits, count) : null;
    }

    /// <summary>Digits behind one or two letters ("P-0012-3456-7"); empty when the letters stand alone; null when it is something else.</summary>
    private static string? Letters(string piece)
    {
        var letters = piece.TakeWhile(char.IsAsciiLetter).Count();
        if (letters is not (1 or 2))
            return null;
        var rest = piece[letters..];
        if (rest.Length == 0)
            return "";
        return rest.All(c => char.IsAsciiDigit(c) || c is '-' or '#') && Digits(rest) is { Length: >= 9 and <= MaxDigits } digits ? digits : null;
    }

    private static bool IsNumeric(string piece) =>
        piece.Any(char.IsAsciiDigit) && piece.All(c => char.IsAsciiDigit(c) || c is '+' or '(' or ')' or '-' or '.' or '/');

    private static string Digits(string piece) => new([.. piece.Where(char.IsAsciiDigit)]);
}
