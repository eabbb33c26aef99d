using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Tests.Modules.Platform.Security;

/// <summary>Laws of what is a card or a national id in a text, and what is none.</summary>
public sealed class SecretNumberTests
{
    private static readonly (string Prefix, int Length)[] Issuers =
        [("4", 16), ("4", 13), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16), ("65", 16), ("36", 14), ("3530", 16), ("62", 17)];

    private static readonly string[] Texts = ["{0}", "pays with {0}, expires 12/27", "Visa{0}.", "call 541-555-0142 and {0} now", "12 Elm St\n{0}\n97477"];

    private static readonly Gen<string> Cards =
        from issuer in Gen.Elements(Issuers)
        from digits in Gen.ArrayOf(Gen.Choose(0, 9), issuer.Length - issuer.Prefix.Length - 1)
        select WithCheckDigit(issuer.Prefix + string.Concat(digits));

    [Fact]
    public void Any_card_is_found_and_masked_however_its_digits_are_grouped() =>
        Prop.ForAll((from card in Cards
                     from size in Gen.Elements(4, 4, 4, 5, 2, 1, 8, 20)
                     from separator in Gen.Elements("", " ", "-", ".", " - ", "\u00A0", "\u2013")
                     from text in Gen.Elements(Texts)
                     select (card, text, written: string.Join(separator, card.Chunk(size).Select(c => new string(c))))).ToArbitrary(), given =>
        {
            var whole = string.Format(CultureInfo.InvariantCulture, given.text, given.written);
            var found = SecretNumbersInText.Find(whole);
            var masked = SecretNumbersInText.Mask(whole, found);
            return found.Count == 1 && found[0].Kind == SecretNumberKind.Card && whole.Substring(found[0].Start, found[0].Length) == given.written
                && masked.Contains($"[***{given.card[^4..]}]", StringComparison.Ordinal) && SecretNumbersInText.Find(masked).Count == 0;
        }).MustHold(1_000);

    [Fact]
    public void Between_strokes_commas_and_colons_it_is_one_in_groups_as_cards_have_them() =>
        Prop.ForAll((from card in Cards
                     from size in Gen.Elements(4, 4, 5)
                     from separator in Gen.Elements("/", "_", ",", ":", " / ")
                     from text in Gen.Elements(Texts)
                     select (card, text, written: string.Join(separator, card.Chunk(size).Select(c => new string(c))))).ToArbitrary(), given =>
        {
            var whole = string.Format(CultureInfo.InvariantCulture, given.text, given.written);
            return SecretNumbersInText.Find(whole) is [{ Kind: SecretNumberKind.Card } found] && whole.Substring(found.Start, found.Length) == given.written;
        }).MustHold(1_000);

    [Fact]
    public void Days_times_and_lists_of_small_numbers_are_none() =>
        Prop.ForAll((from parts in Gen.ArrayOf(Gen.Choose(1, 59), 24) from written in Gen.Elements("{0:00}/{1:00}/20{2:00}", "{0}/{1}/{2:00}", "20{0:00}/{1:00}/{2:00}", "{0}:{1:00}", "{0:00}:{1:00}:{2:00}", "{0},{1},{2}")
                     from between in Gen.Elements(", ", ",", "; ", " / ", " to ")
                     select string.Join(between, parts.Chunk(3).Where(c => c.Length == 3).Select(c => string.Format(CultureInfo.InvariantCulture, written, c[0], c[1], c[2])))).ToArbitrary(),
            text => SecretNumbersInText.Find(text).Count == 0).MustHold(2_000);

    [Theory]
    [InlineData("4111 1111 1111 1111", true)]
    [InlineData("4111-1111-1111-1111", true)]
    [InlineData("3782 822463 10005", true)]
    [InlineData("+4111111111111111", true)]
    [InlineData("123-45-6789", true)]
    [InlineData("4222222222222", false)]
    [InlineData("030 12 3456", false)]
    [InlineData("+49 151 2345 6789 01", false)]
    [InlineData("(541) 555-0142 / 541-555-0143", false)]
    [InlineData("0049 151 23456789, ext 4111", false)]
    public void Where_a_phone_belongs_a_card_is_found_and_a_phone_is_none(string text, bool secret) => Assert.Equal(secret, SecretNumbersInText.Find(text, phone: true).Count == 1);

    [Fact]
    public void One_wrong_digit_and_it_is_no_card() =>
        Prop.ForAll((from card in Cards from at in Gen.Choose(0, card.Length - 1) from more in Gen.Choose(1, 9) select (card, at, more)).ToArbitrary(), given =>
        {
            var digits = given.card.ToCharArray();
            digits[given.at] = (char)('0' + ((digits[given.at] - '0' + given.more) % 10));
            return SecretNumbersInText.Find(new string(digits)).Count == 0;
        }).MustHold(1_000);

    [Fact]
    public void No_reference_number_of_the_house_is_taken_for_one() =>
        Prop.ForAll((from sequence in Gen.Choose(0, int.MaxValue).Select(n => (long)n * 40) from prefix in Gen.Elements("", "C", "P") from text in Gen.Elements(Texts) select (sequence, prefix, text)).ToArbitrary(),
            given => SecretNumbersInText.Find(string.Format(CultureInfo.InvariantCulture, given.text, ReferenceNumber.Format(given.sequence, given.prefix))).Count == 0).MustHold(2_000);

    [Fact]
    public void A_national_id_is_found_where_its_area_is_given_out() =>
        Prop.ForAll((from area in Gen.Choose(0, 999) from part in Gen.Choose(0, 99) from serial in Gen.Choose(0, 9_999) from separator in Gen.Elements('-', ' ', '.') select (area, part, serial, separator)).ToArbitrary(), given =>
        {
            var number = $"{given.area:000}{given.separator}{given.part:00}{given.separator}{given.serial:0000}";
            var real = given.area is > 0 and < 900 and not 666 && given.part > 0 && given.serial > 0;
            var found = SecretNumbersInText.Find($"his number is {number}, he says");
            return real ? found is [{ Kind: SecretNumberKind.NationalId, Length: 11 }] : found.Count == 0;
        }).MustHold(1_000);

    [Fact]
    public void Any_text_at_all_can_be_masked_and_nothing_is_left_to_mask() =>
        Prop.ForAll((from parts in Gen.ArrayOf(Gen.OneOf(Cards, Gen.Elements(" ", "-", "123-45-6789", "x", "\u0664\u0661", "4", "1111", "\uD83D\uDE00", "ssn 123456789"), ArbMap.Default.GeneratorFor<string>().Select(s => s ?? "")), 8)
                     select string.Concat(parts)).ToArbitrary(), text =>
        {
            var found = SecretNumbersInText.Find(text);
            return found.Zip(found.Skip(1)).All(pair => pair.First.End <= pair.Second.Start) && SecretNumbersInText.Find(SecretNumbersInText.Mask(text, found)).Count == 0;
        }).MustHold(2_000);

    [Theory]
    [InlineData("541-555-0142 541-555-0143 541-555-0144")]
    [InlineData("+49 151 2345 6789 01")]
    [InlineData("2026-11-21 2026-11-22 2026-11-23")]
    [InlineData("meter 12345678 read 52341 on 21 Nov 2026, before 52298")]
    [InlineData("1-800-123-45-6789")]
    [InlineData("4711-0420-3 1234")]
    [InlineData("ZIP 97477-1234, account 4711-0420-3")]
    [InlineData("4111 1111 1111 1112")]
    [InlineData("order 123456789")]
    [InlineData("read 4123, 4256, 4380, 4519 in four months")]
    [InlineData("paid 4,111,111.11 on 11/21/2026 at 10:15:30")]
    [InlineData("rooms 101/102/103/104, keys 12:30")]
    public void Everyday_numbers_are_left_alone(string text) => Assert.Empty(SecretNumbersInText.Find(text));

    [Theory]
    [InlineData("SSN 123456789")]
    [InlineData("123/45/6789")]
    [InlineData("card 4111/1111/1111/1111, valid 12/27")]
    [InlineData("4111_1111_1111_1111_1227")]
    [InlineData("3782:822463:10005")]
    [InlineData("social security number is 123456789")]
    [InlineData("\u0664\u0661\u0661\u0661 \u0661\u0661\u0661\u0661 \u0661\u0661\u0661\u0661 \u0661\u0661\u0661\u0661")]
    public void Said_in_other_ways_it_is_one_all_the_same(string text) => Assert.Single(SecretNumbersInText.Find(text));

    private static string WithCheckDigit(string digits) =>
        Enumerable.Range(0, 10).Select(d => digits + (char)('0' + d)).First(n => n.Reverse().Select((c, i) => (c - '0') * (i % 2 + 1)).Sum(v => v > 9 ? v - 9 : v) % 10 == 0);
}
