using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tieline.Platform.Uses;
using Xunit;

namespace Tieline.Tests.Modules.Platform;

public sealed class TypedTextTests
{
    [Theory]
    [InlineData("  Ana \t Ruiz\r\n", 50, "Ana Ruiz")]
    [InlineData("a\u202Eb\u0000c\u200Fd\uFEFF", 50, "abcd")]
    [InlineData("Jose\u0301", 50, "José")]
    [InlineData("x\uD800y", 50, "xy")]
    [InlineData("ab𠀋", 3, "ab")]
    [InlineData("ab cd", 3, "ab")]
    [InlineData("می\u200Cخواهم", 50, "می\u200Cخواهم")]
    [InlineData("\u200D", 50, "")]
    [InlineData(null, 50, "")]
    [InlineData("abc", 0, "")]
    public void One_line(string? typed, int max, string stored) => Assert.Equal(stored, TypedText.OneLine(typed, max));

    [Theory]
    [InlineData("\n\n a \r\nb\t c  \r\r\n\u2028\n", 50, "a\nb\t c")]
    [InlineData("one\n\n\ntwo", 50, "one\n\n\ntwo")]
    [InlineData("one  \n   two", 50, "one\n   two")]
    [InlineData("<b>\u202E</b>", 50, "<b></b>")]
    public void Several_lines(string typed, int max, string stored) => Assert.Equal(stored, TypedText.MultiLine(typed, max));

    [Fact]
    public void Nothing_is_null_on_request()
    {
        Assert.Null(TypedText.OneLineOrNull(" \u0000 ", 10));
        Assert.Null(TypedText.MultiLineOrNull("\n", 10));
        Assert.Equal("a", TypedText.OneLineOrNull(" a", 10));
    }

    [Fact]
    public void Stored_text_is_bounded_composed_and_stable()
    {
        var text = Gen.Elements("a", " ", "\n", "\r", "\t", "e\u0301", "\uD800", "𠀋", "\u202E", "\u0000", "\u2028", "\u200D").ArrayOf().Select(string.Concat).ToArbitrary();
        Prop.ForAll(text, typed => Lawful(TypedText.OneLine(typed, 20), one => TypedText.OneLine(one, 20))
            && Lawful(TypedText.MultiLine(typed, 20), one => TypedText.MultiLine(one, 20)))
            .MustHold(2000);

        static bool Lawful(string stored, Func<string, string> again) =>
            stored.Length <= 20 && stored.IsNormalized(NormalizationForm.FormC) && string.Equals(again(stored), stored, StringComparison.Ordinal)
            && string.Equals(stored.Trim(), stored, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('a')]
    [InlineData(' ')]
    [InlineData('\n')]
    [InlineData('\u0301')]
    [InlineData('\u202E')]
    [InlineData('\uDC00')]
    public void A_megabyte_of_anything_is_harmless(char c)
    {
        Assert.True(TypedText.OneLine(new string(c, 1_000_000), 200).Length <= 200);
        Assert.True(TypedText.MultiLine(new string(c, 1_000_000) + "b", 100_000).Length <= 100_000);
    }
}
