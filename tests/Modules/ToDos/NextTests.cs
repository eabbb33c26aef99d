using System.Text.RegularExpressions;
using Dapper;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Organization;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

public class NextTests
{
    private static readonly Actor Supervisor = Actors.Of(Roles.Supervisor);

    [Theory, BothDatabases]
    public async Task By_priority_then_day_then_age_of_mine_and_my_roles_and_nothing_else(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var bea = work.Person(work.Bea);
        var later = await work.Add(work.Bea, days: 3, priority: 4);
        var older = await work.Add(role: work.Role, days: 1, priority: 4);
        var younger = await work.Add(work.Bea, days: 1, priority: 4);
        var urgent = await work.Add(role: work.Role, days: 9, priority: 2);
        await work.Add(role: work.OtherRole, priority: 1);
        await work.Add(work.Carl, priority: 1);
        var held = await work.Add(work.Bea, priority: 1);
        Assert.True((await work.Do<HoldToDo, HoldToDo.Input, Done>(bea, new(held, 0, work.Today.AddDays(1), "waits"))).Ok);
        Assert.True((await work.Start(work.Person(work.Carl), await work.Add(role: work.Role, priority: 1))).Ok);

        var given = new List<long?>();
        for (var i = 0; i < 5; i++)
            given.Add(await Next(work, bea));
        Assert.Equal([urgent, older, younger, later, null], given);
        Assert.Equal(("BeingWorkedOn", "Bea Long"), ((await work.Get(urgent)).ToDo.State, (await work.Get(urgent)).ToDo.WorkedBy));
        Assert.Equal("started", (await work.Get(urgent)).Log[0].Action);
    }

    [Theory, BothDatabases]
    public async Task Of_a_role_of_mine_only_and_for_employees_only(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await work.Add(work.Bea, priority: 1);
        var shared = await work.Add(role: work.Role, priority: 9);
        Assert.Equal(shared, (await work.Do<NextToDo, NextToDo.Input, NextToDo.Given>(work.Person(work.Bea), new(work.Role))).Value.Id);
        Assert.Equal("todo.role.not_mine", (await work.Do<NextToDo, NextToDo.Input, NextToDo.Given>(work.Person(work.Bea), new(work.OtherRole))).Rule());
        Assert.Equal("todo.start.not_employee", (await work.Do<NextToDo, NextToDo.Input, NextToDo.Given>(new Actor(ActorKind.ApiKey, 1, "machine", new HashSet<string> { "todos.work" }), new())).Rule());
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Do<NextToDo, NextToDo.Input, NextToDo.Given>(new Actor(ActorKind.Employee, work.Bea, "Bea", new HashSet<string>()), new()));
    }

    [Theory, BothDatabases]
    public async Task Fifty_at_once_get_fifty_and_the_fifty_first_nothing(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        for (var i = 0; i < 50; i++)
            await work.Add(role: work.Role, priority: 1 + (i % 9));
        var given = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => Next(work, work.Person(i % 2 == 0 ? work.Bea : work.Carl)))));
        Assert.Equal(50, given.OfType<long>().Distinct().Count());
        Assert.Null(await Next(work, work.Person(work.Bea)));
    }

    [Theory, BothDatabases]
    public async Task It_follows_its_own_index_also_where_one_role_has_all_there_is(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await work.Add(role: work.Role);
        await using var scope = house.As(Supervisor);
        if (on == TestDatabase.Postgres)
        {
            var connection = await scope.Connection();
            await connection.ExecuteAsync("insert into to_do select (jsonb_populate_record(t, jsonb_build_object('id', t.id + n, 'priority', n / 2000))).* from to_do t, generate_series(1, 20000) n");
            await connection.ExecuteAsync("vacuum analyze to_do");
        }
        using var counter = new StatementCounter(house);
        Assert.NotNull(await Next(work, work.Person(work.Bea)));
        var look = Assert.Single(counter.Selects, s => s.Contains("c.priority", StringComparison.Ordinal));
        var plan = await scope.Plan(look, work.Role);
        Assert.Equal(["ix_to_do_next", "ix_to_do_next"], Regex.Matches(plan, @"\bix_to_do_\w+").Select(m => m.Value));
    }

    [Theory, BothDatabases]
    public async Task What_others_have_in_hand_does_not_stand_in_the_way_and_it_asks_no_more_often(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        using var browser = await house.SignedIn(Roles.Csr, work.Bea);
        // The least of several: now and then something small is read again that is kept for seconds.
        async Task<int> Statements()
        {
            var least = int.MaxValue;
            for (var i = 0; i < 6; i++)
            {
                using var counter = new StatementCounter(house);
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/to-dos/next") { Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json") };
                request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
                var answer = await browser.SendAsync(request);
                Assert.DoesNotContain("null", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                least = Math.Min(least, counter.All.Count);
            }
            return least;
        }
        for (var i = 0; i < 20; i++)
            await work.Add(role: work.Role, priority: 9);
        await Statements();
        var few = await Statements();
        // More than one look sees, all in the hands of a colleague and before what waits.
        for (var i = 0; i < 70; i++)
            Assert.True((await work.Start(work.Person(work.Carl), await work.Add(role: work.Role, priority: 1))).Ok);
        var many = await Statements();
        Assert.True(many <= few, $"{many} statements, {few} before");
        // Who it is, for whom they work, the work, the step, and the answer; beside them begin, commit and hints.
        Assert.InRange(many, 5, 10);
    }

    [Theory, BothDatabases]
    public async Task Who_looks_while_more_are_taken_than_one_look_sees_looks_further(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        for (var i = 0; i < 66; i++)
            await work.Add(role: work.Role, priority: 1);
        var last = await work.Add(role: work.Role, priority: 9);
        // On SQLite there is one writer: nobody holds anything while another looks.
        if (on == TestDatabase.Sqlite)
            return;
        await using var other = house.As(Supervisor);
        var connection = await other.Connection();
        await using var taking = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select id from to_do where priority = 1 for no key update", transaction: taking);
        Assert.Equal(last, await Next(work, work.Person(work.Bea)));
        Assert.Null(await Next(work, work.Person(work.Bea)));
    }

    [Theory, BothDatabases]
    public async Task From_the_list(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var id = await work.Add(role: work.Role);
        var bea = await house.SignedIn(Roles.Csr, work.Bea);
        Assert.Contains("data-key=\"n\"", await bea.GetStringAsync("/todos"), StringComparison.Ordinal);
        var answer = await bea.PostAsync("/api/v1/to-dos/next", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal($"{{\"id\":{id}}}", await answer.Content.ReadAsStringAsync());
    }

    private static async Task<long?> Next(Work work, Actor actor)
    {
        var given = await work.Do<NextToDo, NextToDo.Input, NextToDo.Given>(actor, new());
        Assert.True(given.Ok, given.ToString());
        return given.Value.Id;
    }
}
