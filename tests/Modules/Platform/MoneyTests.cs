using FsCheck.Fluent;
using Tieline.Platform;

namespace Tieline.Tests.Modules.Platform;

public class MoneyTests
{
    [Theory]
    [InlineData("84.20", 8420)]
    [InlineData("$1,284.2", 128420)]
    [InlineData("1284", 128400)]
    [InlineData(".5", 50)]
    [InlineData("-12", -1200)]
    [InlineData("-$12.00", -1200)]
    [InlineData("$-12.00", -1200)]
    [InlineData("(12.00)", -1200)]
    [InlineData("($ 12.00)", -1200)]
    [InlineData("12.00 CR", -1200)]
    [InlineData("12.00-", -1200)]
    [InlineData("USD 3", 300)]
    public void What_files_write_is_read(string typed, long minor)
    {
        Assert.True(Currency.Of("USD").TryRead(typed, out var amount));
        Assert.Equal(new Money(minor), amount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("()")]
    [InlineData("CR")]
    [InlineData("84.205")]
    [InlineData("84,20")]
    [InlineData("1,28.00")]
    [InlineData("1,2845")]
    [InlineData(",123")]
    [InlineData("1.284,20")]
    [InlineData("--12")]
    [InlineData("(-12)")]
    [InlineData("=1+1")]
    [InlineData("1e6")]
    [InlineData("0x10")]
    [InlineData("99999999999999999999999999")]
    [InlineData("EUR 3")]
    [InlineData("٣")]
    public void What_may_mean_something_else_is_not(string typed) => Assert.False(Currency.Of("USD").TryRead(typed, out _));

    [Fact]
    public void What_is_written_is_read_again_in_every_currency()
    {
        foreach (var code in (string[])["USD", "EUR", "JPY", "KWD", "CHF"])
        {
            var currency = Currency.Of(code);
            Prop.ForAll(Gen.Choose(-2_000_000_000, 2_000_000_000).ToArbitrary(), minor =>
            {
                var amount = new Money(minor);
                return currency.TryRead(currency.Text(amount), out var read) && read == amount && currency.TryOf(currency.InMajor(amount), out var same) && same == amount;
            }).MustHold();
        }
    }

    [Fact]
    public void Amounts_read_as_people_write_them()
    {
        Assert.Equal("$1,284.20", Currency.Of("USD").Text(new(128420)));
        Assert.Equal("-$12.00", Currency.Of("USD").Text(new(-1200)));
        Assert.Equal("¥1,284", Currency.Of("JPY").Text(new(1284)));
        Assert.Equal("KWD\u00A01.284", Currency.Of("KWD").Text(new(1284)));
    }
}
