using System.Globalization;
using System.Text;
using Tieline.Platform.Search;

namespace Tieline.Customers.Premises;

/// <summary>
/// Takes one-line addresses of the United States apart, as people type them and as other systems export them. It never
/// refuses: what it does not understand stays in the street name or the town, where it can still be found.
/// </summary>
internal static partial class AddressText
{
    /// <summary>Longest line looked at, in UTF-16 units; the rest is cut.</summary>
    public const int MaxLength = 500;

    private static readonly string[][] IntersectionMarks = [["intersection", "of"], ["corner", "of"], ["intersection"], ["corner"], ["crsrds"], ["crossroads"]];

    public static AddressParts Parse(string? line)
    {
        var segments = Segments(line);
        var country = segments.Count > 1 ? segments[^1].Key : string.Empty;
        if (country is "usa" or "us" or "united states" or "united states of america")
        {
            segments.RemoveAt(segments.Count - 1);
        }
        if (segments.Count == 0)
        {
            return AddressParts.Empty;
        }
        var last = segments[^1];
        var parts = TakePostalCode(segments, AddressParts.Empty);
        parts = TakeState(segments, parts);
        if (segments.Count == 0)
        {
            return parts;
        }
        var street = TakeStreet(segments, ref parts, runsOn: segments[^1] == last);
        return street.Count == 0 ? parts : ParseStreet(street, parts);
    }

    /// <summary>One word as typed, and its fold.</summary>
    private readonly record struct Token(string Typed, string Key);

    private sealed class Segment(List<Token> tokens)
    {
        public List<Token> Tokens => tokens;
        public string Key => string.Join(' ', tokens.Select(token => token.Key));
        public string Text => TextOf(tokens);
    }

    private static string TextOf(IEnumerable<Token> tokens) => string.Join(' ', tokens.Select(token => token.Typed));

    // Some systems part street and town with two spaces where others put a comma; but two spaces also are a slip of the
    // thumb, so they count only after something that can be a street.
    private static List<Segment> Segments(string? line)
    {
        var text = Readable(SearchText.Cut(line ?? string.Empty, MaxLength));
        var segments = new List<Segment>();
        foreach (var piece in text.Split([',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            var tokens = new List<Token>();
            foreach (var run in piece.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var goesOn = !run.Contains(' ', StringComparison.Ordinal) && EndsLikeStreet(Tokenised(run).Key);
                if (tokens.Count > 1 && !goesOn && tokens.Exists(token => !token.Key.All(char.IsAsciiDigit)))
                {
                    segments.Add(new(tokens));
                    tokens = [];
                }
                tokens.AddRange(run.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Tokenised).Where(token => token.Key.Length > 0));
            }
            if (tokens.Count > 0)
            {
                segments.Add(new(tokens));
            }
        }
        return segments;
    }

    private static Token Tokenised(string word)
    {
        var typed = word.Trim('.', '"', '(', ')');
        // "#UNIT 5" says it twice.
        if (typed.Length > 1 && typed[0] == '#' && StreetWords.TryUnit(SearchText.Fold(typed[1..]), out _))
        {
            typed = typed[1..];
        }
        // "N.W." is one word, "#" and "&" are words here although search does not know them.
        var key = SearchText.Fold(typed.Replace(".", string.Empty, StringComparison.Ordinal));
        return new(typed, key.Length > 0 ? key : typed is "#" or "&" or "@" or "/" ? typed : string.Empty);
    }

    private static string Readable(string line)
    {
        var shouted = !line.AsSpan().ContainsAnyInRange('a', 'z');
        var text = new StringBuilder(line.Length);
        foreach (var rune in line.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\r')
            {
                text.Append('\n');
            }
            else if (rune.Value == '\t')
            {
                text.Append("  ");
            }
            else if (Rune.IsWhiteSpace(rune))
            {
                text.Append(' ');
            }
            else if (rune.Value == '½')
            {
                text.Append(" 1/2");
            }
            else if (rune.Value != 0xFFFD && !SearchText.IsNoCharacter(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format))
            {
                text.Append(rune.ToString());
            }
        }
        var readable = text.ToString();
        return shouted ? Calm(readable) : readable;
    }

    // Registers that know capitals only are shown in ordinary letters.
    private static string Calm(string shouted)
    {
        var words = shouted.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            var key = word.Trim(',', '.').ToLowerInvariant();
            var stays = key is "us" or "sr" or "cr" or "fm" or "po" or "ii" or "iii" or "iv" || StreetWords.TryDirection(key, out _)
                || (key.Length == 2 && StreetWords.TryState(key, out _) && i >= words.Length - 2) || (word.Any(char.IsAsciiDigit) && !StreetWords.TryOrdinal(key, out _));
            if (!stays && word.Length > 1)
            {
                var calm = word.ToLowerInvariant();
                words[i] = calm.StartsWith("mc", StringComparison.Ordinal) && calm.Length > 4
                    ? "Mc" + char.ToUpperInvariant(calm[2]) + calm[3..]
                    : char.ToUpperInvariant(calm[0]) + calm[1..];
            }
        }
        return string.Join(' ', words);
    }

    private static AddressParts TakePostalCode(List<Segment> segments, AddressParts parts)
    {
        if (segments.Count == 0)
        {
            return parts;
        }
        var tokens = segments[^1].Tokens;
        var last = tokens[^1];
        var before = tokens.Count > 1 ? tokens[^2].Key : string.Empty;
        // Also a road, a box or a flat can have a number of five digits.
        if (PostalCode(last.Typed) is not { } code || before is "#" or "box" || (StreetWords.TryUnit(before, out _) && !StreetWords.TryState(before, out _))
            || (segments.Count == 1 && before is "hwy" or "highway" or "route" or "rte" or "rt" or "road" or "rd"))
        {
            return parts;
        }
        DropLast(segments, 1);
        return parts with { PostalCode = code };
    }

    private static string? PostalCode(string typed)
    {
        var digits = typed.Replace("-", string.Empty, StringComparison.Ordinal);
        var dash = typed.IndexOf('-', StringComparison.Ordinal);
        return digits.All(char.IsAsciiDigit) && ((digits.Length == 5 && dash < 0) || (digits.Length == 9 && dash is -1 or 5))
            ? digits.Length == 5 ? digits : $"{digits[..5]}-{digits[5..]}"
            : null;
    }

    private static AddressParts TakeState(List<Segment> segments, AddressParts parts)
    {
        if (segments.Count == 0)
        {
            return parts;
        }
        var tokens = segments[^1].Tokens;
        for (var width = Math.Min(3, tokens.Count); width > 0; width--)
        {
            var words = string.Join(' ', tokens.TakeLast(width).Select(token => token.Key));
            if (StreetWords.TryState(words, out var code) && CanBeState(segments, tokens, width, words, parts.PostalCode is not null))
            {
                DropLast(segments, width);
                return parts with { State = code };
            }
        }
        return parts;
    }

    private static bool CanBeState(List<Segment> segments, List<Token> tokens, int width, string words, bool hasCode)
    {
        if (segments.Count > 1)
        {
            // "Seattle, Washington" but not "12 Elm St, Washington" without a ZIP code: there it is the town.
            return words.Length == 2 || hasCode || segments.Count > 2;
        }
        if (tokens.Count == width)
        {
            return words.Length == 2;
        }
        // One run of words: "12 Rose Ct" ends with a street, "12 Rose St Hartford CT" with a state.
        var isStreetWord = StreetWords.TryType(words, out _) || StreetWords.TryDirection(words, out _) || StreetWords.TryUnit(words, out _);
        var afterStreet = TypeAt(tokens) is > 0 and var at && at < tokens.Count - width - 1;
        var hasNumber = IsHouseNumber(tokens[0]);
        return isStreetWord ? afterStreet || (!hasNumber && hasCode) : afterStreet || (words.Length == 2 ? hasCode || !hasNumber : hasCode);
    }

    private static void DropLast(List<Segment> segments, int width)
    {
        var tokens = segments[^1].Tokens;
        tokens.RemoveRange(tokens.Count - width, width);
        if (tokens.Count == 0)
        {
            segments.RemoveAt(segments.Count - 1);
        }
    }

    /// <summary>The street's words. <paramref name="runsOn"/>: no comma stands before state or ZIP code, so none need stand before the town.</summary>
    private static List<Token> TakeStreet(List<Segment> segments, ref AddressParts parts, bool runsOn)
    {
        // A name of a building may stand before the street.
        var at = Math.Max(0, segments.FindIndex(segment => IsHouseNumber(segment.Tokens[0]) || IsBox(segment.Tokens)));
        var street = segments[at].Tokens;
        var rest = segments[(at + 1)..];
        // "Martin Luther King, Jr Blvd": this comma parts nothing.
        if (rest.Count > 0 && rest[0].Tokens is [{ Key: "jr" or "sr" }, ..])
        {
            street.AddRange(rest[0].Tokens);
            rest.RemoveAt(0);
        }
        for (var i = 0; i < rest.Count; i++)
        {
            if (UnitAt(rest[i].Tokens, 0) is { } unit)
            {
                parts = parts with { Unit = parts.Unit is null ? unit : $"{parts.Unit} {unit}" };
                rest.RemoveAt(i--);
            }
        }
        if (rest.Count > 0)
        {
            parts = parts with { City = rest[^1].Text };
        }
        else if (parts.State is not null || parts.PostalCode is not null)
        {
            parts = SplitTown(street, parts, isOnly: segments.Count == 1, runsOn);
        }
        return street;
    }

    /// <summary>Takes the town off the end of a street line without a comma.</summary>
    private static AddressParts SplitTown(List<Token> street, AddressParts parts, bool isOnly, bool runsOn)
    {
        var end = TypeAt(street);
        if (end < 0 && runsOn && street.FindIndex(Math.Min(2, street.Count), token => StreetWords.TryUnit(token.Key, out _)) is > 0 and var flat)
        {
            end = flat - 1;
        }
        if (end < 0)
        {
            var isTown = isOnly && parts.State is not null && !IsHouseNumber(street[0]) && !IsBox(street) && !street.Exists(token => IsMeeting(token.Key));
            if (!isTown)
            {
                return parts;
            }
            var town = TextOf(street);
            street.Clear();
            return parts with { City = town };
        }
        if (!runsOn)
        {
            return parts;
        }
        // "Park Place Ave": the last of neighbouring types; but a "St" after the type is a saint's.
        while (end + 1 < street.Count && street[end + 1].Key != "st" && StreetWords.IsSeparatingType(street[end + 1].Key))
        {
            end++;
        }
        end++;
        if (end < street.Count && !street[end..].Exists(token => IsMeeting(token.Key)))
        {
            // "Highway 44 ...", "St NE ...": number and direction still are the street's.
            end += street[end].Key.All(char.IsAsciiDigit) ? 1 : 0;
            end += end < street.Count && street[end].Key.Length <= 2 && StreetWords.TryDirection(street[end].Key, out _) ? 1 : 0;
            end += end < street.Count - 1 && IsFlatLetter(street[end]) ? 1 : 0;
            end = AfterUnit(street, end);
        }
        else
        {
            var second = street.FindLastIndex(token => StreetWords.IsSeparatingType(token.Key));
            if (second < street.FindIndex(token => IsMeeting(token.Key)))
            {
                return parts;
            }
            end = second + 1;
        }
        if (end >= street.Count)
        {
            return parts;
        }
        var city = TextOf(street[end..]);
        street.RemoveRange(end, street.Count - end);
        return parts with { City = city };
    }

    /// <summary>Where the street's type stands, after at least one word of its name: not the St of "12 S St Andrews Pl". -1 when there is none.</summary>
    private static int TypeAt(List<Token> street)
    {
        var name = IsHouseNumber(street[0]) ? 1 : 0;
        var hasDirection = name < street.Count && StreetWords.TryDirection(street[name].Key, out _);
        var first = name + (hasDirection ? 2 : 1);
        var at = first < street.Count ? street.FindIndex(first, token => StreetWords.IsSeparatingType(token.Key)) : -1;
        // "5 North St": here the direction is the name.
        return at < 0 && hasDirection && first - 1 < street.Count && StreetWords.IsSeparatingType(street[first - 1].Key) ? first - 1 : at;
    }

    private static int AfterUnit(List<Token> street, int at)
    {
        while (at < street.Count)
        {
            var width = street[at].Key == "#" || StreetWords.TryUnit(street[at].Key, out _) ? 2 : street[at].Typed[0] == '#' ? 1 : 0;
            if (width == 0 || at + width > street.Count)
            {
                break;
            }
            at += width;
        }
        return at;
    }
}
