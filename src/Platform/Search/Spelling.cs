using System.Text;

namespace Tieline.Platform.Search;

/// <summary>
/// Finds words one typing error away without looking at all words: both the stored and the typed word are
/// expanded by single deletions, and two words one edit apart share one of them. Sharing one is necessary,
/// not sufficient (it also holds for some words two edits apart), so a hit is confirmed by <see cref="IsNear"/>.
/// </summary>
public static class Spelling
{
    /// <summary>Shorter words, in letters, have no variants: almost everything would be near them.</summary>
    public const int MinLength = 4;

    /// <summary>Longer words, in letters, have no variants.</summary>
    public const int MaxLength = 32;

    /// <summary>The word and, for words of 4 to 32 letters, each form with one letter left out; distinct.</summary>
    public static IEnumerable<string> Variants(string word)
    {
        yield return word;
        if (word.Length < MinLength || word.Length > 2 * MaxLength)
        {
            yield break;
        }
        var letters = Letters(word);
        if (letters.Length is < MinLength or > MaxLength)
        {
            yield break;
        }
        var start = 0;
        for (var i = 0; i < letters.Length; i++)
        {
            var width = letters[i].Utf16SequenceLength;
            // Leaving out either of two equal neighbours gives the same form.
            if (i == 0 || letters[i] != letters[i - 1])
            {
                yield return word.Remove(start, width);
            }
            start += width;
        }
    }

    /// <summary>
    /// True when at most one edit leads from one word to the other: a letter inserted, left out, replaced, or
    /// exchanged with its neighbour. Compares exactly; fold both words first.
    /// </summary>
    public static bool IsNear(string typed, string word)
    {
        if (string.Equals(typed, word, StringComparison.Ordinal))
        {
            return true;
        }
        // One letter is at most two UTF-16 units.
        return Math.Abs(typed.Length - word.Length) <= 2 && IsNear<Rune>(Letters(typed), Letters(word));
    }

    private static bool IsNear<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : IEquatable<T>
    {
        if (a.Length > b.Length)
        {
            var longer = a;
            a = b;
            b = longer;
        }
        if (b.Length - a.Length > 1)
        {
            return false;
        }
        var same = a.CommonPrefixLength(b);
        a = a[same..];
        b = b[same..];
        if (a.Length < b.Length)
        {
            return a.SequenceEqual(b[1..]);
        }
        return a.IsEmpty
            || a[1..].SequenceEqual(b[1..])
            || (a.Length >= 2 && a[0].Equals(b[1]) && a[1].Equals(b[0]) && a[2..].SequenceEqual(b[2..]));
    }

    private static Rune[] Letters(string word) => [.. word.EnumerateRunes()];
}
