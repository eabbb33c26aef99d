using FsCheck;
using FsCheck.Fluent;
using Tieline.Customers.People;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("(541) 555-0123", "US", "+15415550123", null)]
    [InlineData("541.555.0123", "US", "+15415550123", null)]
    [InlineData("1 541 555 0123", "US", "+15415550123", null)]
    [InlineData("+1 (541) 555-0123 x123", "GB", "+15415550123", "123")]
    [InlineData("541-555-0123 ext. 5", "US", "+15415550123", "5")]
    [InlineData("541-555-0123, extension 42", "US", "+15415550123", "42")]
    [InlineData("5415550123#7", "US", "+15415550123", "7")]
    [InlineData("tel:+1-541-555-0123;ext=9", "US", "+15415550123", "9")]
    [InlineData("1-800-FLOWERS", "US", "+18003569377", null)]
    [InlineData("1-800-FLOWERS x2", "CA", "+18003569377", "2")]
    [InlineData("800-FLEX-123", "US", "+18003539123", null)]
    [InlineData("\u202D541\u2013555\u20130123\u202C", "US", "+15415550123", null)]
    [InlineData("٥٤١٥٥٥٠١٢٣", "US", "+15415550123", null)]
    [InlineData("011 44 20 7946 0958", "US", "+442079460958", null)]
    [InlineData("0044 20 7946 0958", "US", "+442079460958", null)]
    [InlineData("+44 (0)20 7946 0958", "US", "+442079460958", null)]
    [InlineData("020 7946 0958", "GB", "+442079460958", null)]
    [InlineData("00 1 541 555 0123", "GB", "+15415550123", null)]
    [InlineData("0011 1 541 555 0123", "AU", "+15415550123", null)]
    [InlineData("06 698 12345", "IT", "+390669812345", null)]
    [InlineData("+39 (0)6 698 12345", "US", "+390669812345", null)]
    [InlineData("8 (495) 123-45-67", "RU", "+74951234567", null)]
    [InlineData("8 10 1 541 555 0123", "RU", "+15415550123", null)]
    [InlineData("06 1 234 5678", "HU", "+3612345678", null)]
    [InlineData("01 23 45 67 89", "fr", "+33123456789", null)]
    [InlineData("55 1234 5678", "MX", "+525512345678", null)]
    [InlineData("+679 330 1234", "US", "+6793301234", null)]
    public void Reads(string typed, string country, string e164, string? extension)
    {
        Assert.True(PhoneNumber.TryParse(typed, country, out var number, out var problem), problem);
        Assert.Equal(new PhoneNumber(e164, extension), number);
        Assert.Empty(problem);
    }

    [Theory]
    [InlineData(null, "Enter a telephone number.")]
    [InlineData("  ", "Enter a telephone number.")]
    [InlineData("555-0123", "The area code is missing.")]
    [InlineData("911", "The telephone number is too short: it needs 10 digits.")]
    [InlineData("442079460958", "The telephone number is too long: it has 10 digits, and one abroad begins with +.")]
    [InlineData("(141) 555-0123", "There is no area code 141.")]
    [InlineData("(411) 555-0123", "There is no area code 411.")]
    [InlineData("(541) 155-0123", "No number after the area code begins with 155.")]
    [InlineData("(541) 911-0123", "No number after the area code begins with 911.")]
    [InlineData("+44 FLOWERS", "A telephone number cannot have letters here.")]
    [InlineData("home", "A telephone number cannot have letters here.")]
    [InlineData("541-555-0123 or 0124", "The telephone number is too long: it has 10 digits, and one abroad begins with +.")]
    [InlineData("541;555", "A telephone number has digits, spaces and the signs + - . / ( ) only.")]
    [InlineData("+0 541", "A calling code does not begin with 0.")]
    [InlineData("+", "A calling code does not begin with 0.")]
    [InlineData("+999 1234 5678 9012 3", "A telephone number has at most 15 digits.")]
    [InlineData("541-555-0123 x12345678", "An extension has at most 7 digits.")]
    public void Refuses(string? typed, string sentence)
    {
        Assert.False(PhoneNumber.TryParse(typed, "US", out var number, out var problem));
        Assert.Null(number);
        Assert.Equal(sentence, problem);
    }

    [Fact]
    public void An_unknown_country_needs_the_international_form()
    {
        Assert.False(PhoneNumber.TryParse("541-555-0123", "XX", out _, out var problem));
        Assert.Equal("Begin the number with + and the country's calling code.", problem);
        Assert.True(PhoneNumber.TryParse("+1 541 555 0123", "XX", out _, out _));
    }

    [Theory]
    [InlineData("+15415550123", "5", "US", "(541) 555-0123 ext. 5")]
    [InlineData("+15415550123", null, "GB", "+1 541-555-0123")]
    [InlineData("+442079460958", null, "US", "+44 207 946 0958")]
    [InlineData("+33123456789", null, "FR", "+33 123 456 789")]
    [InlineData("+6793301234", null, "US", "+679 330 1234")]
    public void Displays(string e164, string? extension, string country, string shown) =>
        Assert.Equal(shown, new PhoneNumber(e164, extension).Display(country));

    [Fact]
    public void What_is_displayed_can_be_typed_again()
    {
        var numbers = (
            from area in Gen.Choose(212, 989)
            from exchange in Gen.Choose(212, 989)
            from line in Gen.Choose(0, 9999)
            where area % 100 != 11 && exchange % 100 != 11
            from extension in Gen.Elements(null, "7", "1234567")
            select new PhoneNumber($"+1{area}{exchange}{line:D4}", extension)).ToArbitrary();
        Prop.ForAll(numbers, number => ((string[])["US", "GB", "XX"]).All(country =>
            PhoneNumber.TryParse(number.Display(country), country, out var again, out _) && again == number)).MustHold();
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_a_sentence() =>
        Prop.ForAll<string>(typed => PhoneNumber.TryParse(typed, "US", out var number, out var problem)
            ? number!.E164.Length is > 7 and <= 16 : problem.EndsWith('.')).MustHold(1000);

    [Fact]
    public void Refuses_a_megabyte() => Assert.False(PhoneNumber.TryParse(new string('5', 1_000_000), "US", out _, out _));
}
