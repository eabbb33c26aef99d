using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Organization;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

/// <summary>Work that waits for somebody else, and work that was completed by mistake.</summary>
public class HoldTests
{
    [Theory, BothDatabases]
    public async Task What_is_on_hold_stands_in_no_list_until_its_day_and_comes_back_to_who_has_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var bea = work.Person(work.Bea);
        var (mine, waiting) = (await work.Add(role: work.Role), await work.Add(role: work.Role));
        Assert.True((await work.Start(bea, mine)).Ok);
        Assert.True((await Hold(work, bea, mine, 3)).Ok);
        Assert.True((await Hold(work, bea, waiting, 3)).Ok);
        Assert.Equal(("OnHold", work.Today.AddDays(3), "Bea Long"), ((await work.Get(mine)).ToDo.State, (await work.Get(mine)).ToDo.HoldUntil, (await work.Get(mine)).ToDo.WorkedBy));

        async Task<(string Mine, string Roles, int Bell)> Lists() => (
            string.Join(' ', (await work.List(bea, new())).Items.Select(t => t.Id)), string.Join(' ', (await work.List(bea, new(ToDoScope.Roles))).Items.Select(t => t.Id)),
            (await work.Do<CountToDos, CountToDos.Input, CountToDos.Counts>(bea, new())).Value.Open);
        Assert.Equal(("", "", 0), await Lists());
        Assert.Equal([mine, waiting], (await work.List(bea, new(ToDoScope.Roles, ToDoState.OnHold))).Items.Select(t => t.Id).Order());
        Assert.Equal("Bea Long is working on this.", (await work.Start(work.Person(work.Carl), mine)).ToString());
        Assert.Equal("Bea Long is working on this.", (await Hold(work, work.Person(work.Carl), mine, 5)).ToString());

        house.Clock.Advance(TimeSpan.FromDays(2));
        await house.RunJobs();
        Assert.Equal(("", "", 0), await Lists());
        house.Clock.Advance(TimeSpan.FromDays(1));
        // Whatever becomes of its timer, it stands in the lists on its day.
        Assert.Equal(($"{mine}", $"{mine} {waiting}", 1), await Lists());
        await house.RunJobs();
        Assert.Equal(($"{mine}", $"{mine} {waiting}", 1), await Lists());
        Assert.Equal(("BeingWorkedOn", "Open"), ((await work.Get(mine)).ToDo.State, (await work.Get(waiting)).ToDo.State));
        Assert.Equal(["taken_up ", $"held Until {work.Today.AddDays(3):d MMMM yyyy}: the landlord answers", "started "], (await work.Get(mine)).Log.Take(3).Select(l => $"{l.Action} {l.Body}"));
    }

    [Theory, BothDatabases]
    public async Task The_last_day_said_counts_and_whoever_takes_it_up_before_has_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var carl = work.Person(work.Carl);
        var (moved, taken, given, gone) = (await work.Add(role: work.Role), await work.Add(role: work.Role), await work.Add(role: work.Role), await work.Add(work.Carl));
        foreach (var id in (long[])[moved, taken, given, gone])
            Assert.True((await Hold(work, carl, id, 2)).Ok);
        Assert.True((await Hold(work, carl, moved, 5)).Ok);
        Assert.True((await work.Start(work.Person(work.Bea), taken)).Ok);
        Assert.True((await work.Forward(carl, given, work.Dora, null)).Ok);
        Assert.True((await work.Complete(carl, gone)).Ok);

        house.Clock.Advance(TimeSpan.FromDays(2));
        await house.RunJobs();
        Assert.Equal("OnHold BeingWorkedOn Open Complete", await States(moved, taken, given, gone));
        house.Clock.Advance(TimeSpan.FromDays(3));
        await house.RunJobs();
        Assert.Equal("Open BeingWorkedOn Open Complete", await States(moved, taken, given, gone));

        async Task<string> States(params long[] ids)
        {
            var states = new List<string>();
            foreach (var id in ids)
                states.Add((await work.Get(id)).ToDo.State);
            return string.Join(' ', states);
        }
    }

    [Theory, BothDatabases]
    public async Task A_day_that_cannot_be_changes_nothing(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (bea, id) = (work.Person(work.Bea), await work.Add(role: work.Role));
        Assert.Equal("todo.hold.past", (await Hold(work, bea, id, 0)).Rule());
        Assert.Equal("todo.hold.too_far", (await Hold(work, bea, id, 367)).Rule());
        Assert.Equal("required required", (await work.Do<HoldToDo, HoldToDo.Input, Done>(bea, new(id, 0, null, " "))).Rule());
        Assert.Equal("too_long", (await work.Do<HoldToDo, HoldToDo.Input, Done>(bea, new(id, 0, work.Today.AddDays(1), new string('x', 1_000_000)))).Rule());
        Assert.Equal(Problem.ConflictRule, (await work.Do<HoldToDo, HoldToDo.Input, Done>(bea, new(id, 7, work.Today.AddDays(1), "x"))).Rule());
        await Assert.ThrowsAsync<ForbiddenException>(() => Hold(work, work.Person(work.Dora), id, 1));
        Assert.Equal(("Open", 1), ((await work.Get(id)).ToDo.State, (await work.Get(id)).Log.Count));
        Assert.True((await work.Complete(bea, id)).Ok);
        Assert.Equal(Problem.ConflictRule, (await Hold(work, bea, id, 1)).Rule());
    }

    [Theory, BothDatabases]
    public async Task What_was_completed_by_mistake_is_open_again_with_the_reason(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (bea, id) = (work.Person(work.Bea), await work.Add(role: work.Role));
        Assert.Equal(Problem.ConflictRule, (await Reopen(work, bea, id, "never done")).Rule());
        Assert.True((await work.Start(bea, id)).Ok);
        Assert.True((await work.Complete(bea, id, "reached her")).Ok);
        Assert.True((await work.Get(id)).MayReopen);
        Assert.Equal("required", (await Reopen(work, bea, id, " ")).Rule());
        await Assert.ThrowsAsync<ForbiddenException>(() => Reopen(work, work.Person(work.Dora), id, "mine"));
        var answers = await Task.WhenAll(Reopen(work, work.Person(work.Carl), id, "It was somebody else"), Reopen(work, work.Person(work.Carl), id, "It was somebody else"));

        Assert.Single(answers, a => a.Ok);
        var file = await work.Get(id);
        Assert.Equal(("Open", null, null, null, false), (file.ToDo.State, file.ToDo.WorkedBy, file.CompletedBy, file.Resolution, file.MayReopen));
        Assert.Equal("reopened Carl Ode It was somebody else", file.Log.Select(l => $"{l.Action} {l.Author.Name} {l.Body}").First());
        await using var scope = house.As(Actor.Process("test"));
        var subject = $"to_do:{id}";
        Assert.Single(await scope.Db.Set<Event>().Where(e => e.Subjects == subject && e.Name == "todo.reopened").ToListAsync());
    }

    [Theory, BothDatabases]
    public async Task Both_from_the_page(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var id = await work.Add(work.Bea);
        var bea = await house.SignedIn(Roles.Csr, work.Bea);
        var page = await bea.GetStringAsync($"/todos/{id}");
        Assert.Contains($"href=\"/todos/{id}/hold\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"href=\"/todos/{id}/reopen\"", page, StringComparison.Ordinal);
        Assert.Contains("What it waits for", await bea.GetStringAsync($"/todos/{id}/hold"), StringComparison.Ordinal);
        Assert.True((await Hold(work, work.Person(work.Bea), id, 1)).Ok);
        Assert.Contains("on hold until", await bea.GetStringAsync("/todos?state=OnHold"), StringComparison.Ordinal);
        Assert.Contains("Nothing to do", await bea.GetStringAsync("/todos"), StringComparison.Ordinal);
        Assert.True((await work.Complete(work.Person(work.Bea), id)).Ok);
        Assert.Contains($"href=\"/todos/{id}/reopen\"", await bea.GetStringAsync($"/todos/{id}"), StringComparison.Ordinal);
        Assert.Contains("completed by mistake", await bea.GetStringAsync($"/todos/{id}/reopen"), StringComparison.Ordinal);
    }

    private static async Task<Outcome<Done>> Hold(Work work, Actor actor, long id, int days) =>
        await work.Do<HoldToDo, HoldToDo.Input, Done>(actor, new(id, (await work.Get(id)).ToDo.Version, work.Today.AddDays(days), "the landlord answers"));

    private static async Task<Outcome<Done>> Reopen(Work work, Actor actor, long id, string reason) =>
        await work.Do<ReopenToDo, ReopenToDo.Input, Done>(actor, new(id, (await work.Get(id)).ToDo.Version, reason));
}
