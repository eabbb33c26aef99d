namespace Tieline.Platform.Search;

/// <summary>How values become keys of the search index, and how what someone types becomes beginnings of keys.</summary>
public static class SearchKeys
{
    /// <summary>Last character of an alternative that matches every key beginning with it.</summary>
    public const char Prefix = '*';

    private const char Phone = '~';
    private const char Hash = '#';

    /// <summary>A phone number is kept backwards, so that its last digits are the beginning of a key.</summary>
    /// <param name="digits">E.164 digits without plus.</param>
    public static string OfPhone(string digits) => Phone + Backwards(digits);

    /// <summary>An e-mail address as one key.</summary>
    public static string OfEmail(string address) =>
        new([.. address.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is '@' or '.' or '-' or '_' or '+')]);

    /// <summary>A secret number (national id ...) by its keyed hash.</summary>
    public static string OfHash(string hash) => Hash + hash.ToLowerInvariant();

    /// <summary>Whether a key takes part in the correction of typing errors.</summary>
    public static bool IsWord(string key) => key.Length is >= 4 and <= 32 && key.All(char.IsLetter);

    /// <summary>Cuts what was typed into terms: words, numbers (house, ZIP, account, last digits of a phone), phones with separators, e-mail addresses.</summary>
    /// <param name="hashesOf">Keyed hashes under which a number may be kept as an identifier.</param>
    public static SearchQuery Parse(string typed, Func<string, IEnumerable<string>>? hashesOf = null)
    {
        var terms = new List<SearchTerm>();
        var pieces = (typed.Length > 200 ? typed[..200] : typed).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < pieces.Length && terms.Count < 12; i++)
        {
            var phone = 0;
            if (pieces[i].IndexOf('@', StringComparison.Ordinal) > 0)
                Add(terms, OfEmail(pieces[i]), [OfEmail(pieces[i]) + Prefix]);
            else if (pieces[i].Contains('-', StringComparison.Ordinal) && char.IsAsciiLetter(pieces[i][0]) && Data.ReferenceNumber.TryParse(pieces[i], out var sequence))
                AddNumber(terms, Data.ReferenceNumber.Digits(sequence), last: false, hashesOf: null);
            else if (PhonePieces(pieces, i, ref phone) is { } digits)
            {
                AddNumber(terms, digits, last: true, hashesOf);
                i += phone - 1;
            }
            else
            {
                var words = SearchText.Words(pieces[i]);
                foreach (var word in words)
                {
                    if (word.All(char.IsAsciiDigit))
                        AddNumber(terms, word, i == pieces.Length - 1, hashesOf);
                    else
                        Add(terms, word, word.Any(char.IsAsciiDigit) && hashesOf is not null
                            ? [word + Prefix, .. hashesOf(word).Select(OfHash)] : [word + Prefix]);
                }
            }
        }
        return new SearchQuery(terms);
    }

    private static void AddNumber(List<SearchTerm> terms, string digits, bool last, Func<string, IEnumerable<string>>? hashesOf)
    {
        // "12 elm" means house 12, not 120; the number being typed right now may still grow.
        var alternatives = new List<string> { last ? digits + Prefix : digits };
        if (digits.Length >= 4)
        {
            alternatives.Add(OfPhone(digits) + Prefix);
            var national = digits.TrimStart('0');
            if (national.Length >= 4 && national.Length < digits.Length)
                alternatives.Add(OfPhone(national) + Prefix);
        }
        if (digits.Length >= 5 && hashesOf is not null)
            alternatives.AddRange(hashesOf(digits).Select(OfHash));
        Add(terms, digits, alternatives);
    }

    private static void Add(List<SearchTerm> terms, string typed, IReadOnlyList<string> alternatives)
    {
        if (typed.Length > 0 && !terms.Exists(t => t.Typed == typed))
            terms.Add(new SearchTerm(typed, alternatives));
    }

    /// <summary>The digits of a number written with separators ("(541) 555-0142", "4711-0420-3", "541 555 0142"), and over how many pieces it goes.</summary>
    private static string? PhonePieces(string[] pieces, int at, ref int count)
    {
        var digits = "";
        var marked = pieces[at][0] is '+' or '(' || pieces[at].AsSpan().IndexOfAny('-', '.', ')') > 0;
        for (var i = at; i < pieces.Length && i < at + 6; i++)
        {
            if (pieces[i].Any(c => !char.IsAsciiDigit(c) && c is not ('+' or '(' or ')' or '-' or '.' or '/')))
                break;
            var more = new string([.. pieces[i].Where(char.IsAsciiDigit)]);
            if (digits.Length + more.Length > 15)
                break;
            digits += more;
            count = i - at + 1;
            // A ZIP or house number before or behind must not be swallowed: plain groups join only in the shape 3-3-4 or 3-4.
            if (!marked && count == 1 && more.Length != 3)
                break;
            if (marked && digits.Length >= 10)
                break;
        }
        var plainShape = !marked && count >= 2 && digits.Length is 7 or 10;
        if (marked && digits.Length >= 4)
            return digits;
        if (plainShape)
            return digits;
        count = 0;
        return null;
    }

    private static string Backwards(string digits)
    {
        var chars = digits.ToCharArray();
        Array.Reverse(chars);
        return new string(chars);
    }
}
