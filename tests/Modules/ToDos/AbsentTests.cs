using Tieline.Organization.Absences;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Organization;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

/// <summary>Work that is due while someone is away.</summary>
public class AbsentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly Actor Supervisor = Actors.Of(Roles.Supervisor);

    private static async Task<long> Away(Work work, int from, int to, long? deputy = null)
    {
        var recorded = await work.Do<RecordAbsence, RecordAbsence.Input, Added>(Supervisor, new(work.Bea, work.Today.AddDays(from), work.Today.AddDays(to), "Vacation", deputy));
        Assert.True(recorded.Ok, recorded.ToString());
        await work.House.RunJobs();
        return recorded.Value.Id;
    }

    private static async Task<string[]> Told(Work work, long whom) =>
        [.. (await work.List(Supervisor, new(ToDoScope.All, Type: "ABSENCE", Size: 50))).Items.Where(t => t.EmployeeId == whom).Select(t => $"{t.DueOn.DayNumber - work.Today.DayNumber} {t.Subject}")];

    [Theory, BothDatabases]
    public async Task Without_a_deputy_what_cannot_wait_goes_to_the_roles_when_the_absence_begins(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (due, hers, later) = (await work.Add(work.Bea, days: 3), await work.Add(work.Bea, days: 4), await work.Add(work.Bea, days: 6));
        Assert.True((await work.Start(work.Person(work.Bea), hers)).Ok);
        await Away(work, 2, 5);
        Assert.Equal("Bea Long", (await work.Get(due)).ToDo.AddressedTo);
        Assert.Equal([$"6 Away {work.Today.AddDays(2):d MMMM} to {work.Today.AddDays(5):d MMMM yyyy}: what was due went to the roles"], await Told(work, work.Bea));

        house.Clock.Advance(TimeSpan.FromDays(2));
        await house.RunJobs();
        Assert.Equal(("Customer follow-up", "Customer follow-up", "Bea Long"), ((await work.Get(due)).ToDo.AddressedTo, (await work.Get(hers)).ToDo.AddressedTo, (await work.Get(later)).ToDo.AddressedTo));
        Assert.Equal(("forwarded", $"To Customer follow-up: Bea Long is away until {work.Today.AddDays(5):d MMMM yyyy}."), ((await work.Get(due)).Log[0].Action, (await work.Get(due)).Log[0].Body));
        Assert.Equal("Open", (await work.Get(hers)).ToDo.State);

        // What falls due meanwhile does not wait for her either; what can wait does.
        await using var scope = house.As(Actor.Process("test"));
        NewToDo For(int id, int days) => new("GENERAL", "Call back", work.Today.AddDays(days), new RecordRef("test", id), EmployeeId: work.Bea, AddressedTo: "Bea Long");
        Assert.Equal(2, await scope.Db.InTransaction(() => scope.Get<IToDos>().CreateMany([For(1, 4), For(2, 9)], Ct), Ct));
        var made = (await work.List(Supervisor, new(ToDoScope.All, Size: 50))).Items.Where(t => t.Cause?.Kind == "test").OrderBy(t => t.DueOn).ToArray();
        Assert.Equal(["Customer follow-up", "Bea Long"], made.Select(t => t.AddressedTo));
        Assert.Equal($"To Customer follow-up: Bea Long is away until {work.Today.AddDays(5):d MMMM yyyy}.", (await work.Get(made[0].Id)).Log[0].Body);
    }

    [Theory, BothDatabases]
    public async Task With_a_deputy_it_stands_in_their_lists_and_both_are_told_also_of_changes(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var due = await work.Add(work.Bea, days: 1);
        var absence = await Away(work, 1, 3, work.Carl);
        var days = $"{work.Today.AddDays(1):d MMMM} to {work.Today.AddDays(3):d MMMM yyyy}";
        Assert.Equal([$"1 Stand in for Bea Long, {days}: what is due for them stands in your lists"], await Told(work, work.Carl));
        Assert.Equal([$"4 Away {days}: Carl Ode stands in"], await Told(work, work.Bea));

        Assert.True((await work.Do<ChangeAbsence, ChangeAbsence.Input, Done>(Supervisor, new(absence, 0, work.Today.AddDays(1), work.Today.AddDays(2), "Vacation", work.Dora))).Ok);
        await house.RunJobs();
        days = $"{work.Today.AddDays(1):d MMMM} to {work.Today.AddDays(2):d MMMM yyyy}";
        Assert.Empty(await Told(work, work.Carl));
        Assert.Equal([$"1 Stand in for Bea Long, {days}: what is due for them stands in your lists"], await Told(work, work.Dora));
        Assert.Equal([$"3 Away {days}: Dora Pym stands in"], await Told(work, work.Bea));

        house.Clock.Advance(TimeSpan.FromDays(1));
        await house.RunJobs();
        Assert.Equal("Bea Long", (await work.Get(due)).ToDo.AddressedTo);
        Assert.Contains(due, (await work.List(work.Person(work.Dora), new())).Items.Select(t => t.Id));
        Assert.True((await work.Start(work.Person(work.Dora), due)).Ok);
        Assert.True((await work.Do<CancelAbsence, CancelAbsence.Input, Done>(Supervisor, new(absence, 1))).Ok);
        await house.RunJobs();
        Assert.Empty((await Told(work, work.Dora)).Concat(await Told(work, work.Bea)));
        Assert.DoesNotContain(due, (await work.List(work.Person(work.Carl), new())).Items.Select(t => t.Id));
    }

    [Theory, BothDatabases]
    public async Task An_absence_that_was_cancelled_or_moved_takes_nothing_away(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var due = await work.Add(work.Bea, days: 1);
        var cancelled = await Away(work, 1, 1);
        Assert.True((await work.Do<CancelAbsence, CancelAbsence.Input, Done>(Supervisor, new(cancelled, 0))).Ok);
        var moved = await Away(work, 1, 2);
        Assert.True((await work.Do<ChangeAbsence, ChangeAbsence.Input, Done>(Supervisor, new(moved, 0, work.Today.AddDays(3), work.Today.AddDays(4)))).Ok);
        house.Clock.Advance(TimeSpan.FromDays(1));
        await house.RunJobs();
        Assert.Equal("Bea Long", (await work.Get(due)).ToDo.AddressedTo);
        house.Clock.Advance(TimeSpan.FromDays(2));
        await house.RunJobs();
        Assert.Equal("Customer follow-up", (await work.Get(due)).ToDo.AddressedTo);
    }
}
