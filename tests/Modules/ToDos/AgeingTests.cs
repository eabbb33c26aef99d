using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Organization;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Types;

namespace Tieline.Tests.Modules.ToDos;

/// <summary>What happens to work that nobody does: it grows urgent, is escalated, lapses.</summary>
public class AgeingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<Work> With(TestHouse house, Func<Work, AddToDoType.Input> type)
    {
        var work = await Work.In(house);
        var added = await work.Do<AddToDoType, AddToDoType.Input, Added>(Actors.Of(Roles.BusinessAdministrator), type(work));
        Assert.True(added.Ok, added.ToString());
        return work;
    }

    private static async Task<long> Add(Work work, int days = 0, long? employee = null) =>
        (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("slow", "Look", work.Today.AddDays(days), EmployeeId: employee))).Value.Id;

    private static async Task Night(TestHouse house, string code, DateOnly on)
    {
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<SubmitBatch>().Handle(new(code, on, null, Anyway: true), Ct)).Ok);
        await house.RunJobs();
    }

    [Theory, BothDatabases]
    public async Task It_grows_urgent_with_age_unless_somebody_has_set_it_and_never_rings(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await With(house, w => new("SLOW", "Slow", 6, w.Role, AgesEveryDays: 3));
        var (left, set, back, other) = (await Add(work), await Add(work), await Add(work), await work.Add(role: work.Role));
        async Task Set(long id, int version, int? priority) =>
            Assert.True((await work.Do<ChangePriority, ChangePriority.Input, Done>(work.Person(work.Bea), new(id, version, priority))).Ok);
        await Set(set, 0, 8);
        await Set(back, 0, 8);
        Assert.Equal("6 to 8, set by hand", (await work.Get(set)).Log[0].Body);
        async Task<string> Priorities() => string.Join(' ', (await Task.WhenAll(new[] { left, set, back, other }.Select(work.Get))).Select(f => f.ToDo.Priority));

        await Night(house, "TD-AGE", work.Today.AddDays(2));
        Assert.Equal("6 8 8 5", await Priorities());
        await Night(house, "TD-AGE", work.Today.AddDays(3));
        Assert.Equal("5 8 8 5", await Priorities());
        Assert.Equal(("priority", "6 to 5: 3 days old"), ((await work.Get(left)).Log[0].Action, (await work.Get(left)).Log[0].Body));
        await Night(house, "TD-AGE", work.Today.AddDays(3));
        Assert.Equal(2, (await work.Get(left)).Log.Count);

        house.Clock.Advance(TimeSpan.FromDays(6));
        await Set(back, 1, null);
        await Night(house, "TD-AGE", work.Today.AddDays(6));
        Assert.Equal("4 8 4 5", await Priorities());
        Assert.Equal("8 to 4, as its age says from now on", (await work.Get(back)).Log[0].Body);
        await Night(house, "TD-AGE", work.Today.AddDays(90));
        Assert.Equal("2 8 2 5", await Priorities());
    }

    [Theory, BothDatabases]
    public async Task It_is_escalated_once_and_what_somebody_works_on_stays_with_them(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await With(house, w => new("SLOW", "Slow", 6, w.Role, EscalatesAfterDays: 5, EscalationRoleId: w.OtherRole));
        var (left, taken, held, set, young) = (await Add(work), await Add(work), await Add(work), await Add(work), await Add(work));
        Assert.True((await work.Start(work.Person(work.Bea), taken)).Ok);
        Assert.True((await work.Do<HoldToDo, HoldToDo.Input, Done>(work.Person(work.Bea), new(held, 0, work.Today.AddDays(60), "the landlord"))).Ok);
        Assert.True((await work.Do<ChangePriority, ChangePriority.Input, Done>(work.Person(work.Bea), new(set, 0, 7))).Ok);
        await Night(house, "TD-ESC", work.Today.AddDays(4));
        Assert.Null((await work.Get(left)).EscalatedAt);
        Assert.True((await work.Complete(work.Person(work.Bea), young)).Ok);
        foreach (var _ in (int[])[1, 2])
            await Night(house, "TD-ESC", work.Today.AddDays(5));

        async Task<(string, int, string, int)> Stands(long id) =>
            (await work.Get(id)) is var file ? (file.ToDo.AddressedTo, file.ToDo.Priority, file.ToDo.State, file.Log.Count(l => l.Action == "escalated")) : default;
        Assert.Equal(("Billing errors", 2, "Open", 1), await Stands(left));
        Assert.Equal("5 days old; priority 6 to 2; to Billing errors, from Follow up", (await work.Get(left)).Log[0].Body);
        Assert.Equal(("Follow up", 2, "BeingWorkedOn", 1), await Stands(taken));
        Assert.Equal(("Follow up", 6, "OnHold", 0), await Stands(held));
        Assert.Equal(("Billing errors", 7, "Open", 1), await Stands(set));
        Assert.Equal(("Follow up", 6, "Complete", 0), await Stands(young));
        // Opened again it is escalated anew.
        Assert.True((await work.Complete(Actors.Of(Roles.Supervisor), left)).Ok);
        Assert.True((await work.Do<ReopenToDo, ReopenToDo.Input, Done>(Actors.Of(Roles.Supervisor), new(left, (await work.Get(left)).ToDo.Version, "not done"))).Ok);
        Assert.Null((await work.Get(left)).EscalatedAt);
        await Night(house, "TD-ESC", work.Today.AddDays(6));
        Assert.Equal(("Billing errors", 2, "Open", 2), await Stands(left));
        var supervisor = await house.SignedIn(Roles.Supervisor);
        Assert.Contains("Escalated", await supervisor.GetStringAsync($"/todos/{left}", Ct), StringComparison.Ordinal);
        Assert.Equal("todo.type.days todo.type.escalation", (await work.Do<AddToDoType, AddToDoType.Input, Added>(
            Actors.Of(Roles.BusinessAdministrator), new("X", "x", EscalationRoleId: work.Role, LapsesAfterDays: 0))).Rule());
    }

    [Theory, BothDatabases]
    public async Task It_lapses_after_its_day_and_not_in_the_hands_of_somebody(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await With(house, w => new("SLOW", "Slow", 6, w.Role, LapsesAfterDays: 3));
        var (left, later, taken) = (await Add(work), await Add(work, days: 1), await Add(work));
        Assert.True((await work.Start(work.Person(work.Bea), taken)).Ok);
        await Night(house, "TD-LAPSE", work.Today.AddDays(2));
        Assert.Equal("Open", (await work.Get(left)).ToDo.State);
        await Night(house, "TD-LAPSE", work.Today.AddDays(3));
        Assert.Equal(("Complete", "Open", "BeingWorkedOn"), ((await work.Get(left)).ToDo.State, (await work.Get(later)).ToDo.State, (await work.Get(taken)).ToDo.State));
        Assert.Equal("Lapsed: nobody needed it within 3 days of its day.", (await work.Get(left)).Resolution);
        // What Tieline makes itself ends with its cause.
        var reminders = (await work.Do<ListToDoTypes, ListToDoTypes.Input, Page<ToDoTypeRow>>(Actors.Of(Roles.BusinessAdministrator), new("td-cccb"))).Value.Items.Single();
        Assert.Equal("todo.type.needed", (await work.Do<ChangeToDoType, ChangeToDoType.Input, Done>(
            Actors.Of(Roles.BusinessAdministrator), new(reminders.Id, reminders.Version, reminders.Name, 5, reminders.DefaultRoleId, LapsesAfterDays: 3))).Rule());
    }
}
