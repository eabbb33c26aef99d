using FsCheck;
using FsCheck.Fluent;
using Tieline.Platform.Data;
using Xunit;

namespace Tieline.Tests.Modules.Platform;

public sealed class ReferenceNumberTests
{
    private static readonly Arbitrary<long> Sequences =
        (from count in Gen.Choose(1, 18)
         from digits in Gen.Choose(0, 9).ArrayOf(count)
         select digits.Aggregate(0L, (number, digit) => (number * 10) + digit)).ToArbitrary();

    [Theory]
    [InlineData(0, "0000-0000-0")]
    [InlineData(572, "0000-0572-4")]
    [InlineData(123456789, "1234-56789-4")]
    public void Formats(long sequence, string shown) => Assert.Equal(shown, ReferenceNumber.Format(sequence));

    [Fact]
    public void A_letter_says_what_it_numbers() => Assert.Equal("C-0000-0572-4", ReferenceNumber.Format(572, "C"));

    [Fact]
    public void Reads_what_it_writes() =>
        Prop.ForAll(Sequences, sequence =>
            Reads(ReferenceNumber.Format(sequence), sequence) && Reads(ReferenceNumber.Format(sequence, "C"), sequence)
            && Reads(ReferenceNumber.Digits(sequence), sequence) && Reads("# " + ReferenceNumber.Format(sequence).Replace('-', ' '), sequence))
        .MustHold();

    [Fact]
    public void Notices_every_wrong_digit_and_every_exchange_of_neighbours() =>
        Prop.ForAll(Sequences, sequence =>
        {
            var digits = ReferenceNumber.Digits(sequence);
            for (var i = 0; i < digits.Length; i++)
            {
                for (var digit = '0'; digit <= '9'; digit++)
                {
                    if (digit != digits[i] && ReferenceNumber.TryParse(digits[..i] + digit + digits[(i + 1)..], out _))
                    {
                        return false;
                    }
                }
                if (i > 0 && digits[i] != digits[i - 1]
                    && ReferenceNumber.TryParse(digits[..(i - 1)] + digits[i] + digits[i - 1] + digits[(i + 1)..], out _))
                {
                    return false;
                }
            }
            return true;
        }).MustHold();

    [Theory]
    [InlineData("acct: 0000 0572 4")]
    [InlineData("C-0000–0572–4")]
    [InlineData("\u200F٠٠٠٠٠٥٧٢٤")]
    public void Is_tolerant(string typed)
    {
        Assert.True(ReferenceNumber.TryParse(typed, out var sequence));
        Assert.Equal(572, sequence);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("C-")]
    [InlineData("5724")]
    [InlineData("00000005724")]
    [InlineData("0000-0572-5")]
    [InlineData("0000-0572-4 x")]
    [InlineData("99999999999999999999")]
    [InlineData("0000;0572")]
    public void Refuses(string? typed) => Assert.False(ReferenceNumber.TryParse(typed, out _));

    [Fact]
    public void Refuses_a_megabyte() => Assert.False(ReferenceNumber.TryParse(new string('0', 1_000_000), out _));

    private static bool Reads(string typed, long sequence) => ReferenceNumber.TryParse(typed, out var read) && read == sequence;
}
