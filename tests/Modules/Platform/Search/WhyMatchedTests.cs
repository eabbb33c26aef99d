using Tieline.Customers.Finding;
using Tieline.Platform.Search;

namespace Tieline.Tests.Modules.Platform.Search;

public class WhyMatchedTests
{
    private static readonly CustomerDetail Ana = new(
        1, "P-0000-0101-1", "Ana Ruiz-Ortega", false, false, 2, "4711-0420-3", "Active", 3, "12 N Elm St, Springfield, OR 97477",
        ["former Ana de la López"], ["+15415550142"], ["ana.ruiz@example.com"], ["PO Box 77, Eugene OR 97401"], ["ab|NationalId|6789"]);

    [Theory]
    [InlineData("rui", "name: Ana [Rui]z-Ortega|e-mail: ana.[rui]z@example.com")]
    [InlineData("ortega", "name: Ana Ruiz-[Ortega]")]
    [InlineData("delalopez", "former name: [Ana de la López]")]
    [InlineData("lopez", "former name: Ana de la [López]")]
    [InlineData("street", "address: 12 N Elm [St], Springfield, OR 97477")]
    [InlineData("12 elm", "address: [12] N [Elm] St, Springfield, OR 97477")]
    [InlineData("97477", "address: 12 N Elm St, Springfield, OR [97477]")]
    [InlineData("0142", "phone: (541) 555-[0142]")]
    [InlineData("555-0142", "phone: (541) [555-0142]")]
    [InlineData("4711-0420-3", "account: [4711-0420-3]")]
    [InlineData("47110420", "account: [4711-0420]-3")]
    [InlineData("P-0000-0101-1", "customer: P-[0000-0101-1]")]
    [InlineData("ana.ruiz@exam", "e-mail: [ana.ruiz@exam]ple.com")]
    [InlineData("eugene", "mail goes to: PO Box 77, [Eugene] OR 97401")]
    [InlineData("900123456", "national id: […6789]")]
    [InlineData("smith", "")]
    public void The_matched_part_of_each_field_is_marked(string typed, string expected)
    {
        var query = SearchKeys.Parse(typed, number => number == "900123456" ? ["AB"] : []);
        var why = new WhyMatched(query, "US").Of(Ana);

        Assert.Equal(expected, string.Join('|', why.Select(w => $"{w.Label}: {string.Concat(w.Text.Select(p => p.Match ? $"[{p.Text}]" : p.Text))}")));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Hostile_text_is_shown_as_it_is(string typed)
    {
        var detail = Ana with { Name = typed, Premise = typed, Emails = [typed], Phones = ["+1"], OtherNames = [$"former {typed}"] };
        foreach (var why in new WhyMatched(SearchKeys.Parse(typed + " ana"), "US").Of(detail).Where(w => w.Field is WhyField.Name or WhyField.Premise or WhyField.Email))
            Assert.Equal(typed, string.Concat(why.Text.Select(p => p.Text)));
    }

    public static TheoryData<string> Hostile => [.. SearchHostileTests.Texts.Where(t => t.Length > 0 && !t.Any(char.IsSurrogate))];
}
