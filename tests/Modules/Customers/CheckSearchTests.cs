using Dapper;
using Npgsql;
using Tieline.Customers.Finding;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Customers.Merging;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

/// <summary>SEARCH-CHECK: what is found is what is on record.</summary>
public sealed class CheckSearchTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task The_demonstration_is_found_as_it_is_on_record(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.LoadTown(300);
        var run = await Check(house, CheckSearch.Report, records: 40);
        Assert.Equal(("Completed", 0L, 0L), (run.State, run.Done, run.Errors));
        Assert.True(run.Skipped > 300, $"{run.Skipped}");
        Assert.Equal(run.Selected, run.Skipped);
        // Written anew, all of them are what they were.
        var before = await Rows(house);
        run = await Check(house, CheckSearch.Rebuild, records: 40);
        Assert.Equal(("Completed", run.Selected), (run.State, (long?)run.Done));
        Assert.Equal(before, await Rows(house));
    }

    [Theory, BothDatabases]
    public async Task What_somebody_broke_is_reported_as_it_is_and_mended(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var house = desk.House;
        var missing = await desk.Person("Ana", "Quillfeather", "541 555 0142");
        var reworded = await desk.Person("Bo", "Ravenscroft");
        var unfound = await desk.Person("Cleo", "Strickland");
        var misfound = await desk.Person("Dora", "Thistlewood");
        var spoilt = await desk.Person("Eli", "Underhill");
        var doubled = await desk.Person("Fay", "Vanterpool");
        var forgotten = await desk.Person("Gus", "Wigglesworth");
        var well = await desk.Person("Hal", "Yarborough");
        var place = await desk.Premise("77 Birch St, Springfield, OR 97477");
        const long Gone = 7_000_000_000;
        await Sql(house, $"delete from search_row where owner_id = {missing.Id}");
        await Sql(house, $"update search_row set sort = 'nobody' where owner_id = {reworded.Id}");
        await Sql(house, $"update search_row set detail = 'nothing that can be read' where owner_id = {spoilt.Id}");
        await Sql(house, $"update search_row set kind = 'customer' where owner_id = {place.Id}");
        await Copy(house, on, doubled.Id, doubled.Id, 8_000_000_000, "zebulon");
        await Copy(house, on, well.Id, Gone, 8_000_000_001, "zacharias");
        await Words(house, on, unfound.Id, add: null);
        await Words(house, on, misfound.Id, add: "zenobia");
        await Sql(house, "delete from search_variant where word = 'wigglesworth'");
        Assert.Equal(["", "Bo Ravenscroft", "", "Dora Thistlewood", ""], [await Found(house, "quillfeather"), await Found(house, "ravenscroft"), await Found(house, "strickland"), await Found(house, "zenobia"), await Found(house, "wigglesworth")]);

        var report = await Check(house, CheckSearch.Report, records: 3);
        Assert.Equal(("CompletedWithErrors", 0L, 1L, 9L), (report.State, report.Done, report.Skipped, report.Errors));
        var told = await Errors(house);
        string Of(long id) => told.Single(e => e.About.Id == id) is { } error && error.About.Kind == (id == place.Id ? "premise" : "person") ? error.Message : "";
        Assert.Equal("It is not found: a search row is missing.", Of(missing.Id));
        Assert.Equal("What is shown of it when it is found is not what is on record.", Of(reworded.Id));
        Assert.Equal("The words by which it is found are not those on record.", Of(unfound.Id));
        Assert.Equal("The words by which it is found are not those on record.", Of(misfound.Id));
        Assert.Equal("It is not found: a search row is missing.", Of(spoilt.Id));
        Assert.Equal("It is found as something that it is not: there is a search row too many.", Of(doubled.Id));
        Assert.Equal("It is not found by the beginning of one of its words, or by one with a typing error.", Of(forgotten.Id));
        Assert.Equal("What is shown of it when it is found is not what is on record.", Of(place.Id));
        Assert.Equal("It is found, and is not on record any more.", Of(Gone));
        // A report changes nothing, and says nothing twice.
        Assert.Equal("", await Found(house, "quillfeather"));
        Assert.Equal(9, (await Check(house, CheckSearch.Report)).Errors);
        Assert.Equal(9, await desk.Count("to_do", "type_code = 'BATCH-ERROR' and state = 'Open'"));

        var mended = await Check(house, null, records: 4);
        Assert.Equal(("Completed", 9L, 1L), (mended.State, mended.Done, mended.Skipped));
        Assert.Equal(["Ana Quillfeather", "Ana Quillfeather", "Cleo Strickland", "Eli Underhill", "Gus Wigglesworth", "Gus Wigglesworth"],
            [await Found(house, "quillf"), await Found(house, "0142"), await Found(house, "strickland"), await Found(house, "underhill"), await Found(house, "wiggle"), await Found(house, "wiglesworth")]);
        Assert.Equal(["", "", ""], [await Found(house, "zenobia"), await Found(house, "zebulon"), await Found(house, "zacharias")]);
        Assert.Equal("77 Birch St, Springfield, OR 97477", await Found(house, "77 birch"));
        // The report is settled by it.
        Assert.Empty(await Errors(house));
        Assert.Equal((0L, 9L), (await desk.Count("to_do", "type_code = 'BATCH-ERROR' and state = 'Open'"), await desk.Count("to_do", "type_code = 'BATCH-ERROR' and state = 'Complete'")));
        Assert.Equal(("Completed", 0L, 9L), (await Check(house, CheckSearch.Report)) is var again ? (again.State, again.Done, again.Skipped) : default);
    }

    [Theory, BothDatabases]
    public async Task Whoever_was_merged_or_restricted_is_not_found_again_by_it(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor, secret) = (await desk.Person("Anna", "Quillfeather"), await desk.Person("Ana", "Ravenscroft"), await desk.Person("Sol", "Strickland"));
        await MergeTests.Merge(desk.House, old.Id, survivor.Id);
        CustomerDesk.Ok(await desk.Do<RestrictPerson, RestrictPerson.Input>(new(secret.Id, (await desk.Facts(secret.Id, Roles.Supervisor)).Version, PersonRestriction.Vip, "A minister"), Roles.Supervisor));
        var before = await Rows(desk.House);
        foreach (var how in (string?[])[CheckSearch.Report, null, CheckSearch.Rebuild])
            Assert.Equal(("Completed", 0L), (await Check(desk.House, how)) is var run ? (run.State, run.Errors) : default);
        Assert.Equal(before, await Rows(desk.House));
        Assert.Equal(("Ana Ravenscroft", ""), (await Found(desk.House, "quillfeather"), await Found(desk.House, "strickland")));
        // Their rows would be too many.
        await Copy(desk.House, on, survivor.Id, secret.Id, 8_000_000_000, "zebulon");
        Assert.Equal("Ana Ravenscroft", await Found(desk.House, "zebulon"));
        Assert.Equal(1, (await Check(desk.House, null)).Done);
        Assert.Equal("", await Found(desk.House, "zebulon"));
    }

    [Theory, InlineData(CheckSearch.Mend), InlineData(CheckSearch.Report), InlineData(CheckSearch.Rebuild)]
    public async Task Whoever_changes_a_record_at_the_same_moment_is_found_as_they_wrote_it(string how)
    {
        await using var desk = await CustomerDesk.Open(TestDatabase.Postgres);
        var house = desk.House;
        var person = await desk.Person("Ana", "Quillfeather");
        var place = await desk.Premise("77 Birch St, Springfield, OR 97477");
        // Somebody has renamed her and repainted the house number, with the search rows, and is about to commit.
        await using var user = new NpgsqlConnection(house.Database);
        await user.OpenAsync(Ct);
        await using var change = await user.BeginTransactionAsync(Ct);
        await user.ExecuteAsync($"select id from premise where id = {place.Id} for update; select id from person where id = {person.Id} for update", transaction: change);
        await user.ExecuteAsync($"""
            update person set display_name = 'Ana Zobel', sort_name = 'zobel ana' where id = {person.Id};
            update person_name set family = 'Zobel', full_name = 'Ana Zobel' where person_id = {person.Id};
            update premise set house_number = '79', one_line = '79 Birch St, Springfield, OR 97477' where id = {place.Id};
            update search_row set sort = 'zobel ana', detail = replace(detail, 'Quillfeather', 'Zobel'), keys = array_to_tsvector(array_replace(tsvector_to_array(keys), 'quillfeather', 'zobel')) where owner_id = {person.Id};
            insert into search_variant values ('zobel', 'zobel', 0), ('obel', 'zobel', 0), ('zbel', 'zobel', 0), ('zoel', 'zobel', 0), ('zobl', 'zobel', 0), ('zobe', 'zobel', 0);
            update search_row set sort = replace(sort, '77 ', '79 '), detail = replace(detail, '77 Birch', '79 Birch'), keys = array_to_tsvector(array_replace(tsvector_to_array(keys), '77', '79')) where owner_id = {place.Id}
            """, transaction: change);
        var check = Task.Run(() => Check(house, how), Ct);
        await Races.Meet(check);
        if (how == CheckSearch.Rebuild)
            Assert.False(check.IsCompleted);
        await change.CommitAsync(Ct);
        var run = await check;
        Assert.Equal(("Completed", 0L), (run.State, run.Errors));
        Assert.Equal(("Ana Zobel", "", "79 Birch St, Springfield, OR 97477", ""), (await Found(house, "zobel"), await Found(house, "quillfeather"), await Found(house, "79 birch"), await Found(house, "77 birch")));
        Assert.Equal(("Completed", 0L), (await Check(house, CheckSearch.Report)) is var after ? (after.State, after.Errors) : default);
    }

    [Fact]
    public async Task What_seems_wrong_only_while_somebody_changes_it_is_looked_at_again_when_they_have()
    {
        await using var desk = await CustomerDesk.Open(TestDatabase.Postgres);
        var house = desk.House;
        var person = await desk.Person("Ana", "Quillfeather");
        await Sql(house, $"update search_row set sort = 'wrong' where owner_id = {person.Id}");
        // Somebody renames her at this moment: the check holds her only after them, and writes what they wrote.
        await using var user = house.As(Roles.Supervisor);
        var (holds, mayCommit) = (new TaskCompletionSource(), new TaskCompletionSource());
        var renames = Task.Run(() => user.Db.InTransaction(async () =>
        {
            var facts = await user.Get<GetPerson>().Handle(new(person.Id), Ct);
            CustomerDesk.Ok(await user.Get<ReplaceMainName>().Handle(new(person.Id, facts.Value.Version, "Ana", "Zobel"), Ct));
            holds.SetResult();
            await mayCommit.Task;
            return true;
        }, Ct), Ct);
        await holds.Task;
        var check = Task.Run(() => Check(house, null), Ct);
        await Races.Meet(check);
        Assert.False(check.IsCompleted);
        mayCommit.SetResult();
        Assert.True(await renames);
        Assert.Equal(("Completed", 0L, 1L), (await check) is var run ? (run.State, run.Done, run.Skipped) : default);
        Assert.Equal("Ana Zobel", await Found(house, "zobel"));
        Assert.Equal(("Completed", 0L), (await Check(house, CheckSearch.Report)) is var after ? (after.State, after.Errors) : default);
    }

    [Theory, BothDatabases]
    public async Task It_asks_as_many_statements_of_many_as_of_few(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.LoadTown(200);
        var today = new DateOnly(2026, 3, 10);
        async Task<string> Statements(int records)
        {
            await using var scope = house.As(Actor.Process("test"));
            using var counter = new StatementCounter(house);
            var step = await scope.Get<IEnumerable<IBatchProcess>>().Single(p => p.Code == CheckSearch.BatchCode).Do(new BatchInput(today, new Dictionary<string, string>()), new BatchSlice(0, long.MaxValue, records), Ct);
            Assert.Equal(records, step.Skipped);
            // What the full-text table of SQLite asks for itself is not ours.
            return string.Join('\n', counter.Selects.Where(s => !s.Contains("FROM 'main'", StringComparison.Ordinal)).Select(s => s.Length > 60 ? s[..60] : s));
        }

        var (few, many) = (await Statements(20), await Statements(200));
        Assert.Equal(few, many);
    }

    private static async Task<BatchRunLine> Check(TestHouse house, string? how, int? records = null)
    {
        await using var scope = house.As(Roles.Operator);
        var run = CustomerDesk.Ok(await scope.Get<SubmitBatch>().Handle(new(CheckSearch.BatchCode, null, how is null ? null : new Dictionary<string, string> { [CheckSearch.How] = how }, Records: records), Ct));
        await house.RunJobs();
        return CustomerDesk.Ok(await scope.Get<GetBatchRun>().Handle(new(run.Id), Ct));
    }

    private static async Task<IReadOnlyList<BatchErrorLine>> Errors(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return CustomerDesk.Ok(await scope.Get<ListBatchErrors>().Handle(new(Size: 100), Ct)).Items;
    }

    private static async Task<string> Found(TestHouse house, string typed)
    {
        await using var scope = house.As(Roles.Supervisor);
        return (await scope.Get<ISearch>().Find(typed, null, 10, Ct)).Hits is [var hit, ..] ? CustomerDetail.Read(hit.Detail).Name : "";
    }

    /// <summary>All that the index shows.</summary>
    private static async Task<IReadOnlyList<(long Id, string Kind, long Owner, string Sort, string Detail)>> Rows(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        return [.. await (await scope.Connection()).QueryAsync<(long, string, long, string, string)>("select id, kind, owner_id, sort, detail from search_row order by id")];
    }

    private static async Task Sql(TestHouse house, string sql)
    {
        await using var scope = house.As(Actor.Process("test"));
        await (await scope.Connection()).ExecuteAsync(sql);
    }

    /// <summary>A row of one owner once more, for another, found by a word of its own.</summary>
    private static async Task Copy(TestHouse house, TestDatabase on, long from, long owner, long id, string key)
    {
        await Sql(house, on == TestDatabase.Postgres
            ? $"insert into search_row (id, kind, owner_id, sort, detail, keys) select {id}, kind, {owner}, sort, detail, array_to_tsvector(array['{key}']) from search_row where owner_id = {from} order by id limit 1"
            : $"insert into search_row (id, kind, owner_id, sort, detail) select {id}, kind, {owner}, sort, detail from search_row where owner_id = {from} order by id limit 1; insert into search_word (rowid, keys) values ({id}, '{key}')");
        await Learn(house, key);
    }

    /// <summary>Takes the words of the owner's row away, or adds one that is not theirs.</summary>
    private static async Task Words(TestHouse house, TestDatabase on, long owner, string? add)
    {
        await using var scope = house.As(Actor.Process("test"));
        var row = (await scope.Get<ISearch>().RowsOf([owner], Ct)).Single();
        if (on == TestDatabase.Postgres)
        {
            await Sql(house, $"update search_row set keys = {(add is null ? "''::tsvector" : $"keys || array_to_tsvector(array['{add}'])")} where id = {row.Id}");
        }
        else if (add is null)
        {
            await Sql(house, $"delete from search_word where rowid = {row.Id}");
        }
        else
        {
            // As the row was written, with one word more.
            await using var written = house.As(Actor.Process("test"));
            var person = written.Db.Set<Person>().Where(p => p.Id == owner);
            var full = await Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.SingleAsync(
                Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.Include(person, p => p.Names), Ct);
            var keys = CustomerRows.OfPerson(row.Id, full, null, null).Keys.Append(add);
            await Sql(house, $"delete from search_word where rowid = {row.Id}; insert into search_word (rowid, keys) values ({row.Id}, '{string.Join(' ', keys)}')");
        }
        if (add is not null)
            await Learn(house, add);
    }

    private static Task Learn(TestHouse house, string word) => Sql(house, $"insert into search_variant (variant, word, covered) values ('{word}', '{word}', 0)");
}
