using Tieline.Customers;
using Tieline.Customers.Sight;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Sight;

public class FreeTextTests
{
    private static readonly DateOnly Today = new(2026, 11, 22);

    [Theory]
    [InlineData("Call (541) 555-0142 today", "Call •••• 42 today")]
    [InlineData("Call 541.555.0142 or +1 541 555 0142", "Call •••• 42 or •••• 42")]
    [InlineData("write to ana.ruiz@example.com, please", "write to ••••, please")]
    [InlineData("born 3/14/1961", "born ••••")]
    [InlineData("born 14 March 1961 in Rome", "born •••• in Rome")]
    [InlineData("born on 03/14/61", "born on ••••")]
    [InlineData("SSN 123-45-6789", "SSN •••• 89")]
    public void What_looks_like_contact_data_is_masked(string said, string shown) => Assert.Equal(shown, FreeText.Mask(said, (MaskedValues)(-1), Today));

    [Theory]
    [InlineData("Account 4711-0420-3, contact C-0000-0101-1")]
    [InlineData("Meter 12345 read 4711 on 2026-11-20, 84.20 due 12/01/2026 or 12/1/26")]
    [InlineData("12 N Elm St, Springfield OR 97477")]
    [InlineData("Stopped on 3 November 2026, 10:00 to 12:00")]
    public void What_is_none_of_it_stays(string said) => Assert.Equal(said, FreeText.Mask(said, (MaskedValues)(-1), Today));

    [Fact]
    public void What_the_setting_leaves_out_stays() =>
        Assert.Equal("(541) 555-0142 ••••", FreeText.Mask("(541) 555-0142 a@example.com", MaskedValues.Emails, Today));
}
