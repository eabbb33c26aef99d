using Dapper;
using Tieline.Organization.Absences;
using Tieline.Organization.Employees;
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
    public async Task What_a_colleague_took_and_puts_back_while_they_are_away_goes_to_the_role(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (urgent, later) = (await work.Add(work.Bea, days: 1), await work.Add(work.Bea, days: 9));
        Assert.True((await work.Start(Supervisor with { Id = work.Carl, Name = "Carl Ode" }, urgent)).Ok);
        Assert.True((await work.Start(Supervisor with { Id = work.Carl, Name = "Carl Ode" }, later)).Ok);
        await Away(work, 0, 3);
        foreach (var id in (long[])[urgent, later])
            await work.PutBack(Supervisor, id);
        Assert.Equal("Customer follow-up, Bea Long", await Whose(work, urgent, later));
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

    private static async Task<long> AwayToo(Work work, long who, int from, int to, long? deputy = null)
    {
        var recorded = await work.Do<RecordAbsence, RecordAbsence.Input, Added>(Supervisor, new(who, work.Today.AddDays(from), work.Today.AddDays(to), "Vacation", deputy));
        Assert.True(recorded.Ok, recorded.ToString());
        await work.House.RunJobs();
        return recorded.Value.Id;
    }

    private static async Task<string> Whose(Work work, params long[] ids)
    {
        var whose = new List<string>();
        foreach (var id in ids)
            whose.Add((await work.Get(id)).ToDo is var toDo ? $"{toDo.AddressedTo}{(toDo.WorkedBy is null ? "" : $" ({toDo.WorkedBy})")}" : "");
        return string.Join(", ", whose);
    }

    private static async Task Days(Work work, int days)
    {
        work.House.Clock.Advance(TimeSpan.FromDays(days));
        await work.House.RunJobs();
    }

    [Theory, BothDatabases]
    public async Task What_they_took_from_a_role_goes_back_to_it_when_the_absence_begins_unless_it_can_wait_or_a_deputy_has_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (due, later, deputys) = (await work.Add(role: work.Role, days: 3), await work.Add(role: work.Role, days: 6), await work.Add(role: work.Role, days: 3));
        foreach (var id in (long[])[due, later])
            Assert.True((await work.Start(work.Person(work.Bea), id)).Ok);
        Assert.True((await work.Start(work.Person(work.Carl), deputys)).Ok);
        await Away(work, 2, 5);
        await AwayToo(work, work.Carl, 2, 5, work.Dora);
        Assert.Equal("Follow up (Bea Long), Follow up (Bea Long), Follow up (Carl Ode)", await Whose(work, due, later, deputys));
        await Days(work, 2);
        Assert.Equal("Follow up, Follow up (Bea Long), Follow up (Carl Ode)", await Whose(work, due, later, deputys));
        Assert.Equal($"put_back Bea Long is away until {work.Today.AddDays(5):d MMMM yyyy}.", (await work.Get(due)).Log[0] is var log ? $"{log.Action} {log.Body}" : "");
        Assert.Contains(deputys, (await work.List(work.Person(work.Dora), new())).Items.Select(t => t.Id));
    }

    [Theory, BothDatabases]
    public async Task A_deputy_who_leaves_is_none_any_more(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (due, later) = (await work.Add(work.Bea, days: 2), await work.Add(work.Bea, days: 9));
        await Away(work, 1, 5, work.Carl);
        await Days(work, 1);
        Assert.Equal("Bea Long, Bea Long", await Whose(work, due, later));
        Assert.True((await work.Do<EndEmployment, EndEmployment.Input, Done>(Actors.Of(Roles.BusinessAdministrator), new(work.Carl, 0, new DateOnly(2024, 1, 5), WorkByType: true))).Ok);
        await house.RunJobs();
        Assert.Equal("Customer follow-up, Bea Long", await Whose(work, due, later));
        Assert.Equal($"To Customer follow-up: Bea Long is away until {work.Today.AddDays(5):d MMMM yyyy}; Carl Ode does not work here any more.", (await work.Get(due)).Log[0].Body);
        Assert.Equal([$"6 Away {work.Today.AddDays(1):d MMMM} to {work.Today.AddDays(5):d MMMM yyyy}: what was due went to the roles"], await Told(work, work.Bea));
        Assert.DoesNotContain((await work.List(Supervisor, new(ToDoScope.All, Type: "ABSENCE"))).Items, t => t.Subject.StartsWith("Stand in", StringComparison.Ordinal));
        // New work does not wait for either of them.
        Assert.Equal("Customer follow-up, Bea Long", await Whose(work, await work.Add(work.Bea, days: 5), await work.Add(work.Bea, days: 6)));
    }

    [Theory, BothDatabases]
    public async Task A_deputy_who_is_away_too_is_none_on_those_days(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (soon, due, later) = (await work.Add(work.Bea, days: 2), await work.Add(work.Bea, days: 4), await work.Add(work.Bea, days: 5));
        await Away(work, 1, 6, work.Carl);
        await AwayToo(work, work.Carl, 3, 4);
        await Days(work, 1);
        Assert.Equal("Bea Long, Bea Long, Bea Long", await Whose(work, soon, due, later));
        Assert.True((await work.Complete(work.Person(work.Carl), soon)).Ok);
        await Days(work, 2);
        Assert.Equal("Customer follow-up, Bea Long", await Whose(work, due, later));
        Assert.Equal($"To Customer follow-up: Bea Long is away until {work.Today.AddDays(6):d MMMM yyyy}, and Carl Ode until {work.Today.AddDays(4):d MMMM yyyy}.", (await work.Get(due)).Log[0].Body);
        Assert.Equal("Customer follow-up, Bea Long", await Whose(work, await work.Add(work.Bea, days: 4), await work.Add(work.Bea, days: 5)));
        await Days(work, 2);
        Assert.Contains(later, (await work.List(work.Person(work.Carl), new())).Items.Select(t => t.Id));
        Assert.Equal("Bea Long", await Whose(work, await work.Add(work.Bea, days: 5)));
    }

    [Theory, BothDatabases]
    public async Task What_is_forwarded_to_somebody_away_or_left_to_them_goes_the_same_way(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var absence = await Away(work, 0, 3);
        var (due, later, heirs, heirsLater) = (await work.Add(role: work.Role, days: 1), await work.Add(role: work.Role, days: 4), await work.Add(work.Carl, days: 1), await work.Add(work.Carl, days: 4));
        foreach (var id in (long[])[due, later])
            Assert.True((await work.Forward(Supervisor, id, work.Bea, null)).Ok);
        Assert.Equal("Customer follow-up, Bea Long", await Whose(work, due, later));
        Assert.Equal($"To Customer follow-up: Bea Long is away until {work.Today.AddDays(3):d MMMM yyyy}. please", (await work.Get(due)).Log[0].Body);
        Assert.True((await work.Do<EndEmployment, EndEmployment.Input, Done>(Actors.Of(Roles.BusinessAdministrator), new(work.Carl, 0, new DateOnly(2024, 1, 5), WorkToEmployeeId: work.Bea))).Ok);
        await house.RunJobs();
        Assert.Equal("Customer follow-up, Bea Long", await Whose(work, heirs, heirsLater));
        using (var browser = await house.SignedIn(Roles.Supervisor))
            Assert.Contains($"away until {work.Today.AddDays(3):d MMM}", await browser.GetStringAsync("/todos/people?q=bea", Ct), StringComparison.Ordinal);
        await AwayToo(work, work.Dora, 0, 4, work.Bea);
        Assert.Equal("Customer follow-up", await Whose(work, await work.Add(work.Dora)));
        Assert.True((await work.Do<CancelAbsence, CancelAbsence.Input, Done>(Supervisor, new(absence, 0))).Ok);
        Assert.Equal("Dora Pym", await Whose(work, await work.Add(work.Dora)));
    }

    [Theory, BothDatabases]
    public async Task What_is_moved_into_an_absence_goes_the_same_way(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await using var scope = house.As(Actor.Process("test"));
        var toDos = scope.Get<IToDos>();
        var causes = Enumerable.Range(1, 5).Select(i => new RecordRef("test", i)).ToArray();
        NewToDo For(int cause, long? employee, long? role) => new("GENERAL", "Call back", work.Today.AddDays(9), causes[cause], EmployeeId: employee, RoleId: role);
        var ids = new List<long>();
        foreach (var made in new[] { For(0, work.Bea, null), For(1, work.Bea, null), For(2, null, work.Role), For(3, null, work.Role), For(4, work.Dora, null) })
            ids.Add((await toDos.Create(made, Ct)).Value!.Value);
        await scope.Db.SaveChangesAsync(Ct);
        foreach (var (who, id) in new[] { (work.Bea, ids[2]), (work.Carl, ids[3]) })
            Assert.True((await work.Start(work.Person(who), id)).Ok);
        scope.Db.Forget();
        await Away(work, 0, 5);
        await AwayToo(work, work.Dora, 0, 5, work.Carl);
        Assert.Equal("Bea Long, Bea Long, Follow up (Bea Long), Follow up (Carl Ode), Dora Pym", await Whose(work, [.. ids]));

        foreach (var (cause, days) in causes.Zip([5, 6, 5, 5, 5]))
            await toDos.Reschedule(cause, work.Today.AddDays(days), null, null, Ct);
        await scope.Db.SaveChangesAsync(Ct);
        // What can wait does, and Dora's deputy is here.
        Assert.Equal("Customer follow-up, Bea Long, Follow up, Follow up (Carl Ode), Dora Pym", await Whose(work, [.. ids]));
        var away = $"Bea Long is away until {work.Today.AddDays(5):d MMMM yyyy}.";
        Assert.Equal(
            [$"forwarded To Customer follow-up: {away}", $"rescheduled Now due on {work.Today.AddDays(5):yyyy-MM-dd}."],
            (await work.Get(ids[0])).Log.Take(2).Select(l => $"{l.Action} {l.Body}"));
        Assert.Equal($"put_back {away}", (await work.Get(ids[2])).Log[0] is var log ? $"{log.Action} {log.Body}" : "");
        // Each is told of their own absence as before.
        Assert.Equal([$"6 Away {work.Today:d MMMM} to {work.Today.AddDays(5):d MMMM yyyy}: what was due went to the roles"], await Told(work, work.Bea));
        Assert.Equal(2, await (await scope.Connection()).ExecuteScalarAsync<long>("select count(*) from event where name in ('todo.forwarded', 'todo.put_back')"));
    }

    [Theory, BothDatabases]
    public async Task What_can_go_nowhere_stays_and_the_rest_goes_all_the_same(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (taken, hers) = (await work.Add(role: work.Role, days: 1), await work.Add(work.Bea, days: 1));
        var another = await work.Add(role: work.Role, days: 1);
        foreach (var id in new[] { taken, another })
            Assert.True((await work.Start(work.Person(work.Bea), id)).Ok);
        await using (var scope = house.As(Actor.Process("test")))
            await (await scope.Connection()).ExecuteAsync("update to_do_role set active = @no where code = 'CSR-FOLLOWUP'", new { no = false });
        await Away(work, 1, 3);
        house.Clock.Advance(TimeSpan.FromDays(1));
        await house.RunJobs();
        Assert.Equal("Follow up, Bea Long, Follow up", await Whose(work, taken, hers, another));
    }
}
