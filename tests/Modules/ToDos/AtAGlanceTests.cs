using Tieline.Organization.Absences;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Organization;
using Tieline.Tests.Support;
using Tieline.ToDos.AtAGlance;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

/// <summary>All work from every side, for those who look after it.</summary>
public class AtAGlanceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly Actor Supervisor = Actors.Of(Roles.Supervisor);

    private static async Task<LookAtWork.Look> Look(Work work, long? role = null) =>
        (await work.Do<LookAtWork, LookAtWork.Input, LookAtWork.Look>(Supervisor, new(role))).Value;

    [Theory, BothDatabases]
    public async Task It_counts_by_role_person_type_priority_and_age_and_knows_who_is_away_or_has_too_much(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (old, taken, held) = (await work.Add(role: work.Role, priority: 3), await work.Add(role: work.Role), await work.Add(work.Carl, days: 1));
        house.Clock.Advance(TimeSpan.FromDays(8));
        var today = work.Today.AddDays(8);
        await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("GENERAL", "New", today, EmployeeId: work.Bea));
        Assert.True((await work.Start(work.Person(work.Bea), taken)).Ok);
        Assert.True((await work.Do<HoldToDo, HoldToDo.Input, Done>(work.Person(work.Carl), new(held, 0, today.AddDays(2), "waits"))).Ok);
        Assert.True((await work.Do<RecordAbsence, RecordAbsence.Input, Added>(Supervisor, new(work.Carl, today, today.AddDays(1), "Vacation", work.Bea))).Ok);
        Assert.True((await work.Do<ChangeSetting, ChangeSetting.Input, Done>(Actors.Of(Roles.BusinessAdministrator), new("todos.capacity", "2", 0))).Ok);

        var look = await Look(work);
        Assert.Equal((2, 1, 1, 2, 8), (look.All.Open, look.All.Working, look.All.OnHold, look.All.Overdue, look.All.OldestDays));
        Assert.Equal(["Follow up 1 1 0"], look.Roles.Select(l => $"{l.Name} {l.Open} {l.Working} {l.OnHold}"));
        Assert.Equal(["General 4"], look.Types.Select(l => $"{l.Name} {l.All}"));
        Assert.Equal(["3 1", "5 3"], look.Priorities.Select(l => $"{l.Key} {l.All}"));
        Assert.Equal(["Day 1", "Month 3"], look.Ages.Select(l => $"{l.Key} {l.All}"));
        Assert.Equal(["Bea Long True ", $"Carl Ode False away until {today.AddDays(1):d MMM}, Bea Long stands in"], look.People.Select(l => $"{l.Name} {l.AtCapacity} {l.Remark}"));
        Assert.Equal(0, (await Look(work, work.OtherRole)).All.All);

        // Each line leads to a list of just so many.
        foreach (var (wanted, input) in new (int, ListToDos.Input)[] { (1, new(ToDoScope.All) { Priority = 3 }), (2, new(ToDoScope.All) { EmployeeId = work.Bea }), (2, new(ToDoScope.All) { Age = AgeBand.Month }) })
            Assert.Equal(wanted, (await work.List(Supervisor, input)).Items.Count);
        var browser = await house.SignedIn(Roles.Supervisor);
        var page = await browser.GetStringAsync($"/todos/overview?role={work.Role}", Ct);
        Assert.Contains($"/todos?scope=All&amp;priority=3&amp;role={work.Role}", page, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Do<LookAtWork, LookAtWork.Input, LookAtWork.Look>(work.Person(work.Bea), new()));
        Assert.True((await work.Complete(Supervisor, old)).Ok);
    }

    [Theory, BothDatabases]
    public async Task The_days_of_eight_weeks_are_reckoned_back_from_today(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (first, second) = (await work.Add(role: work.Role), await work.Add(role: work.Role));
        house.Clock.Advance(TimeSpan.FromDays(2));
        Assert.True((await work.Complete(work.Person(work.Bea), first)).Ok);
        await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("GENERAL", "New", RoleId: work.Role));
        house.Clock.Advance(TimeSpan.FromDays(2));
        Assert.True((await work.Complete(work.Person(work.Bea), second)).Ok);

        var days = (await Look(work)).Days;
        Assert.Equal((56, work.Today.AddDays(4)), (days.Count, days[^1].On));
        Assert.Equal(["2 0 2 0", "0 0 2 1", "1 1 2 1", "0 0 2 2", "0 1 1 2"], days.TakeLast(5).Select(d => $"{d.In} {d.Out} {d.Open} {d.Age:0}"));
        Assert.Equal("0 0 0 0", days.Take(51).Aggregate("", (_, d) => $"{d.In} {d.Out} {d.Open} {d.Age:0}"));
    }
}
