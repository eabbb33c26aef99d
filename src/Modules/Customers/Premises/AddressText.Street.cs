namespace Tieline.Customers.Premises;

internal static partial class AddressText
{
    private static AddressParts ParseStreet(List<Token> tokens, AddressParts parts)
    {
        if (IsBox(tokens))
        {
            return parts with { StreetName = Box(tokens) };
        }
        var mark = Array.Find(IntersectionMarks, words => tokens.Count > words.Length && words.Select((word, i) => tokens[i].Key == word).All(same => same));
        if (mark is not null)
        {
            tokens = tokens[mark.Length..];
        }
        if (mark is not null || !IsHouseNumber(tokens[0]))
        {
            var meeting = Meeting(tokens, mark is not null);
            if (meeting > 0)
            {
                var cross = Named(tokens[(meeting + 1)..], AddressParts.Empty);
                return Named(tokens[..meeting], parts) with { IsIntersection = true, CrossStreet = cross.Street };
            }
        }
        return Named(tokens, parts);
    }

    private static bool IsMeeting(string key) => key is "&" or "@" or "/" or "at" or "and";

    /// <summary>Where the sign between two streets stands; 0 when there is none.</summary>
    private static int Meeting(List<Token> tokens, bool isMarked)
    {
        for (var i = 1; i < tokens.Count - 1; i++)
        {
            var key = tokens[i].Key;
            // "and" and "at" also stand inside names: then neither side ends like a street.
            if (key is "&" or "@" or "/" || (IsMeeting(key) && (isMarked || EndsLikeStreet(tokens[i - 1].Key) || EndsLikeStreet(tokens[^1].Key))))
            {
                return i;
            }
        }
        return 0;
    }

    private static bool EndsLikeStreet(string key) =>
        StreetWords.TryType(key, out _) || StreetWords.TryDirection(key, out _) || StreetWords.TryOrdinal(key, out _) || key.All(char.IsAsciiDigit);

    /// <summary>House number, direction, name, type, direction, unit, in this order.</summary>
    private static AddressParts Named(List<Token> tokens, AddressParts parts)
    {
        var rest = tokens;
        if (rest.Count > 1 && IsHouseNumber(rest[0]) && !(rest.Count == 2 && StreetWords.IsSeparatingType(rest[1].Key)))
        {
            var width = NumberWidth(rest);
            parts = parts with { HouseNumber = NumberText(rest[..width]) };
            rest = rest[width..];
        }
        for (var i = 1; i < rest.Count; i++)
        {
            if (UnitAt(rest, i) is { } unit)
            {
                parts = parts with { Unit = parts.Unit is null ? unit : $"{unit} {parts.Unit}" };
                rest = rest[..i];
            }
        }
        // "74 Springfield Street B"
        if (parts.Unit is null && rest.Count > 2 && IsFlatLetter(rest[^1]) && StreetWords.IsSeparatingType(rest[^2].Key)
            && rest[^2].Key is not ("highway" or "hwy" or "route" or "rte" or "rt") && rest[^3].Key is not ("county" or "state"))
        {
            parts = parts with { Unit = "# " + rest[^1].Typed.ToUpperInvariant() };
            rest = rest[..^1];
        }
        if (rest.Count > 1 && StreetWords.TryDirection(rest[0].Key, out var pre) && !(rest.Count == 2 && IsType(rest, 1)))
        {
            parts = parts with { PreDirection = pre.Short };
            rest = rest[1..];
        }
        // "Avenue N" is a name: a direction alone after the type would leave none.
        if (rest.Count > 1 && StreetWords.TryDirection(rest[^1].Key, out var post) && !(rest.Count == 2 && IsType(rest, 0) && rest[1].Key.Length == 1))
        {
            parts = parts with { PostDirection = post.Short };
            rest = rest[..^1];
        }
        if (rest.Count > 1 && StreetWords.TryType(rest[^1].Key, out var type))
        {
            parts = parts with { StreetType = type.Short };
            rest = rest[..^1];
        }
        return rest.Count == 0 ? parts : parts with { StreetName = TextOf(rest) };
    }

    private static bool IsFlatLetter(Token token) => token.Key.Length == 1 && char.IsAsciiLetter(token.Key[0]) && !StreetWords.TryDirection(token.Key, out _);

    private static bool IsType(List<Token> tokens, int at) => StreetWords.TryType(tokens[at].Key, out _);

    /// <summary>12, 186A, 313-317, 346A-348, N6W23001; not 5th.</summary>
    private static bool IsHouseNumber(Token token)
    {
        var typed = token.Typed;
        if (typed.Length == 0 || StreetWords.TryOrdinal(token.Key, out _))
        {
            return false;
        }
        var isGrid = typed.Length > 2 && "NSEWnsew".Contains(typed[0], StringComparison.Ordinal) && char.IsAsciiDigit(typed[1]) && typed.AsSpan(2).ContainsAny("NSEWnsew");
        return (char.IsAsciiDigit(typed[0]) || isGrid)
            && typed.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '/')
            && (isGrid || typed.Count(char.IsAsciiLetter) <= 3);
    }

    private static int NumberWidth(List<Token> tokens)
    {
        var width = 1;
        while (width < tokens.Count - 1)
        {
            var next = tokens[width].Typed;
            var isFraction = next.Length == 3 && next[1] == '/' && char.IsAsciiDigit(next[0]) && char.IsAsciiDigit(next[2]);
            // "35 -35C", "35 - 37" and "45 X-47" are ranges of lots.
            var isRange = next.Length > 1 && next[0] == '-' && char.IsAsciiDigit(next[1]);
            var isLot = next.Length > 2 && char.IsAsciiLetter(next[0]) && next[1] == '-' && char.IsAsciiDigit(next[2]);
            if (!isFraction && !isRange && !isLot)
            {
                break;
            }
            width++;
        }
        return width;
    }

    private static string NumberText(List<Token> tokens) => TextOf(tokens).Replace(" -", "-", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>"Apt 4B", "#4B", "Ste 10", "Fl 3" from there to the end; null when no unit begins there.</summary>
    private static string? UnitAt(List<Token> tokens, int at)
    {
        var left = tokens.Count - at;
        if (left is < 1 or > 3)
        {
            return null;
        }
        var word = tokens[at];
        if (word.Typed[0] == '#')
        {
            var identifier = string.Concat(tokens[at..].Select(token => token.Typed)).TrimStart('#');
            // "Beach Road # 1" is as good a unit as any; "#" alone is none.
            return left <= 2 && identifier.Length > 0 ? "# " + identifier.ToUpperInvariant() : null;
        }
        if (left == 2 && StreetWords.TryOrdinal(word.Key, out var number) && StreetWords.TryUnit(tokens[at + 1].Key, out var floor) && floor.Key == "fl")
        {
            return $"Fl {number}";
        }
        if (!StreetWords.TryUnit(word.Key, out var form))
        {
            return null;
        }
        if (left == 1)
        {
            return form.Key is "bsmt" or "ph" or "rear" or "frnt" or "lowr" or "uppr" && (at == 0 || IsType(tokens, at - 1)) ? form.Short : null;
        }
        var rest = tokens[(at + 1)..];
        var isIdentifier = rest.TrueForAll(token => token.Key == "#" || token.Key.Any(char.IsAsciiDigit) || token.Key.Length == 1
            || (token.Key.Length == 2 && !EndsLikeStreet(token.Key)));
        return isIdentifier ? $"{form.Short} {string.Concat(rest.Select(token => token.Typed)).TrimStart('#').ToUpperInvariant()}" : null;
    }

    /// <summary>PO Box 12, Box # 63, RR 2 Box 5, HC 1 Box 12.</summary>
    private static bool IsBox(List<Token> tokens)
    {
        var box = tokens.FindIndex(token => token.Key is "box" or "pob" or "pobox");
        if (box < 0 || box > 4 || box == tokens.Count - 1 || !tokens[box + 1].Typed.AsSpan().ContainsAnyInRange('0', '9') && tokens[box + 1].Key != "#")
        {
            return false;
        }
        return tokens[..box].TrueForAll(token => token.Key is "po" or "p" or "o" or "post" or "office" or "rr" or "rural" or "route" or "hc" or "star" or "highway" or "contract" or "lock"
            or "rt" || token.Key.All(char.IsAsciiDigit));
    }

    private static string Box(List<Token> tokens)
    {
        var box = tokens.FindIndex(token => token.Key is "box" or "pob" or "pobox");
        var number = string.Concat(tokens[(box + 1)..].Select(token => token.Typed)).Replace("#", string.Empty, StringComparison.Ordinal);
        var route = tokens[..box].Find(token => token.Key.All(char.IsAsciiDigit));
        if (route.Typed is null)
        {
            return "PO Box " + number;
        }
        return $"{(tokens[0].Key is "hc" or "star" or "highway" ? "HC" : "RR")} {route.Typed} Box {number}";
    }
}
