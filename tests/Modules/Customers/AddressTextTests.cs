using FsCheck;
using FsCheck.Fluent;
using Tieline.Customers.Premises;
using Tieline.Platform.Search;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public sealed class AddressTextTests
{
    [Theory]
    [InlineData("12 N Elm St Apt 4B, Springfield OR 97477-1234", "12|N|Elm|St||Apt 4B|Springfield|OR|97477-1234")]
    [InlineData("12 n. elm street #4b, springfield, oregon 974771234, USA", "12|N|elm|St||# 4B|springfield|OR|97477-1234")]
    [InlineData("12 N Elm St Springfield OR 97477", "12|N|Elm|St|||Springfield|OR|97477")]
    [InlineData("12 Elm St St Louis MO 63101", "12||Elm|St|||St Louis|MO|63101")]
    [InlineData("2111 W BELLEVUE AVE, 90026", "2111|W|Bellevue|Ave||||" + "|90026")]
    [InlineData("6122 1/2 E MESA AVE", "6122 1/2|E|Mesa|Ave|||||")]
    [InlineData("100 W MARTIN LUTHER KING, JR BLVD, 90037", "100|W|Martin Luther King Jr|Blvd|||||90037")]
    [InlineData("PO Box 12", "||PO Box 12||||||")]
    [InlineData("P.O. Box # 63, Cordova, AK 99574", "||PO Box 63||||Cordova|AK|99574")]
    [InlineData("RR 2 Box 5, Admire, KS 66830", "||RR 2 Box 5||||Admire|KS|66830")]
    [InlineData("2101 Louisiana Boulevard Northeast, Albuquerque, NM 87110", "2101||Louisiana|Blvd|NE||Albuquerque|NM|87110")]
    [InlineData("16165 Southwest Regatta Lane, Suite 1000, Beaverton, OR 97006", "16165|SW|Regatta|Ln||Ste 1000|Beaverton|OR|97006")]
    [InlineData("35 -35C Middle St  South Boston  MA  02127", "35-35C||Middle|St|||South Boston|MA|02127")]
    [InlineData("12  Elm  St", "12||Elm|St|||||")]
    [InlineData("5 North St", "5||North|St|||||")]
    [InlineData("9 Avenue N, Brooklyn, NY 11230", "9||Avenue N||||Brooklyn|NY|11230")]
    [InlineData("120 N AVENUE 25, 90031", "120|N|Avenue 25||||||90031")]
    [InlineData("5th Ave", "||5th|Ave|||||")]
    [InlineData("12 Rose Ct", "12||Rose|Ct|||||")]
    [InlineData("12 Rose Ct Hartford CT 06101", "12||Rose|Ct|||Hartford|CT|06101")]
    [InlineData("Bethel, AK 99559", "||||||Bethel|AK|99559")]
    [InlineData("97477", "||||||||97477")]
    [InlineData("74 Springfield Street B, Agawam, MA 01001", "74||Springfield|St||# B|Agawam|MA|01001")]
    [InlineData("", "||||||||")]
    [InlineData(null, "||||||||")]
    [InlineData(", ; \u202E\u0000 \uD800", "||||||||")]
    public void Takes_apart(string? line, string expected)
    {
        var parts = AddressText.Parse(line);
        Assert.Equal(expected, string.Join('|', parts.HouseNumber, parts.PreDirection, parts.StreetName, parts.StreetType, parts.PostDirection, parts.Unit, parts.City, parts.State, parts.PostalCode));
        Assert.False(parts.IsIntersection);
    }

    [Theory]
    [InlineData("INTERSECTION of Groveland St & River St  Mattapan  MA  ", "Groveland St", "River St", "Mattapan")]
    [InlineData("WILTON PL AT ROMAINE ST, 90038", "Wilton Pl", "Romaine St", null)]
    [InlineData("31ST ST AT BROADWAY, 90007", "31st St", "Broadway", null)]
    [InlineData("Corner of 5th and Main, Springfield, OR", "5th", "Main", "Springfield")]
    public void Takes_intersections_apart(string line, string street, string cross, string? city)
    {
        var parts = AddressText.Parse(line);
        Assert.True(parts.IsIntersection);
        Assert.Equal((street, cross, city), (parts.Street, parts.CrossStreet, parts.City));
    }

    [Theory]
    [InlineData("12 N Elm St Apt 4B, Springfield OR 97477-1234", "12 NORTH ELM STREET UNIT 4B, 97477")]
    [InlineData("507 E Fifth St  South Boston  MA  02127", "507 East 5th Street, South Boston, MA 02127")]
    [InlineData("1364 West 71 Street, Saint Paul, MN 55102", "1364 W 71st St, St Paul, MN 55102")]
    [InlineData("A St & Summer St, Boston, MA", "Intersection of Summer Street and A Street, Boston, MA")]
    [InlineData("6122 1/2 E MESA AVE, 90001", "6122 ½ East Mesa Av., 90001")]
    [InlineData("12 Saint Jämes Ave, 90001", "12 St. James Avenue, 90001")]
    public void The_same_premise_has_the_same_key(string one, string other) =>
        Assert.Equal(AddressText.MatchKey(AddressText.Parse(one)), AddressText.MatchKey(AddressText.Parse(other)));

    [Theory]
    [InlineData("12 N Elm St, 97477", "12 S Elm St, 97477")]
    [InlineData("12 Elm St, 97477", "12 Elm Ave, 97477")]
    [InlineData("12 Elm St, 97477", "12 1/2 Elm St, 97477")]
    [InlineData("12 Elm St Apt 1, 97477", "12 Elm St Apt 2, 97477")]
    [InlineData("12 Elm St, 97477", "12 Elm St, 97478")]
    public void Other_premises_have_other_keys(string one, string other) =>
        Assert.NotEqual(AddressText.MatchKey(AddressText.Parse(one)), AddressText.MatchKey(AddressText.Parse(other)));

    [Fact]
    public void No_street_has_no_key() => Assert.Empty(AddressText.MatchKey(AddressText.Parse("Bethel, AK 99559")));

    [Fact]
    public void Is_written_on_one_line()
    {
        Assert.Equal("12 N Elm St Apt 4B, Springfield, OR 97477-1234", AddressText.Parse("12 north Elm street, apartment 4b, Springfield, OR 97477-1234").OneLine);
        Assert.Equal("Groveland St & River St, Mattapan, MA", AddressText.Parse("INTERSECTION of Groveland St & River St  Mattapan  MA  ").OneLine);
    }

    [Fact]
    public void Is_found_by_short_and_long_words()
    {
        var words = AddressText.SearchWords(AddressText.Parse("507 N Fifth St Apt 4B, Springfield OR 97477-1234")).ToList();
        Assert.Subset(words.ToHashSet(StringComparer.Ordinal), new HashSet<string>(["507", "n", "north", "fifth", "5th", "st", "street", "apt", "apartment", "4b", "springfield", "or", "97477"], StringComparer.Ordinal));
        Assert.Contains("av", AddressText.SearchWords("12 Elm Av"));
        Assert.Contains("avenue", AddressText.SearchWords("12 Elm Av"));
    }

    [Fact]
    public void Any_text_is_taken_apart_without_harm() =>
        Prop.ForAll(Gen.Elements("12", "1/2", "N", "Elm", "St", "Apt", "#", "4B", ",", "  ", "&", "AT", "Box", "OR", "97477", "PO", "of", "INTERSECTION", "\uD800", "\u202E", "-", ".", "5th", "jr", "é").ArrayOf().ToArbitrary(), pieces =>
        {
            var parts = AddressText.Parse(string.Join(' ', pieces));
            return AddressText.MatchKey(parts).Length < 1000 && AddressText.SearchWords(parts).Count() <= SearchText.MaxWords && AddressText.Parse(parts.OneLine) is not null;
        }).MustHold(5000);

    [Fact]
    public void A_megabyte_of_anything_is_harmless()
    {
        foreach (var text in (string[])[new('1', 1_000_000), new(',', 1_000_000), new('#', 1_000_000), new(' ', 1_000_000), string.Concat(Enumerable.Repeat("St ", 300_000)), string.Concat(Enumerable.Repeat("& ", 300_000)), string.Concat(Enumerable.Repeat("1 ", 300_000))])
        {
            Assert.True(AddressText.MatchKey(AddressText.Parse(text)).Length < 2000);
            Assert.True(AddressText.SearchWords(text).Count() <= SearchText.MaxWords);
        }
    }
}
