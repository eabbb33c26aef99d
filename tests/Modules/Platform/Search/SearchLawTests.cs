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
            .Sample(50, 300);
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

    // A number is typed whole: "12" is neither house 120 nor 12th Street.
    private static string Begin(string word, int letters) => SearchText.Cut(word, letters) is var begin && begin.All(char.IsAsciiDigit) ? word : begin;
}
