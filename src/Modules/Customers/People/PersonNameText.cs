using Tieline.Platform.Search;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Takes names apart as they are typed or imported, and puts them together for lists and for reading.</summary>
internal static class PersonNameText
{
    /// <summary>Longest sort key, in UTF-16 units.</summary>
    public const int MaxSortLength = 100;

    private const int MaxLength = 400;

    private static readonly HashSet<string> Titles = ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "reverend", "sir", "hon"];
    private static readonly HashSet<string> Suffixes = ["jr", "sr", "ii", "iii", "iv", "esq", "md", "phd", "dds", "cpa"];
    private static readonly HashSet<string> Particles =
        ["de", "la", "las", "los", "del", "della", "di", "da", "das", "do", "dos", "du", "le", "el", "al", "bin", "ibn", "ben", "st", "van", "von", "der", "den", "ter", "ten", "mc", "mac", "o", "y"];

    /// <summary>
    /// Given and family name of an individual: "Ruiz, Ana" and "Ana de la Cruz" alike. A title in front goes; Jr and its like
    /// stay with the family name, because they tell father and son apart. An organisation has neither: its name is whole.
    /// </summary>
    public static (string? Given, string? Family) Split(string? full, bool organisation)
    {
        var name = TypedText.OneLine(full, MaxLength);
        if (organisation || name.Length == 0)
        {
            return (null, null);
        }
        var pieces = name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var suffixes = pieces.Skip(1).Where(piece => Array.TrueForAll(WordsOf(piece), IsSuffix)).ToList();
        var rest = pieces.Where((piece, i) => i == 0 || !suffixes.Contains(piece)).ToList();
        if (rest.Count == 0)
        {
            return (null, null);
        }
        var (given, family) = rest.Count == 1 ? Natural(rest[0]) : Inverted(rest[0], string.Join(' ', rest.Skip(1)));
        return (given, suffixes.Count > 0 ? Join(family, string.Join(' ', suffixes)) : family);
    }

    /// <summary>The key lists are sorted by: the fold of family and given name, or of the whole name where there is no family name.</summary>
    public static string Sort(string? given, string? family, string? full)
    {
        var parts = Join(family, given);
        return SearchText.Cut(SearchText.Fold(parts ?? full), MaxSortLength).TrimEnd();
    }

    /// <summary>For reading: Ana de la Cruz.</summary>
    public static string Display(string? given, string? family, string? full) => Join(given, family) ?? full ?? string.Empty;

    /// <summary>For sorted lists: de la Cruz, Ana.</summary>
    public static string Listed(string? given, string? family, string? full) =>
        string.IsNullOrWhiteSpace(given) || string.IsNullOrWhiteSpace(family) ? Display(given, family, full) : $"{family}, {given}";

    private static (string? Given, string? Family) Inverted(string family, string given)
    {
        var words = WithoutTitles(WordsOf(given));
        var end = words.Length;
        while (end > 1 && IsSuffix(words[end - 1]))
        {
            end--;
        }
        return (OrNull(words[..end]), OrNull([.. WithoutTitles(WordsOf(family)), .. words[end..]]));
    }

    private static (string? Given, string? Family) Natural(string name)
    {
        var words = WithoutTitles(WordsOf(name));
        var end = words.Length;
        while (end > 1 && IsSuffix(words[end - 1]))
        {
            end--;
        }
        var family = end - 1;
        while (family > 1 && Particles.Contains(SearchText.Fold(words[family - 1])))
        {
            family--;
        }
        return family <= 0 ? (null, OrNull(words)) : (OrNull(words[..family]), OrNull(words[family..]));
    }

    private static string[] WordsOf(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsSuffix(string word) => Suffixes.Contains(SearchText.Fold(word).Replace(" ", string.Empty, StringComparison.Ordinal));

    private static string[] WithoutTitles(string[] words)
    {
        var start = 0;
        while (start < words.Length - 1 && Titles.Contains(SearchText.Fold(words[start])))
        {
            start++;
        }
        return words[start..];
    }

    private static string? OrNull(string[] words) => words.Length == 0 ? null : string.Join(' ', words);

    private static string? Join(string? first, string? second) =>
        OrNull([.. ((string?[])[first, second]).Where(part => !string.IsNullOrWhiteSpace(part)).Select(part => part!.Trim())]);
}
