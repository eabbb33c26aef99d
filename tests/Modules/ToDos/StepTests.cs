using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;
using Microsoft.EntityFrameworkCore;

namespace Tieline.Tests.Modules.ToDos;

public class StepTests
{
    [Theory, BothDatabases]
    public async Task From_open_to_complete_every_step_is_written_down(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var id = await work.Add(role: work.Role);

        Assert.True((await work.Start(work.Person(work.Bea), id)).Ok);
        Assert.Equal(("BeingWorkedOn", "Bea Long"), ((await work.Get(id)).ToDo.State, (await work.Get(id)).ToDo.WorkedBy));
        Assert.True((await work.PutBack(work.Person(work.Bea), id)).Ok);
        Assert.True((await work.Start(work.Person(work.Carl), id)).Ok);
        Assert.True((await work.Forward(work.Person(work.Carl), id, work.Dora, null, "you know her")).Ok);
        Assert.True((await work.Do<ChangePriority, ChangePriority.Input, Done>(work.Person(work.Dora), new(id, 4, 1))).Ok);
        Assert.True((await work.Complete(work.Person(work.Dora), id, "reached her")).Ok);

        var file = await work.Get(id);
        Assert.Equal(("Complete", "Dora Pym", "reached her", 1), (file.ToDo.State, file.CompletedBy?.Name, file.Resolution, file.ToDo.Priority));
        Assert.Equal(
            ["created Dora Pym", "started Bea Long", "put_back Bea Long", "started Carl Ode", "forwarded Carl Ode To Dora Pym: you know her", "priority Dora Pym 5 to 1, set by hand", "completed Dora Pym reached her"],
            file.Log.Reverse().Select(l => $"{l.Action} {l.Author.Name} {l.Body}".TrimEnd()));
        await using var scope = house.As(Actor.Process("test"));
        Assert.Equal(7, (await scope.Get<IAuditTrail>().Of(new RecordRef("to_do", id), 50, null, CancellationToken.None)).Count);
        var subject = $"to_do:{id}";
        Assert.Equal(
            ["todo.created", "todo.started", "todo.put_back", "todo.started", "todo.forwarded", "todo.priority_changed", "todo.completed"],
            await scope.Db.Set<Event>().Where(e => e.Subjects == subject).OrderBy(e => e.Id).Select(e => e.Name).ToListAsync());
    }

    [Theory, BothDatabases]
    public async Task Two_start_at_once_one_wins_and_the_other_hears_who_has_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var id = await work.Add(role: work.Role);
        await using var first = house.As(work.Person(work.Bea));
        await using var second = house.As(work.Person(work.Carl));

        // Both have read it while it was open.
        await first.Db.Set<ToDo>().SingleAsync(t => t.Id == id);
        await second.Db.Set<ToDo>().SingleAsync(t => t.Id == id);
        var won = await first.Get<StartToDo>().Handle(new(id), CancellationToken.None);
        var lost = await second.Get<StartToDo>().Handle(new(id), CancellationToken.None);

        Assert.True(won.Ok, won.ToString());
        Assert.Equal((Problem.ConflictRule, "Bea Long is working on this."), lost.Problems.Select(p => (p.Rule, p.Message)).Single());
        Assert.Equal(2, (await work.Get(id)).Log.Count);
        Assert.Equal("Bea Long is working on this.", (await work.Start(work.Person(work.Carl), id)).ToString());
        Assert.True((await work.Start(work.Person(work.Bea), id)).Ok);
    }

    [Theory, BothDatabases]
    public async Task Eight_at_once_one_wins(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var id = await work.Add(role: work.Role);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => work.Start(work.Person(i % 2 == 0 ? work.Bea : work.Carl), id)));

        var winner = (await work.Get(id)).ToDo.WorkedById;
        Assert.Single((await work.Get(id)).Log, l => l.Action == ToDoSteps.Started);
        Assert.All(answers.Index().Where(a => (a.Index % 2 == 0 ? work.Bea : work.Carl) != winner), a => Assert.Contains("is working on this", a.Item.ToString(), StringComparison.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task Work_of_others_is_not_mine_to_see_or_change(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var id = await work.Add(role: work.Role);
        var dora = work.Person(work.Dora);

        await Assert.ThrowsAsync<ForbiddenException>(() => work.Do<GetToDo, GetToDo.Input, GetToDo.File>(Actors.Of(Roles.Csr, 987_654), new(id)));
        // Who made it may see what becomes of it, and no more.
        Assert.False((await work.Do<GetToDo, GetToDo.Input, GetToDo.File>(dora, new(id))).Value.MayAct);
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Start(dora, id));
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Complete(dora, id));
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Forward(dora, id, work.Dora, null));
        await Assert.ThrowsAsync<ForbiddenException>(() => work.List(dora, new(ToDoScope.All)));
        Assert.Equal(Problem.NotFoundRule, (await work.Start(dora, 999_999)).Problems.Single().Rule);
    }

    [Theory, BothDatabases]
    public async Task What_a_colleague_works_on_only_a_supervisor_overrules(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var id = await work.Add(role: work.Role);
        await work.Start(work.Person(work.Bea), id);

        var carl = work.Person(work.Carl);
        Assert.Equal("Bea Long is working on this.", (await work.Complete(carl, id)).ToString());
        Assert.Equal("Bea Long is working on this.", (await work.Forward(carl, id, work.Carl, null)).ToString());
        Assert.Equal("Bea Long is working on this.", (await work.PutBack(carl, id)).ToString());
        Assert.True((await work.Forward(work.Person(work.Dora, Roles.Supervisor), id, work.Carl, null, "Bea is ill")).Ok);
        Assert.True((await work.Complete(carl, id, "done for Bea")).Ok);
        Assert.Contains("Carl Ode has completed this already: done for Bea", (await work.Complete(carl, id)).ToString(), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task The_second_to_save_hears_what_changed_and_by_whom(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var id = await work.Add(employee: work.Bea);
        await work.Do<ChangePriority, ChangePriority.Input, Done>(work.Person(work.Bea), new(id, 0, 2));
        var late = await work.Complete(work.Person(work.Bea), id, "typed with care", version: 0);

        Assert.Equal(Problem.ConflictRule, late.Problems.Single().Rule);
        Assert.Contains("Bea Long has changed this in the meantime (Priority changed)", late.ToString(), StringComparison.Ordinal);
        Assert.Equal("Open", (await work.Get(id)).ToDo.State);
    }

    [Theory, BothDatabases]
    public async Task Bad_input_is_a_message_at_its_field(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var dora = work.Person(work.Dora);
        async Task<string> Add(AddToDo.Input input) =>
            string.Join(' ', (await work.Do<AddToDo, AddToDo.Input, Added>(dora, input)).Problems.Select(p => $"{p.Field}:{p.Rule}"));

        Assert.Equal("Type:required Subject:required", await Add(new(null, "\u202E \u0000", null)));
        Assert.Equal("Subject:too_long", await Add(new("GENERAL", new string('x', 1_000_000), work.Today, EmployeeId: work.Bea)));
        Assert.Equal("Type:todo.type.unknown DueOn:todo.due.past Priority:todo.priority", await Add(new("'; drop", "x", work.Today.AddDays(-1), EmployeeId: work.Bea, Priority: 10)));
        Assert.Equal("Type:todo.type.automatic", await Add(new("TD-CCCB", "x", work.Today, EmployeeId: work.Bea)));
        Assert.Equal("DueOn:todo.due.too_far DueTo:todo.due.window", await Add(new("GENERAL", "x", work.Today.AddYears(4), new(15, 0), new(14, 0), EmployeeId: work.Bea)));
        Assert.Equal("EmployeeId:todo.employee.unknown PersonId:person.unknown", await Add(new("GENERAL", "x", work.Today, EmployeeId: 999_999, PersonId: 999_999)));
        Assert.Equal("RoleId:todo.address.missing", await Add(new("GENERAL", "x", work.Today)));
        Assert.Equal("RoleId:todo.address.both", await Add(new("GENERAL", "x", work.Today, EmployeeId: work.Bea, RoleId: work.Role)));

        var id = await work.Add(employee: work.Bea, subject: "<b>A\u0007 \U0001F600</b>");
        Assert.Equal("<b>A \U0001F600</b>", (await work.Get(id)).ToDo.Subject);
        Assert.Equal("Comment is missing.", (await work.Forward(work.Person(work.Bea), id, work.Carl, null, " ")).ToString());
        Assert.Equal("todo.address.same", (await work.Forward(work.Person(work.Bea), id, work.Bea, null)).Problems.Single().Rule);
        Assert.Equal("todo.address.missing", (await work.Forward(work.Person(work.Bea), id, null, null)).Problems.Single().Rule);
        Assert.Equal("too_long", (await work.Complete(work.Person(work.Bea), id, new string('x', 1_000_000))).Problems.Single().Rule);
    }

    [Theory, BothDatabases]
    public async Task Nobody_changes_how_urgent_it_is_while_a_colleague_works_on_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var id = await work.Add(role: work.Role);
        Assert.True((await work.Start(work.Person(work.Carl), id)).Ok);
        async Task<Outcome<Done>> Set(Actor who, int priority) => await work.Do<ChangePriority, ChangePriority.Input, Done>(who, new(id, (await work.Get(id)).ToDo.Version, priority));
        Assert.Equal("Carl Ode is working on this.", (await Set(work.Person(work.Bea), 2)).ToString());
        Assert.Equal(5, (await work.Get(id)).ToDo.Priority);
        Assert.True((await Set(work.Person(work.Carl), 3)).Ok);
        Assert.True((await Set(Actors.Of(Roles.Supervisor), 4)).Ok);
    }
}
