using FsCheck;
using FsCheck.Fluent;
using Tieline.Platform.Search;
using Xunit;

namespace Tieline.Tests.Modules.Platform;

public sealed class SpellingTests
{
    private static readonly Gen<string> Letter = Gen.Elements("a", "b", "c", "d", "é", "𠀋", "1");

    private static readonly Gen<string[]> Word =
        from length in Gen.Choose(4, 31)
        from letters in Letter.ArrayOf(length)
        select letters;

    /// <summary>A word and the same word after one edit.</summary>
    private static readonly Arbitrary<(string Word, string Typed)> Edited = (
        from word in Word
        from kind in Gen.Choose(0, 3)
        from at in Gen.Choose(0, word.Length - 2)
        from letter in Letter
        let typed = kind switch
        {
            0 => [.. word[..at], letter, .. word[at..]],
            1 => [.. word[..at], .. word[(at + 1)..]],
            2 => [.. word[..at], letter, .. word[(at + 1)..]],
            _ => (string[])[.. word[..at], word[at + 1], word[at], .. word[(at + 2)..]],
        }
        select (string.Concat(word), string.Concat(typed))).ToArbitrary();

    [Fact]
    public void One_edit_shares_a_variant_and_is_near() =>
        Prop.ForAll(Edited, pair =>
            Spelling.Variants(pair.Word).Intersect(Spelling.Variants(pair.Typed), StringComparer.Ordinal).Any()
            && Spelling.IsNear(pair.Typed, pair.Word) && Spelling.IsNear(pair.Word, pair.Typed))
        .MustHold(2000);

    [Fact]
    public void Near_is_what_the_distance_says()
    {
        var words = (
            from length in Gen.Choose(0, 6)
            from letters in Gen.Elements("a", "b", "𠀋").ArrayOf(length)
            select string.Concat(letters)).ToArbitrary();
        Prop.ForAll(words, words, (a, b) => Spelling.IsNear(a, b) == (Distance(a, b) <= 1))
            .MustHold(5000);
    }

    [Fact]
    public void Variants_are_distinct_and_well_formed() =>
        Prop.ForAll(Word.ToArbitrary(), letters =>
        {
            var variants = Spelling.Variants(string.Concat(letters)).ToList();
            return variants.Distinct(StringComparer.Ordinal).Count() == variants.Count
                && variants.TrueForAll(variant => variant.IsNormalized());
        }).MustHold();

    [Theory]
    [InlineData("abc", 1)]
    [InlineData("abcd", 5)]
    [InlineData("aabb", 3)]
    [InlineData("", 1)]
    public void Counts(string word, int count) => Assert.Equal(count, Spelling.Variants(word).Count());

    [Fact]
    public void Long_words_stand_for_themselves()
    {
        Assert.Single(Spelling.Variants(new string('a', 33)));
        Assert.Single(Spelling.Variants(new string('a', 1_000_000)));
        Assert.True(Spelling.IsNear(new string('a', 1_000_000), new string('a', 999_999)));
    }

    private static int Distance(string first, string second)
    {
        int[] a = [.. first.EnumerateRunes().Select(rune => rune.Value)];
        int[] b = [.. second.EnumerateRunes().Select(rune => rune.Value)];
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }
        return cost[a.Length, b.Length];
    }
}
