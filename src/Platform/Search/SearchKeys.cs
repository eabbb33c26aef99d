namespace Tieline.Platform.Search;

/// <summary>How values become keys of the search index, and how what someone types becomes beginnings of keys.</summary>
public static class SearchKeys
{
    /// <summary>Last character of an alternative that matches every key beginning with it.</summary>
    public const char Prefix = '*';

    /// <summary>Longest e-mail key, in UTF-16 units; longer addresses cannot be delivered.</summary>
    public const int MaxEmailLength = 254;

    /// <summary>A number of so many digits is taken as whole: a ZIP code, or the largest house number.</summary>
    private const int ZipLength = 5;

    private const char Phone = '~';
    private const char Hash = '#';

    /// <summary>A phone number is kept backwards, so that its last digits are the beginning of a key.</summary>
    /// <param name="digits">E.164 digits without plus.</param>
    public static string OfPhone(string digits) => Phone + Backwards(digits);

    /// <summary>An e-mail address as one key.</summary>
    public static string OfEmail(string address) =>
        SearchText.Cut(new([.. address.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is '@' or '.' or '-' or '_' or '+')]), MaxEmailLength);

    /// <summary>A secret number (national id ...) by its keyed hash.</summary>
    public static string OfHash(string hash) => Hash + hash.ToLowerInvariant();

    /// <summary>Whether a key is a word of letters only: those are learned, so that beginnings can be completed and typing errors corrected.</summary>
    public static bool IsWord(string key) => key.Length is > 0 and <= SearchText.MaxWordLength && key.All(char.IsLetter);

    /// <summary>Adds the letters that a key begins with (garcia82: garcia), so that letters are always the beginning of a word.</summary>
    public static IReadOnlyCollection<string> WithStems(IReadOnlyCollection<string> keys)
    {
        var all = new HashSet<string>(keys, StringComparer.Ordinal);
        foreach (var key in keys)
        {
            var letters = 0;
            while (letters < key.Length && char.IsLetter(key[letters]))
                letters++;
            if (letters > 0 && letters < key.Length && letters <= SearchText.MaxWordLength)
                all.Add(key[..letters]);
        }
        return all;
    }

    /// <summary>
    /// The words among the keys of one row, each with the length of the longest other one that it begins with, or 0: who types no more than
    /// that much of it finds the row by the shorter word.
    /// </summary>
    public static IEnumerable<(string Word, int Covered)> Words(IEnumerable<string> keys)
    {
        var beginnings = new Stack<string>();
        foreach (var word in keys.Where(IsWord).Order(StringComparer.Ordinal))
        {
            while (beginnings.TryPeek(out var shorter) && !word.StartsWith(shorter, StringComparison.Ordinal))
                beginnings.Pop();
            yield return (word, beginnings.TryPeek(out var covering) ? covering.Length : 0);
            beginnings.Push(word);
        }
    }

    /// <summary>Cuts what was typed into terms: words, numbers (house, ZIP, account, last digits of a phone), numbers in groups, e-mail addresses.</summary>
    /// <param name="hashesOf">Keyed hashes under which a number may be kept as an identifier.</param>
    public static SearchQuery Parse(string typed, Func<string, IEnumerable<string>>? hashesOf = null)
    {
        var terms = new List<SearchTerm>();
        var pieces = SearchText.Cut(typed, 200).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(WithoutScheme).Where(p => p.Length > 0).ToArray();
        for (var i = 0; i < pieces.Length && terms.Count < 12; i++)
        {
            if (pieces[i].IndexOf('@', StringComparison.Ordinal) > 0)
                AddEmail(terms, OfEmail(pieces[i]).TrimEnd('.', '-'));
            else if (GroupedNumber.Read(pieces.AsSpan(i)) is { } number)
            {
                AddNumber(terms, number.Digits, last: true, hashesOf);
                i += number.Pieces - 1;
            }
            else
                AddWords(terms, pieces[i], i == pieces.Length - 1, hashesOf);
        }
        return new SearchQuery(terms);
    }

    private static void AddEmail(List<SearchTerm> terms, string address) => Add(terms, address, [address + Prefix]);

    private static void AddWords(List<SearchTerm> terms, string piece, bool last, Func<string, IEnumerable<string>>? hashesOf)
    {
        foreach (var word in SearchText.Words(piece))
        {
            if (word.All(char.IsAsciiDigit))
                AddNumber(terms, word, last && word.Length != ZipLength, hashesOf);
            else
                Add(terms, word, word.Any(char.IsAsciiDigit) && hashesOf is not null ? [word + Prefix, .. hashesOf(word).Select(OfHash)] : [word + Prefix]);
        }
    }

    // As a link on a page has it, which people copy.
    private static string WithoutScheme(string typed)
    {
        var piece = typed.Trim(',', ';', '<', '>');
        return piece.StartsWith("tel:", StringComparison.OrdinalIgnoreCase) ? piece[4..]
            : piece.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? piece[7..] : piece;
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

    private static string Backwards(string digits)
    {
        var chars = digits.ToCharArray();
        Array.Reverse(chars);
        return new string(chars);
    }
}
