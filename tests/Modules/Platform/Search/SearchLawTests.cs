using FsCheck;
using FsCheck.Fluent;
using Tieline.Platform.Demo;
using Tieline.Platform.Search;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Search;

/// <summary>A law: any row is found by any of its words, in any order, by any beginning of two letters or more.</summary>
public class SearchLawTests
{
    [Theory, BothDatabases]
    public async Task Any_row_by_any_words_in_any_order_by_any_beginning(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var world = new DemoWorld(new DemoPlan(new DateOnly(2026, 1, 1), 400));
        var rows = new List<(long Owner, string[] Words)>();
        await People.Load(house, next =>
        {
            var made = new List<SearchRow>();
            for (var i = 0; i < 400; i++)
            {
                var person = world.Person(i);
                var premise = world.Premise(i);
                var (given, family) = person.IsOrganization ? ("", person.OrganizationName) : (person.Given, person.Family);
                var row = People.Row(next, given, family, premise.ToString());
                rows.Add((row.OwnerId, [.. SearchText.Words($"{given} {family} {premise}")]));
                made.Add(row);
            }
            return made;
        });
        var questions = (from row in Gen.Elements<(long Owner, string[] Words)>(rows)
                         from count in Gen.Choose(1, 6)
                         from order in Gen.Shuffle(row.Words)
                         from cuts in Gen.ArrayOf(Gen.Choose(2, 12), count)
                         select (row.Owner, Typed: string.Join(' ', order.Take(count).Select((w, i) => Begin(w, cuts[i])))))
            .Sample(50, 300)
            // The number of a flat before that of a house is read as a telephone number: "205 5779".
            .Where(q => !JoinsNumbers(q.Typed.Split(' ')));
        foreach (var (owner, typed) in questions)
        {
            var found = false;
            string? cursor = null;
            do
            {
                var page = await People.Find(house, typed, cursor, 200);
                found |= page.Hits.Any(h => h.OwnerId == owner);
                cursor = page.Next;
            }
            while (cursor is not null && !found);
            Assert.True(found, $"\"{typed}\" does not find {owner}");
        }
    }

    /// <summary>A word is left out of the completions only while every row with it has its beginning as a word as well.</summary>
    [Theory, BothDatabases]
    public async Task A_longer_word_is_found_by_its_beginning_with_and_without_the_shorter_beside_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var both = await People.Add(house, "Ann", "Smith-Hughes", "1 Elm St, Springfield, OR 97477");
        Assert.Equal([both], await Owners(house, "smith"));
        var joined = await People.Add(house, "Bob", "Smithhughes", "2 Elm St, Springfield, OR 97477", email: "hazel82@example.com");
        foreach (var typed in (string[])["smith", "smithh", "smithhughes", "smi elm", "smith 97477"])
            Assert.Equal(new[] { both, joined }.Order(), (await Owners(house, typed)).Order());
        foreach (var typed in (string[])["haz", "hazel", "hazel8", "hazel82", "smith hazel"])
            Assert.Equal([joined], await Owners(house, typed));
    }

    private static bool JoinsNumbers(string[] words) => words.Index().Any(w => GroupedNumber.Read(words.AsSpan(w.Index)) is { Pieces: > 1 });

    private static async Task<long[]> Owners(TestHouse house, string typed) => [.. (await People.Find(house, typed, null, 50)).Hits.Select(h => h.OwnerId).Distinct()];

    [Fact]
    public void Words_of_a_row_know_the_shorter_word_beside_them() =>
        Assert.Equal(
            [("hughes", 0), ("smi", 0), ("smith", 3), ("smithhughes", 5), ("smiths", 5)],
            SearchKeys.Words(["smiths", "smithhughes", "smith", "smi", "hughes", "97477", "~123", "a.b@c"]));

    // A number is typed whole: "12" is neither house 120 nor 12th Street.
    private static string Begin(string word, int letters) => SearchText.Cut(word, letters) is var begin && begin.All(char.IsAsciiDigit) ? word : begin;
}
