using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Organization.Absences;
using Tieline.Organization.Employees;
using Tieline.Platform;
using Tieline.Platform.Filters;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Organization;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Bulk;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

/// <summary>The same step with many To Dos at once, and the filters that find them.</summary>
public class BulkTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Rights are asked for anew when the job does it, so whoever asks must be a user.</summary>
    private static async Task User(TestHouse house, long employee, string role)
    {
        using var _ = await house.SignedIn(role, employee);
    }

    private static async Task<GetBulk.File> Done(Work work, Actor actor, DoWithMany.Input input)
    {
        var asked = await work.Do<DoWithMany, DoWithMany.Input, Added>(actor, input);
        Assert.True(asked.Ok, asked.ToString());
        await work.House.RunJobs();
        return (await work.Do<GetBulk, GetBulk.Input, GetBulk.File>(actor, new(asked.Value.Id))).Value;
    }

    private sealed class Throws : IToDoKind
    {
        public string TypeCode => "TEST-THROWS";

        public Task<Problem?> Completing(RecordRef cause, string? resolution, CancellationToken ct) => throw new InvalidOperationException("a room that is broken");
    }

    [Theory, BothDatabases]
    public async Task One_that_cannot_be_done_for_a_reason_nobody_thought_of_does_not_stop_the_others(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on, services => services.AddScoped<IToDoKind, Throws>());
        var work = await Work.In(house);
        await User(house, work.Bea, Roles.Csr);
        long broken;
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<IToDos>().EnsureType("TEST-THROWS", "Throws", 1, null, Ct);
            await scope.Db.SaveChangesAsync(Ct);
            broken = (await scope.Get<IToDos>().Create(new NewToDo("TEST-THROWS", "Broken", work.Today, new("test", 1), EmployeeId: work.Bea), Ct)).Value!.Value;
            await scope.Db.SaveChangesAsync(Ct);
        }
        var whole = await work.Add(work.Bea);
        var result = await Done(work, work.Person(work.Bea), new(BulkAction.Complete, [broken, whole]));
        Assert.Equal((1, 1, true), (result.Done, result.Refused, result.FinishedAt is not null));
        Assert.Equal((broken, "Something went wrong with this one. Those who operate Tieline find it in the log."), (result.Refusals.Single().ToDoId, result.Refusals.Single().Problem));
        Assert.Equal("Complete", (await work.Get(whole)).ToDo.State);
    }

    [Theory, BothDatabases]
    public async Task What_may_be_done_is_done_and_the_rest_says_why_not(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await User(house, work.Bea, Roles.Csr);
        var bea = work.Person(work.Bea);
        var (mine, taken, others, done) = (await work.Add(work.Bea), await work.Add(role: work.Role), await work.Add(work.Dora), await work.Add(role: work.Role));
        var given = (await work.Do<AddToDo, AddToDo.Input, Added>(bea, new("GENERAL", "For Dora", work.Today, EmployeeId: work.Dora))).Value.Id;
        Assert.True((await work.Start(work.Person(work.Carl), taken)).Ok);
        Assert.True((await work.Complete(bea, done)).Ok);

        var result = await Done(work, bea, new(BulkAction.Forward, [mine, taken, others, done, 4711, mine, given], RoleId: work.OtherRole, Words: "Storm: take these"));
        Assert.Equal((4, 1, 3, "Billing errors", true), (result.Total, result.Done, result.Refused, result.GoesTo, result.FinishedAt is not null));
        Assert.Equal(
            [$"{taken} Carl Ode is working on this.", $"{done} Bea Long has completed this already: done", $"{given} It is not yours to change."],
            result.Refusals.Select(r => $"{r.ToDoId} {r.Problem}"));
        var log = (await work.Get(mine)).Log[0];
        Assert.Equal(("forwarded", "Bea Long"), (log.Action, log.Author.Name));
        Assert.Contains("Storm: take these", log.Body, StringComparison.Ordinal);
        // Its page is for the one who asked, and for those who see all work.
        Assert.True((await work.Do<GetBulk, GetBulk.Input, GetBulk.File>(Actors.Of(Roles.Supervisor), new(result.Id))).Ok);
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Do<GetBulk, GetBulk.Input, GetBulk.File>(work.Person(work.Carl), new(result.Id)));
        Assert.Equal("todo.bulk.none", (await work.Do<DoWithMany, DoWithMany.Input, Added>(bea, new(BulkAction.Complete, [4711]))).Rule());
        Assert.Equal("required todo.address.missing", (await work.Do<DoWithMany, DoWithMany.Input, Added>(bea, new(BulkAction.Forward, [mine]))).Rule());
        Assert.Contains((await work.Do<DoWithMany, DoWithMany.Input, Added>(bea, new((BulkAction)99, [mine]))).Problems, p => p is { Field: "Action", Rule: "required" });
    }

    [Theory, BothDatabases]
    public async Task What_one_may_not_see_is_left_out_without_a_word(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var supervisor = Actors.Of(Roles.Supervisor);
        var machine = new Actor(ActorKind.ApiKey, 7, "Night machine", new HashSet<string> { "todos.work" });
        // Carl stands in for Bea today, for Dora from tomorrow on.
        foreach (var (who, from) in new[] { (work.Bea, 0), (work.Dora, 1) })
            Assert.True((await work.Do<RecordAbsence, RecordAbsence.Input, Added>(supervisor, new(who, work.Today.AddDays(from), work.Today.AddDays(from + 3), "Vacation", work.Carl))).Ok);
        var (beas, doras, roles, others, begun) = (await work.Add(work.Bea), await work.Add(work.Dora), await work.Add(role: work.Role), await work.Add(role: work.OtherRole), await work.Add(work.Dora));
        Assert.True((await work.Start(Actors.Of(Roles.Supervisor, work.Bea), begun)).Ok);
        long customers;
        await using (var scope = house.As(machine))
        {
            customers = (await scope.Get<IToDos>().Create(new NewToDo("GENERAL", "Visit", work.Today, RoleId: work.OtherRole, PersonId: 4711), Ct)).Value!.Value;
            await scope.Db.SaveChangesAsync(Ct);
        }
        long[] all = [beas, doras, roles, others, begun, customers];
        foreach (var (actor, seen) in new (Actor, long[])[]
        {
            (work.Person(work.Carl), [beas, roles, begun, customers]), (work.Person(work.Carl) with { Permissions = machine.Permissions }, [beas, roles, begun]),
            (work.Person(work.Dora), all), (machine, [customers]), (supervisor, all),
        })
        {
            // The same as one by one.
            var opened = new List<long>();
            foreach (var id in all)
            {
                try
                {
                    Assert.True((await work.Do<GetToDo, GetToDo.Input, GetToDo.File>(actor, new(id))).Ok);
                    opened.Add(id);
                }
                catch (ForbiddenException)
                {
                    Assert.DoesNotContain(id, seen);
                }
            }
            Assert.Equal(seen, opened);
            var asked = (await work.Do<DoWithMany, DoWithMany.Input, Added>(actor, new(BulkAction.Complete, all))).Value.Id;
            await using var scope = house.As(Actor.Process("test"));
            Assert.Equal(seen, await scope.Db.Set<ToDoBulkItem>().Where(i => i.BulkId == asked).OrderBy(i => i.ToDoId).Select(i => i.ToDoId).ToListAsync(Ct));
        }
        Assert.Equal("todo.bulk.none", (await work.Do<DoWithMany, DoWithMany.Input, Added>(machine, new(BulkAction.Complete, [others, doras]))).Rule());
    }

    [Theory, BothDatabases]
    public async Task All_of_a_list_is_completed_page_after_page_and_only_what_the_list_shows(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await User(house, work.Bea, Roles.Csr);
        for (var i = 0; i < 7; i++)
            await work.Add(role: work.Role, subject: $"Gate {i}", priority: 4);
        var (kept, foreign) = (await work.Add(role: work.Role, priority: 7), await work.Add(role: work.OtherRole, priority: 4));
        var result = await Done(work, work.Person(work.Bea), new(BulkAction.Complete, All: new(ToDoScope.Roles) { Priority = 4 }, Words: "The gate is open again"));
        Assert.Equal((7, 7, 0), (result.Total, result.Done, result.Refused));
        Assert.Equal(("Open", "Open"), ((await work.Get(kept)).ToDo.State, (await work.Get(foreign)).ToDo.State));
        await using var scope = house.As(Actor.Process("test"));
        Assert.Equal(7, await scope.Db.Set<ToDo>().CountAsync(t => t.Resolution == "The gate is open again", Ct));
        // A list of all is for those who may see it.
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Do<DoWithMany, DoWithMany.Input, Added>(work.Person(work.Bea), new(BulkAction.Complete, All: new(ToDoScope.All))));
    }

    [Theory, BothDatabases]
    public async Task Who_has_left_meanwhile_does_nothing_and_a_job_that_was_killed_goes_on(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await User(house, work.Bea, Roles.Csr);
        var (one, two) = (await work.Add(role: work.Role), await work.Add(role: work.Role));
        var asked = (await work.Do<DoWithMany, DoWithMany.Input, Added>(work.Person(work.Bea), new(BulkAction.Start, [one, two]))).Value.Id;
        await using (var scope = house.As(Actor.Process("test")))
        {
            // As a job leaves it that was killed after the first.
            Assert.True((await work.Start(work.Person(work.Bea), one)).Ok);
            await scope.Db.Set<ToDoBulkItem>().Where(i => i.ToDoId == one).ExecuteUpdateAsync(u => u.SetProperty(i => i.Done, true), Ct);
        }
        await house.RunJobs();
        Assert.Equal(["started", "created"], (await work.Get(one)).Log.Select(l => l.Action));
        Assert.Equal("Bea Long", (await work.Get(two)).ToDo.WorkedBy);
        Assert.Equal((2, 0), ((await work.Do<GetBulk, GetBulk.Input, GetBulk.File>(work.Person(work.Bea), new(asked))).Value is var f ? (f.Done, f.Refused) : default));

        var late = (await work.Do<DoWithMany, DoWithMany.Input, Added>(work.Person(work.Bea), new(BulkAction.Complete, [one, two]))).Value.Id;
        Assert.True((await work.Do<EndEmployment, EndEmployment.Input, Done>(Actors.Of(Roles.BusinessAdministrator), new(work.Bea, 0, new DateOnly(2024, 1, 5), WorkByType: true))).Ok);
        await house.RunJobs();
        var refused = (await work.Do<GetBulk, GetBulk.Input, GetBulk.File>(Actors.Of(Roles.Supervisor), new(late))).Value;
        Assert.Equal((0, 2, "Bea Long may not do this any more."), (refused.Done, refused.Refused, refused.Refusals[0].Problem));
    }

    [Theory, BothDatabases]
    public async Task From_the_list_by_hand(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (one, two) = (await work.Add(role: work.Role, subject: "One"), await work.Add(role: work.Role, subject: "Two"));
        var browser = await house.SignedIn(Roles.Csr, work.Bea);
        Assert.Contains("Choose: One", await browser.GetStringAsync("/todos?scope=Roles", Ct), StringComparison.Ordinal);
        var at = $"/todos/bulk?do=complete&id={one}&id={two}&id=nonsense";
        Assert.Contains("2 To Dos", await browser.GetStringAsync(at, Ct), StringComparison.Ordinal);
        await browser.Submit(at, "form-do-with-many", ("Words", "both done"));
        await house.RunJobs();
        Assert.Equal("both done", (await work.Get(two)).Resolution);
        // What one has done so stays to be found, and is nobody else's.
        var steps = await browser.GetStringAsync("/todos/bulk", Ct);
        Assert.Contains("Completed", steps, StringComparison.Ordinal);
        await using var scope = house.As(Actor.Process("test"));
        var step = await scope.Db.Set<ToDoBulk>().SingleAsync(Ct);
        Assert.Equal((BulkAction.Complete, 2, 2, 0), (step.Action, step.Total, step.Done, step.Refused));
        Assert.Contains($"/todos/bulk/{step.Id}", steps, StringComparison.Ordinal);
        using var carl = await house.SignedIn(Roles.Csr, work.Carl);
        Assert.Contains("Nothing chosen", await carl.GetStringAsync("/todos/bulk", Ct), StringComparison.Ordinal);
        Assert.Contains("The list shows no To Dos", await browser.GetStringAsync("/todos/bulk?do=forward&all=true&scope=Roles", Ct), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Filters_are_saved_by_name_for_oneself_alone(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var bea = await house.SignedIn(Roles.Csr, work.Bea);
        var carl = await house.SignedIn(Roles.Csr, work.Carl);
        Assert.DoesNotContain("Save these filters", await bea.GetStringAsync("/todos", Ct), StringComparison.Ordinal);
        await bea.Submit("/todos?scope=Roles&due=Late", "form-save-filter", ("Name", "Late <ones>"));
        await bea.Submit("/todos?due=Today", "form-save-filter", ("Name", "Today"));
        await bea.Submit("/todos?due=Week", "form-save-filter", ("Name", "today"));
        var page = await bea.GetStringAsync("/todos", Ct);
        Assert.Contains("href=\"/todos?due=Late&amp;scope=Roles\"", page, StringComparison.Ordinal);
        Assert.Contains("Late &lt;ones&gt;", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/todos?due=Week\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("due=Today\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Late &lt;ones&gt;", await carl.GetStringAsync("/todos", Ct), StringComparison.Ordinal);

        await using var scope = house.As(Actor.Process("test"));
        var id = await scope.Db.Set<SavedFilter>().Where(f => f.Query == "?due=Week").Select(f => f.Id).SingleAsync(Ct);
        await bea.Submit("/todos?due=Week", $"unsave-{id}");
        Assert.DoesNotContain("href=\"/todos?due=Week\"", await bea.GetStringAsync("/todos", Ct), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Before_a_whole_list_is_done_it_says_how_many_they_are(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        for (var i = 0; i < 3; i++)
            await work.Add(role: work.Role, priority: 4);
        await work.Add(role: work.Role, priority: 7);
        await work.Add(role: work.OtherRole, priority: 4);
        using var browser = await house.SignedIn(Roles.Csr, work.Bea);
        var page = await browser.GetStringAsync("/todos/bulk?do=complete&all=true&scope=Roles&priority=4", Ct);
        Assert.Contains("data-confirm=\"Complete 3 To Dos, all of the list?\"", page, StringComparison.Ordinal);
        // What somebody has chosen one by one they have seen.
        Assert.DoesNotContain("data-confirm=\"Complete", await browser.GetStringAsync("/todos/bulk?do=complete&id=1&id=2", Ct), StringComparison.Ordinal);
        await using var scope = house.As(work.Person(work.Bea));
        Assert.Equal((4, 2, 0), (
            await scope.Get<ListToDos>().Count(new(ToDoScope.Roles), 100, Ct), await scope.Get<ListToDos>().Count(new(ToDoScope.Roles, Sort: "priority"), 2, Ct), await scope.Get<ListToDos>().Count(new(), 100, Ct)));
        await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<ListToDos>().Count(new(ToDoScope.All), 100, Ct));
        Assert.Contains("data-key=\"f\" data-key-help=\"Forward what is chosen\"", await browser.GetStringAsync("/todos?scope=Roles", Ct), StringComparison.Ordinal);
    }
}
