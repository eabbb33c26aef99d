using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tieline.Platform.Search;
using Xunit;

namespace Tieline.Tests.Modules.Platform;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("  José   Ángel ", "jose angel")]
    [InlineData("STRAẞE Weißer", "strasse weisser")]
    [InlineData("Łódź Øre Đorđe Æsir Œuvre Þór Işık İzmir", "lodz ore dorde aesir oeuvre thor isik izmir")]
    [InlineData("O'Brien O’Brien O`Brien", "obrien obrien obrien")]
    [InlineData("a\u200Bb\u202Ec\u0000d\u00ADe", "abcde")]
    [InlineData("a\tb\r\nc\u2028d", "a b c d")]
    [InlineData("Smith-Jones, Inc. & Co.", "smith jones inc co")]
    [InlineData("ＦＵＬＬ　ｗｉｄｔｈ ﬁne", "full width fine")]
    [InlineData("Ελλάς Αθήνα", "ελλασ αθηνα")]
    [InlineData("Чайковский", "чаиковскии")]
    [InlineData("김철수 東京 が", "김철수 東京 が")]
    [InlineData("कि कु", "कि कु")]
    [InlineData("col·legi", "collegi")]
    [InlineData("𠀋田 \uD83D\uDE00x", "𠀋田 x")]
    [InlineData("a\uD800b\uDC00", "ab")]
    [InlineData("<script>alert(1)</script>", "script alert 1 script")]
    [InlineData("", "")]
    [InlineData(null, "")]
    [InlineData("--- ...", "")]
    public void Folds(string? typed, string folded) => Assert.Equal(folded, SearchText.Fold(typed));

    [Fact]
    public void The_fold_of_a_fold_is_itself_for_every_character()
    {
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.IsValid(value))
            {
                continue;
            }
            var once = SearchText.Fold("a" + new Rune(value) + "b");
            Assert.True(string.Equals(SearchText.Fold(once), once, StringComparison.Ordinal), value.ToString("X", CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Any_text_folds_to_a_fold()
    {
        Prop.ForAll<string>(text =>
        {
            var once = SearchText.Fold(text);
            return string.Equals(SearchText.Fold(once), once, StringComparison.Ordinal) && once.Length <= SearchText.MaxLength
                && !once.Contains("  ", StringComparison.Ordinal) && string.Equals(once.Trim(), once, StringComparison.Ordinal);
        }).MustHold();
    }

    [Fact]
    public void Plain_letters_fold_as_if_an_accent_were_among_them()
    {
        for (var value = 0; value < 0x80; value++)
        {
            var text = $"{(char)value}B{(char)value} {(char)value}'c\t{(char)value}";
            Assert.Equal(SearchText.Fold("\u0301" + text), SearchText.Fold(text));
        }
    }

    [Theory]
    [InlineData("O'Brien", "obrien brien")]
    [InlineData("D’Angelo", "dangelo angelo")]
    [InlineData("Smith-Jones", "smith jones smithjones")]
    [InlineData("de la Cruz", "de la cruz delacruz")]
    [InlineData("McDonald", "mcdonald donald")]
    [InlineData("MCDONALD", "mcdonald donald")]
    [InlineData("MacDonald", "macdonald donald")]
    [InlineData("Mackenzie", "mackenzie")]
    [InlineData("MACY", "macy")]
    [InlineData("Mary's", "marys")]
    [InlineData("A.B.C. Plumbing", "a b c plumbing")]
    [InlineData("Ana Ana ANA", "ana")]
    [InlineData("Van", "van")]
    public void Name_words(string name, string words) => Assert.Equal(words.Split(' '), SearchText.NameWords(name));

    [Fact]
    public void Words_are_distinct_few_and_short()
    {
        var many = string.Join(' ', Enumerable.Range(0, 1000).Select(i => "w" + i));
        Assert.Equal(64, SearchText.Words(many).Count);
        Assert.Equal(64, SearchText.NameWords(many).Count);
        var word = Assert.Single(SearchText.Words(new string('a', 500)));
        Assert.Equal(64, word.Length);
        var split = Assert.Single(SearchText.Words("a" + string.Concat(Enumerable.Repeat("𠀋", 100))));
        Assert.Equal(63, split.Length);
    }

    [Fact]
    public void A_megabyte_of_anything_is_harmless()
    {
        string[] hostile =
        [
            new('\u0301', 1_000_000), new('\'', 1_000_000), new('-', 1_000_000), new(' ', 1_000_000), new('\uD800', 1_000_000), new('\uFDFA', 1_000_000),
            string.Concat(Enumerable.Repeat("de ", 300_000)), string.Concat(Enumerable.Repeat("o'", 500_000)), string.Concat(Enumerable.Repeat("\u202E\u0000", 500_000)),
        ];
        foreach (var text in hostile)
        {
            Assert.True(SearchText.Fold(text).Length <= SearchText.MaxLength);
            Assert.All(SearchText.NameWords(text), word => Assert.InRange(word.Length, 1, SearchText.MaxWordLength));
        }
    }
}
