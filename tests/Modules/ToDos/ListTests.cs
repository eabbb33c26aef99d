using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

public class ListTests
{
    [Theory, BothDatabases]
    public async Task My_list_my_roles_and_all(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await work.Add(employee: work.Bea, subject: "for Bea");
        await work.Add(role: work.Role, subject: "for the role");
        await work.Add(role: work.OtherRole, subject: "for others");
        await work.Start(work.Person(work.Carl), await work.Add(role: work.Role, subject: "Carl has it"));

        async Task<string[]> Subjects(long who, ToDoScope scope, string role = Roles.Csr) =>
            [.. (await work.List(work.Person(who, role), new(scope))).Items.Select(t => t.Subject).Order(StringComparer.Ordinal)];
        Assert.Equal(["for Bea"], await Subjects(work.Bea, ToDoScope.Mine));
        Assert.Equal(["Carl has it"], await Subjects(work.Carl, ToDoScope.Mine));
        Assert.Equal(["Carl has it", "for the role"], await Subjects(work.Bea, ToDoScope.Roles));
        Assert.Empty(await Subjects(work.Dora, ToDoScope.Roles));
        Assert.Equal(4, (await Subjects(work.Dora, ToDoScope.All, Roles.Supervisor)).Length);
    }

    [Theory, BothDatabases]
    public async Task Every_order_pages_without_loss_or_repetition(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        for (var i = 0; i < 23; i++)
            await work.Add(role: i % 3 == 0 ? work.Role : null, employee: i % 3 == 0 ? null : work.Bea, days: i % 4, priority: 1 + (i % 3), subject: $"{i}");
        foreach (var i in (await work.List(work.Person(work.Bea), new(ToDoScope.Mine, Size: 5))).Items)
            Assert.True((await work.Complete(work.Person(work.Bea), i.Id)).Ok);
        var supervisor = work.Person(work.Dora, Roles.Supervisor);

        foreach (var sort in new[] { "due", "-due", "priority", "-priority", "age", "-age", "nonsense", null })
        {
            var whole = (await work.List(supervisor, new(ToDoScope.All, Sort: sort))).Items;
            Assert.Equal(18, whole.Count);
            Assert.Equal(whole.Select(t => t.Id), await Walk(work, supervisor, new(ToDoScope.All, Sort: sort, Size: 1)));
            Assert.Equal(whole.Select(t => t.Id).Order(), (await Walk(work, supervisor, new(ToDoScope.All, Sort: sort, Size: 4))).Order());
        }
        var done = await Walk(work, supervisor, new(ToDoScope.All, ToDoState.Complete, Size: 2));
        Assert.Equal(5, done.Distinct().Count());
        Assert.Equal(10, (await Walk(work, work.Person(work.Bea), new(ToDoScope.Mine, Size: 3))).Distinct().Count());
        await Assert.ThrowsAsync<UnknownCursorException>(() => work.List(supervisor, new(ToDoScope.All, After: "no list gave this")));
    }

    [Theory, BothDatabases]
    public async Task Filters_narrow_the_list(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        foreach (var days in new[] { 0, 1, 7, 8 })
            await work.Add(role: work.Role, days: days, subject: $"in {days}");
        var late = await work.Add(role: work.Role, subject: "late");
        await using (var scope = house.As(Actor.Process("test")))
            await scope.Db.Set<ToDo>().Where(t => t.Id == late).ExecuteUpdateAsync(s => s.SetProperty(t => t.DueOn, work.Today.AddDays(-1)));
        await work.Start(work.Person(work.Carl), late);

        async Task<string> Found(ListToDos.Input input) => string.Join(", ", (await work.List(work.Person(work.Bea), input with { Scope = ToDoScope.Roles })).Items.Select(t => t.Subject));
        Assert.Equal("late", await Found(new(Due: DueBand.Late)));
        Assert.Equal("in 0", await Found(new(Due: DueBand.Today)));
        Assert.Equal("in 1, in 7", await Found(new(Due: DueBand.Week)));
        Assert.Equal("in 8", await Found(new(Due: DueBand.Later)));
        Assert.Equal("in 1, in 7, in 8", await Found(new(Due: DueBand.Ahead)));
        Assert.Equal("late", await Found(new(State: ToDoState.BeingWorkedOn)));
        Assert.Equal("", await Found(new(Type: "td-cccb")));
        Assert.Equal("late, in 0, in 1, in 7, in 8", await Found(new(Type: "general", RoleId: work.Role)));
        Assert.Equal("", await Found(new(RoleId: work.OtherRole)));
        Assert.Equal("", await Found(new(PersonId: 1)));
    }

    [Theory, BothDatabases]
    public async Task The_list_of_one_person_has_each_once_and_is_read_by_two_indexes(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var supervisor = Actors.Of(Roles.Supervisor, work.Dora);
        var (waits, begun, roles, carls, taken) =
            (await work.Add(work.Bea, days: 2), await work.Add(work.Bea, days: 1), await work.Add(role: work.Role, days: 3), await work.Add(work.Carl), await work.Add(work.Bea));
        foreach (var (who, id) in new[] { (work.Person(work.Bea), begun), (work.Person(work.Bea), roles), (work.Person(work.Carl), carls), (supervisor, taken) })
            Assert.True((await work.Start(who, id)).Ok);
        var beas = new ListToDos.Input(ToDoScope.All) { EmployeeId = work.Bea, WithHeld = true };
        Assert.Equal([begun, waits, roles], await Walk(work, supervisor, beas with { Size = 1 }));
        Assert.Equal([roles, waits, begun], (await work.List(supervisor, beas with { Sort = "-due" })).Items.Select(t => t.Id));
        Assert.Equal([roles], (await work.List(supervisor, beas with { RoleId = work.Role })).Items.Select(t => t.Id));
        Assert.Equal([begun], (await work.List(work.Person(work.Bea), beas with { Scope = ToDoScope.Mine, State = ToDoState.BeingWorkedOn, Due = DueBand.Week, Size = 1 })).Items.Select(t => t.Id));
        await using var scope = house.As(supervisor);
        Assert.Equal(3, await scope.Get<ListToDos>().Count(beas, 100, CancellationToken.None));

        using var counter = new StatementCounter(house);
        await work.List(supervisor, beas);
        var list = Assert.Single(counter.Selects, s => s.Contains("worked_by", StringComparison.Ordinal));
        var plan = await scope.Plan(list, 51);
        Assert.Contains("ix_to_do_worked", plan, StringComparison.Ordinal);
        Assert.Contains("ix_to_do_employee", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("ix_to_do_due", plan, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task The_bell_counts_what_is_mine_and_what_waits_for_my_roles(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await work.Add(employee: work.Bea, days: 3);
        await work.Add(employee: work.Bea);
        var late = await work.Add(employee: work.Bea);
        await work.Start(work.Person(work.Bea), await work.Add(role: work.Role));
        await work.Add(role: work.Role, days: 2);
        await work.Start(work.Person(work.Carl), await work.Add(role: work.Role));
        await work.Add(role: work.OtherRole);
        await work.Complete(work.Person(work.Bea), await work.Add(employee: work.Bea));
        await using (var scope = house.As(Actor.Process("test")))
            await scope.Db.Set<ToDo>().Where(t => t.Id == late).ExecuteUpdateAsync(s => s.SetProperty(t => t.DueAt, DateTime.UtcNow.AddHours(-1)));

        var counts = await work.Do<CountToDos, CountToDos.Input, CountToDos.Counts>(work.Person(work.Bea), new());
        Assert.Equal(new CountToDos.Counts(4, 2, 1), counts.Value);
        await work.Add(role: work.Role);
        counts = await work.Do<CountToDos, CountToDos.Input, CountToDos.Counts>(work.Person(work.Bea), new());
        Assert.Equal(new CountToDos.Counts(4, 3, 1), counts.Value);
        Assert.Equal(new CountToDos.Counts(0, 0, 0), (await work.Do<CountToDos, CountToDos.Input, CountToDos.Counts>(work.Person(work.Dora), new())).Value);
    }

    private static async Task<List<long>> Walk(Work work, Actor actor, ListToDos.Input input)
    {
        var ids = new List<long>();
        string? after = null;
        do
        {
            var page = await work.List(actor, input with { After = after });
            ids.AddRange(page.Items.Select(t => t.Id));
            after = page.Next;
        }
        while (after is not null);
        return ids;
    }

    [Theory, BothDatabases]
    public async Task The_list_goes_out_as_CSV_whole_for_those_who_see_all_work(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        for (var i = 0; i < 3; i++)
            await work.Add(role: work.Role, subject: $"Gate, {i}", priority: 4);
        await work.Add(work.Bea, subject: "Other", priority: 7);
        using var supervisor = await house.SignedIn(Roles.Supervisor);
        Assert.Contains("/todos/export?scope=All&amp;priority=4", await supervisor.GetStringAsync("/todos?scope=All&priority=4"), StringComparison.Ordinal);
        using var file = await supervisor.GetAsync("/todos/export?scope=All&priority=4&size=1");
        Assert.Equal(("text/csv", "to-dos.csv"), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.FileName));
        var lines = (await file.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.EndsWith($",GENERAL,\"Gate, 0\",,{work.Today:yyyy-MM-dd},,,4,Follow up,,Open,", lines[1], StringComparison.Ordinal);
        using var csr = await house.SignedIn(Roles.Csr, work.Bea);
        Assert.DoesNotContain("/todos/export", await csr.GetStringAsync("/todos"), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await csr.GetAsync("/todos/export?scope=Mine")).StatusCode);
        await using var scope = house.As(Actors.Of(Roles.Supervisor));
        Assert.Equal(1, await Dapper.SqlMapper.ExecuteScalarAsync<long>(await scope.Connection(), "select count(*) from audit_entry where action = 'exported'"));
    }
}
