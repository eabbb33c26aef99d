using Tieline.Customers.People;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public sealed class PersonNameTextTests
{
    [Theory]
    [InlineData("Ruiz, Ana", "Ana", "Ruiz")]
    [InlineData("Ana de la Cruz", "Ana", "de la Cruz")]
    [InlineData("DR JOHN SMITH JR", "JOHN", "SMITH JR")]
    [InlineData("Smith, John, Jr.", "John", "Smith Jr.")]
    [InlineData("Smith, John Jr", "John", "Smith Jr")]
    [InlineData("John Smith, M.D.", "John", "Smith M.D.")]
    [InlineData("Mrs. Mary Ann O'Brien", "Mary Ann", "O'Brien")]
    [InlineData("Maria del Carmen Lopez", "Maria del Carmen", "Lopez")]
    [InlineData("Jan van der Berg III", "Jan", "van der Berg III")]
    [InlineData("Van Morrison", "Van", "Morrison")]
    [InlineData("de la Cruz, Ana Maria", "Ana Maria", "de la Cruz")]
    [InlineData("John & Mary Smith", "John & Mary", "Smith")]
    [InlineData("Cher", null, "Cher")]
    [InlineData("Dr", null, "Dr")]
    [InlineData(" Smith , ", null, "Smith")]
    [InlineData(",,,", null, null)]
    [InlineData("", null, null)]
    [InlineData(null, null, null)]
    public void Splits(string? full, string? given, string? family) => Assert.Equal((given, family), PersonNameText.Split(full, organisation: false));

    [Fact]
    public void An_organisation_stays_whole() => Assert.Equal((null, null), PersonNameText.Split("Smith, Jones & Co", organisation: true));

    [Theory]
    [InlineData("Ana", "de la Cruz", null, "de la cruz ana", "Ana de la Cruz", "de la Cruz, Ana")]
    [InlineData(null, "Cher", null, "cher", "Cher", "Cher")]
    [InlineData(null, null, "Ácme, Inc.", "acme inc", "Ácme, Inc.", "Ácme, Inc.")]
    [InlineData(null, null, null, "", "", "")]
    public void Shows(string? given, string? family, string? full, string sort, string display, string listed)
    {
        Assert.Equal(sort, PersonNameText.Sort(given, family, full));
        Assert.Equal(display, PersonNameText.Display(given, family, full));
        Assert.Equal(listed, PersonNameText.Listed(given, family, full));
    }

    [Fact]
    public void A_megabyte_of_anything_is_harmless()
    {
        foreach (var text in (string[])[new('a', 1_000_000), new(',', 1_000_000), string.Concat(Enumerable.Repeat("de ", 300_000)), string.Concat(Enumerable.Repeat("jr,", 300_000))])
        {
            var (given, family) = PersonNameText.Split(text, organisation: false);
            Assert.True(PersonNameText.Sort(given, family, text).Length <= PersonNameText.MaxSortLength);
        }
    }
}
