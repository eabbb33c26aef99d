using System.Globalization;
using System.Text;

namespace Tieline.Platform.Search;

/// <summary>
/// The normal form in which text is stored in key columns and in which a query is compared with them.
/// It is computed here and not by the database, so that both databases find the same.
/// </summary>
public static class SearchText
{
    /// <summary>Longest fold, in UTF-16 units; what follows is not searchable.</summary>
    public const int MaxLength = 4096;

    /// <summary>Longest word, in UTF-16 units; longer ones are cut.</summary>
    public const int MaxWordLength = 64;

    /// <summary>Most words taken from one text.</summary>
    public const int MaxWords = 64;

    /// <summary>
    /// Lower case without accents, apostrophes, control and format characters; other punctuation is a space,
    /// and spaces are single. Letters and digits of every script stay. Never throws; the fold of a fold is itself.
    /// </summary>
    public static string Fold(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }
        if (text.Length <= MaxLength && Ascii.IsValid(text))
        {
            return FoldAscii(text);
        }
        var readable = WithoutApostrophes(text);
        var decomposed = Ascii.IsValid(readable) ? readable : readable.Normalize(NormalizationForm.FormKD);
        var folded = new StringBuilder(decomposed.Length);
        var space = false;
        foreach (var rune in decomposed.EnumerateRunes())
        {
            var lower = Rune.ToLowerInvariant(rune);
            if (IsDropped(lower))
            {
                continue;
            }
            if (!IsKept(lower))
            {
                space = folded.Length > 0;
                continue;
            }
            if (space)
            {
                folded.Append(' ');
                space = false;
            }
            if (Plain(lower) is { } plain)
            {
                folded.Append(plain);
            }
            else
            {
                folded.Append(lower.ToString());
            }
        }
        var result = folded.ToString();
        result = Ascii.IsValid(result) ? result : result.Normalize(NormalizationForm.FormC);
        return Cut(result, MaxLength).TrimEnd(' ');
    }

    // Nearly all names and addresses; a search folds some hundreds of words to show why its results matched.
    private static string FoldAscii(string text)
    {
        var folded = text.Length <= 256 ? stackalloc char[text.Length] : new char[text.Length];
        var (length, space) = (0, false);
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                // There is room: what the space stands for was taken in before.
                if (space)
                {
                    folded[length++] = ' ';
                    space = false;
                }
                folded[length++] = char.ToLowerInvariant(c);
            }
            else if (!IsApostrophe(c) && (!char.IsControl(c) || char.IsWhiteSpace(c)))
            {
                space = length > 0;
            }
        }
        return new string(folded[..length]);
    }

    /// <summary>The distinct words of the fold, in order: at most <see cref="MaxWords"/>, each at most <see cref="MaxWordLength"/> long.</summary>
    public static IReadOnlyList<string> Words(string? text)
    {
        var words = new List<string>();
        Add(words, Fold(text));
        return words;
    }

    /// <summary>
    /// The words a person's or company's name is looked for by: its words, compound names joined and in parts
    /// (O'Brien: obrien, brien; Smith-Jones: smith, jones, smithjones; de la Cruz: de, la, cruz, delacruz;
    /// McDonald: mcdonald, donald).
    /// </summary>
    public static IReadOnlyList<string> NameWords(string? name)
    {
        var words = new List<string>();
        var particles = string.Empty;
        foreach (var typed in Cut(name ?? string.Empty, MaxLength).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = Fold(typed);
            Add(words, parts);
            var joined = parts.Replace(" ", string.Empty, StringComparison.Ordinal);
            if (joined.Length != parts.Length && typed.AsSpan().IndexOfAny(Dashes) >= 0)
            {
                Add(words, joined);
            }
            AddAfterApostrophe(words, typed);
            AddAfterMac(words, typed, joined);
            if (Particles.Contains(joined))
            {
                particles = particles.Length < MaxWordLength ? particles + joined : particles;
                continue;
            }
            if (particles.Length > 0)
            {
                Add(words, particles + joined);
                particles = string.Empty;
            }
        }
        return words;
    }

    /// <summary>The text cut to <paramref name="max"/> UTF-16 units, one less where a 4-byte letter would be split.</summary>
    public static string Cut(string text, int max) =>
        text.Length <= max ? text : text[..(max > 0 && char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];

    private const string Dashes = "-\u2010\u2011\u2012\u2013\u2014\u2212";

    private static readonly HashSet<string> Particles =
        ["mc", "mac", "o", "d", "de", "del", "della", "den", "der", "di", "da", "dos", "du", "el", "al", "la", "las", "le", "los", "st", "ten", "van", "ver", "von"];

    private static void Add(List<string> words, string folded)
    {
        foreach (var range in folded.AsSpan().Split(' '))
        {
            if (words.Count >= MaxWords)
            {
                return;
            }
            var word = Cut(folded[range], MaxWordLength);
            if (word.Length > 0 && !words.Contains(word))
            {
                words.Add(word);
            }
        }
    }

    private static void AddAfterApostrophe(List<string> words, string typed)
    {
        for (var at = 1; at < typed.Length && words.Count < MaxWords; at++)
        {
            if (IsApostrophe(typed[at]) && Fold(typed[(at + 1)..]) is { Length: >= 3 } rest)
            {
                Add(words, rest);
                return;
            }
        }
    }

    // Some write "Mc Donald": the second word must find McDonald too. "Mac" begins too many other names
    // (Mack, Macy), so there the capital letter has to say it.
    private static void AddAfterMac(List<string> words, string typed, string folded)
    {
        if (folded.StartsWith("mc", StringComparison.Ordinal) && folded.Length >= 5)
        {
            Add(words, folded[2..]);
        }
        else if (folded.Length >= 6 && typed.StartsWith("Mac", StringComparison.Ordinal) && char.IsUpper(typed[3]) && typed.AsSpan(4).ContainsAnyInRange('a', 'z'))
        {
            Add(words, Fold(typed[3..]));
        }
    }

    // Runs before decomposition, which turns some free-standing accents into a space and a mark, and which
    // throws on half a surrogate pair. It also is the one place that bounds what the rest has to do.
    private static string WithoutApostrophes(string text)
    {
        var kept = new StringBuilder(Math.Min(text.Length, MaxLength));
        var space = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (kept.Length >= MaxLength)
            {
                break;
            }
            if (rune.Value == 0xFFFD || IsNoCharacter(rune) || (rune.IsBmp && IsApostrophe((char)rune.Value)) || IsDropped(rune))
            {
                continue;
            }
            if (Rune.IsWhiteSpace(rune))
            {
                space = kept.Length > 0;
                continue;
            }
            if (space)
            {
                kept.Append(' ');
                space = false;
            }
            kept.Append(rune.ToString());
        }
        return kept.ToString();
    }

    private static bool IsApostrophe(char c) =>
        c is '\'' or '`' or '\u00B4' or '\u2018' or '\u2019' or '\u201B' or '\u2032' or '\u02B9' or '\u02BB' or '\u02BC' or '\u02BD' or '\u02BE' or '\u02BF' or '\u05F3' or '\uFF07';

    /// <summary>True for code points that Unicode sets aside for ever; some of them make normalisation throw.</summary>
    public static bool IsNoCharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;

    private static bool IsDropped(Rune rune)
    {
        // A dot between letters (Catalan) and the Arabic stretching stroke are part of no word.
        if (rune.Value is 0xB7 or 0x640 || (rune.IsBmp && IsApostrophe((char)rune.Value)))
        {
            return true;
        }
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control => !Rune.IsWhiteSpace(rune),
            UnicodeCategory.Format => true,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => IsAccent(rune.Value),
            _ => false,
        };
    }

    // Marks of the Latin, Greek, Cyrillic, Hebrew and Arabic scripts may be left out by who types; in the
    // scripts of India and South-East Asia they are vowels, and leaving them out makes another word.
    private static bool IsAccent(int value) =>
        value is < 0x0900 or (>= 0x1AB0 and <= 0x1AFF) or (>= 0x1DC0 and <= 0x1DFF) or (>= 0x20D0 and <= 0x20FF)
            or (>= 0xFE00 and <= 0xFE2F) or (>= 0xE0100 and <= 0xE01EF);

    private static bool IsKept(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Letters that Unicode does not take apart, as people write them on a keyboard that lacks them.
    private static string? Plain(Rune lower) => lower.Value switch
    {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' or 'ð' or 'ɖ' => "d",
        'þ' => "th",
        'ı' => "i",
        'ħ' => "h",
        'ŋ' => "n",
        'ŧ' => "t",
        'ĸ' => "k",
        'ə' => "e",
        'ƒ' => "f",
        'ɓ' => "b",
        'ƙ' => "k",
        'ƴ' => "y",
        'ς' => "σ",
        'ӏ' => "i",
        _ => null,
    };
}
