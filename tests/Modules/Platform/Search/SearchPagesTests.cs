using Tieline.Customers.Finding;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Search;

/// <summary>No silent cut-off: every match is reached, exactly once, in one order.</summary>
public class SearchPagesTests
{
    private static readonly string[] Given = ["John", "Mary", "Ann", "Bo", "Carl", "Smith", "Zoë", "Élan"];

    private static IEnumerable<SearchRow> Smiths(Func<long> next) =>
        Enumerable.Range(0, 1_500).Select(i => People.Row(next, Given[i % Given.Length], i % 3 == 0 ? "Smith" : i % 3 == 1 ? "Smith-Jones" : "Abel Smith", $"{i + 1} Elm St, Springfield, OR 97477"))
            .Concat(Enumerable.Range(0, 300).Select(i => People.Row(next, "John", "Smith", $"{i + 1} Oak St, Springfield, OR 97477")))
            .Concat(Enumerable.Range(0, 700).Select(i => People.Row(next, "Eve", $"Else{(char)('a' + (i % 26))}", $"{i + 1} Elm St, Springfield, OR 97477")));

    [Theory, BothDatabases]
    public async Task All_of_1500_Smiths_on_Elm_Street(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await People.Load(house, Smiths);

        foreach (var (typed, all) in new[] { ("smith elm 97477", 1_500), ("elm 97477 smith", 1_500), ("97477 smith", 1_800), ("smith oak", 300), ("elm", 2_200), ("smiht elm", 1_500), ("joh smith", 488) })
        {
            var seen = new List<SearchHit>();
            string? cursor = null;
            do
            {
                var page = await People.Find(house, typed, cursor, 70);
                Assert.Equal(Math.Min(all, ISearch.Cap + 1), page.Total);
                Assert.Equal(all > ISearch.Cap, page.More);
                Assert.True(page.Hits.Count == 70 || page.Next is null);
                seen.AddRange(page.Hits);
                cursor = page.Next;
            }
            while (cursor is not null);
            Assert.Equal(all, seen.Count);
            Assert.Equal(all, seen.DistinctBy(h => h.Id).Count());
            Assert.Equal(all, await People.Count(house, typed));
        }
    }

    [Theory, BothDatabases]
    public async Task Names_that_begin_with_the_first_word_come_first(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await People.Load(house, Smiths);
        var page = await People.Find(house, "smith elm", null, 200);

        Assert.All(page.Hits, h => Assert.StartsWith("smith", h.Sort, StringComparison.Ordinal));
        Assert.Equal(page.Hits.Select(h => h.Sort).Order(StringComparer.Ordinal), page.Hits.Select(h => h.Sort));
    }

    [Theory, BothDatabases]
    public async Task While_rows_change_nobody_is_missed_or_shown_twice(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var people = new List<long>();
        for (var i = 0; i < 40; i++)
            people.Add(await People.Add(house, "Ana", "Same", $"{i + 1} Elm St, Springfield, OR 97477"));
        var seen = new List<long>();
        string? cursor = null;
        var turn = 0;
        do
        {
            var page = await People.Find(house, "same elm", cursor, 7);
            seen.AddRange(page.Hits.Select(h => h.OwnerId));
            cursor = page.Next;
            await using var scope = house.As(Actor.Process("test"));
            foreach (var id in people.Where((_, i) => i % 3 == turn % 3))
                scope.Get<CustomerIndex>().PersonChanges(id);
            await scope.Db.SaveChangesAsync();
            turn++;
        }
        while (cursor is not null);

        Assert.Equal(people.Order(), seen.Order());
    }

    [Theory, BothDatabases]
    public async Task A_cursor_that_nobody_gave_out_is_told_from_the_start(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await People.Load(house, next => Smiths(next).Take(20));
        foreach (var cursor in new[] { "x", "%%%", "MTA", "////", new string('A', 10_000), "MTF8fHx8", "\0", "MDB8" })
            await Assert.ThrowsAsync<UnknownCursorException>(() => People.Find(house, "smith", cursor));
        Assert.Equal(20, (await People.Find(house, "smith", "")).Total);
    }
}
