using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using Tieline.Organization.Absences;
using Tieline.Organization.Calendars;
using Tieline.Organization.Shifts;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
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

        // Each line leads to all it counts, each number to just those; what somebody else has in hand is not counted twice.
        Assert.True((await work.Start(Actors.Of(Roles.Supervisor, work.Dora) with { Name = "Dora Pym" }, (await work.List(Supervisor, new(ToDoScope.All) { EmployeeId = work.Bea })).Items.Single(t => t.Subject == "New").Id)).Ok);
        look = await Look(work);
        foreach (var line in look.People.Append(look.All))
        {
            var whose = line.Key.Length == 0 ? (long?)null : long.Parse(line.Key, System.Globalization.CultureInfo.InvariantCulture);
            async Task<int> Listed(ListToDos.Input input) => (await work.List(Supervisor, input with { Scope = ToDoScope.All, EmployeeId = whose, Size = 100 })).Items.Count;
            Assert.Equal(
                (line.All, line.Open, line.Working, line.OnHold, line.Overdue),
                (await Listed(new() { WithHeld = true }), await Listed(new(State: ToDoState.Open)), await Listed(new(State: ToDoState.BeingWorkedOn)), await Listed(new(State: ToDoState.OnHold)), await Listed(new(Due: DueBand.Overdue))));
        }
        Assert.Equal(["Bea Long 1", "Carl Ode 1", "Dora Pym 1"], look.People.Select(l => $"{l.Name} {l.All}"));
        Assert.True((await work.PutBack(Supervisor, (await work.List(Supervisor, new(ToDoScope.All) { EmployeeId = work.Dora })).Items.Single().Id)).Ok);
        foreach (var (wanted, input) in new (int, ListToDos.Input)[] { (1, new(ToDoScope.All) { Priority = 3 }), (2, new(ToDoScope.All) { EmployeeId = work.Bea }), (3, new(ToDoScope.All) { Age = AgeBand.Month, WithHeld = true }) })
            Assert.Equal(wanted, (await work.List(Supervisor, input)).Items.Count);
        var browser = await house.SignedIn(Roles.Supervisor);
        var page = await browser.GetStringAsync($"/todos/overview?role={work.Role}", Ct);
        Assert.Contains($"/todos?scope=All&amp;priority=3&amp;role={work.Role}", page, StringComparison.Ordinal);
        foreach (var part in new[] { "state=NotComplete", "state=Open", "due=Overdue" })
            Assert.Contains($"/todos?scope=All&amp;priority=3&amp;role={work.Role}&amp;{part}", page, StringComparison.Ordinal);
        Assert.Contains($"employee={work.Carl}&amp;role={work.Role}&amp;state=NotComplete", page, StringComparison.Ordinal);
        // What is given away is what the line counts, on hold too.
        var give = WebUtility.HtmlDecode(Regex.Match(await browser.GetStringAsync("/todos/overview", Ct), $"/todos/bulk[^\"]*employee={work.Carl}[^\"]*").Value);
        Assert.Contains("Forward 1 To Do, all of the list?", await browser.GetStringAsync(give, Ct), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Do<LookAtWork, LookAtWork.Input, LookAtWork.Look>(work.Person(work.Bea), new()));
        Assert.True((await work.Complete(Supervisor, old)).Ok);
    }

    [Theory, BothDatabases]
    public async Task It_says_who_is_on_shift_now_later_and_not_today(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Supervisor))
        {
            var (clock, today) = (scope.Get<IUtilityClock>(), await scope.Get<IUtilityClock>().Today(Ct));
            var wednesday = today.AddDays(((int)DayOfWeek.Wednesday - (int)today.DayOfWeek + 7) % 7);
            house.Clock.Set(new DateTimeOffset(await clock.ToInstant(wednesday, new TimeOnly(12, 0), Ct)));
        }
        var work = await Work.In(house);
        await work.Add(work.Bea);
        await work.Add(work.Carl);
        await work.Add(work.Dora);
        await work.Add(role: work.Role);
        Assert.All((await Look(work)).People, p => Assert.Null(p.Shift));
        Assert.Null((await Look(work)).Roles.Single().OnShiftNow);

        await Shifts(work, work.Bea, "DAY", "08:00-17:00 08:00-17:00 08:00-17:00 08:00-17:00 08:00-17:00 - -");
        await Shifts(work, work.Carl, "LATE", "14:00-22:00 14:00-22:00 14:00-22:00 14:00-22:00 14:00-22:00 - -");
        await Shifts(work, work.Dora, "MONDAYS", "08:00-17:00 - - - - - -");
        var look = await Look(work);
        Assert.Equal(["Bea Long on shift until 17:00 False", "Carl Ode on shift from 14:00 False", "Dora Pym not on shift today True"], look.People.Select(p => $"{p.Name} {p.Shift} {p.NotToday}"));
        Assert.Equal(1, look.Roles.Single().OnShiftNow);
        using (var browser = await house.SignedIn(Roles.Supervisor))
        {
            var page = await browser.GetStringAsync("/todos/overview", Ct);
            foreach (var text in new[] { "on shift until 17:00", "1 on shift now", "not on shift today" })
                Assert.Contains(text, page, StringComparison.Ordinal);
            // Who is not here today can have their work given to others; who comes later keeps it.
            Assert.Equal(1, page.Split("Give their work to somebody else").Length - 1);
            Assert.Contains("on shift from 14:00", await browser.GetStringAsync("/todos/people?q=carl", Ct), StringComparison.Ordinal);
        }
        house.Clock.Advance(TimeSpan.FromHours(6));
        Assert.Equal(["Bea Long off shift since 17:00", "Carl Ode on shift until 22:00"], (await Look(work)).People.Take(2).Select(p => $"{p.Name} {p.Shift}"));
    }

    [Theory, BothDatabases]
    public async Task However_many_people_there_are_it_asks_as_often(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await work.Add(work.Bea);
        await work.Add(role: work.Role);
        await Shifts(work, work.Bea, "DAY", "08:00-17:00 08:00-17:00 08:00-17:00 08:00-17:00 08:00-17:00 - -");
        await Look(work);
        async Task<int> Statements()
        {
            using var counter = new StatementCounter(house);
            await Look(work);
            return counter.All.Count;
        }
        var few = await Statements();
        await using (var scope = house.As(Actors.Of(Roles.BusinessAdministrator)))
        {
            var pattern = (await scope.Get<ListShiftPatterns>().Handle(new(), Ct)).Value.Items.Single().Id;
            for (var i = 0; i < 20; i++)
            {
                var one = await scope.Employee($"M{i}", $"Person {i}");
                Assert.True((await scope.Get<AddMember>().Handle(new(work.Role, one), Ct)).Ok);
                Assert.True((await scope.Get<AssignShifts>().Handle(new(pattern, work.Today, one), Ct)).Ok);
                await work.Add(one);
            }
        }
        Assert.Equal(few, await Statements());
    }

    [Theory, BothDatabases]
    public async Task Each_of_its_tables_goes_out_as_CSV_for_those_who_see_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await work.Add(work.Bea, priority: 3);
        await work.Add(role: work.Role);
        using var browser = await house.SignedIn(Roles.Supervisor);
        var page = await browser.GetStringAsync("/todos/overview", Ct);
        foreach (var (by, line) in new[] { ("role", "Follow up,1,0,0,0,0,,,,"), ("person", "Bea Long,1,0,0,0,0,no,,,"), ("type", "General,2,0,0,0,0,,,,"), ("priority", "Priority 3,1,0,0,0,0,,,,"), ("age", "within a day,2,0,0,0,0,,,,") })
        {
            Assert.Contains($"/todos/overview/export?by={by}", page, StringComparison.Ordinal);
            using var file = await browser.GetAsync($"/todos/overview/export?by={by}", Ct);
            Assert.Equal(("text/csv", $"work-by-{by}.csv"), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.FileName));
            var text = await file.Content.ReadAsStringAsync(Ct);
            Assert.Contains(line, text.Split("\r\n"));
        }
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.GetAsync("/todos/overview/export?by=moon", Ct)).StatusCode);
        using var csr = await house.SignedIn(Roles.Csr);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync("/todos/overview/export?by=role", Ct)).StatusCode);
        await using var scope = house.As(Supervisor);
        Assert.Equal(5, await (await scope.Connection()).ExecuteScalarAsync<long>("select count(*) from audit_entry where action = 'exported'"));
    }

    private static async Task Shifts(Work work, long who, string code, string week)
    {
        await using var scope = work.House.As(Actors.Of(Roles.BusinessAdministrator));
        var calendar = (await scope.Get<ListCalendars>().Handle(new(), Ct)).Value.Items[0].Id;
        var pattern = (await scope.Get<AddShiftPattern>().Handle(new(code, code, calendar, ShiftWeek.Read(week), true), Ct)).Value.Id;
        Assert.True((await scope.Get<AssignShifts>().Handle(new(pattern, work.Today, who), Ct)).Ok);
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

    [Theory, BothDatabases]
    public async Task Who_belongs_to_a_role_and_has_nothing_stands_there_too_and_who_is_away(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await work.Add(role: work.OtherRole);
        await work.Add(work.Bea);
        Assert.True((await work.Do<RecordAbsence, RecordAbsence.Input, Added>(Supervisor, new(work.Bea, work.Today, work.Today.AddDays(1), "Vacation"))).Ok);
        await house.RunJobs();
        // Her work went to the role, and she is told by what awaits her.
        Assert.Equal(["Bea Long 1 True False", "Carl Ode 0 False False"], (await Look(work)).People.Select(l => $"{l.Name} {l.All} {l.Away} {l.AtCapacity}"));
        Assert.Equal(["Bea Long", "Carl Ode"], (await Look(work, work.Role)).People.Select(l => l.Name));
        Assert.Empty((await Look(work, work.OtherRole)).People);
        await using (var scope = house.As(Actors.Of(Roles.BusinessAdministrator)))
        {
            for (var i = 0; i < 20; i++)
                Assert.True((await scope.Get<AddMember>().Handle(new(work.Role, await scope.Employee($"M{i}", $"Person {i:00}")), Ct)).Ok);
        }
        using var browser = await house.SignedIn(Roles.Supervisor);
        var page = await browser.GetStringAsync($"/todos/overview?role={work.Role}", Ct);
        Assert.Contains("and 7 more, 7 with nothing to do", page, StringComparison.Ordinal);
        Assert.Contains($"/todos/overview?role={work.Role}&amp;whole=people", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Person 19", page, StringComparison.Ordinal);
        var whole = await browser.GetStringAsync($"/todos/overview?role={work.Role}&whole=people", Ct);
        Assert.Contains("Person 19", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("with nothing to do", whole, StringComparison.Ordinal);
        Assert.Contains("Person 19,0,0,0,0,0,no", await browser.GetStringAsync("/todos/overview/export?by=person", Ct), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task However_many_roles_there_are_closed_days_are_asked_for_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await work.Add(role: work.Role);
        await Look(work);
        async Task<int> Statements()
        {
            using var counter = new StatementCounter(house);
            await Look(work);
            return counter.All.Count;
        }
        var few = await Statements();
        await using (var scope = house.As(Actors.Of(Roles.BusinessAdministrator)))
        {
            for (var i = 0; i < 12; i++)
            {
                var calendar = i % 2 == 0 ? (long?)null : (await scope.Get<AddCalendar>().Handle(new($"C{i}", $"Calendar {i}", i == 1 ? [DayOfWeek.Monday] : Enum.GetValues<DayOfWeek>(), new TimeOnly(8, 0), new TimeOnly(17, 0)), Ct)).Value.Id;
                await work.Add(role: (await scope.Get<AddToDoRole>().Handle(new($"R{i}", $"Role {i:00}", CalendarId: calendar), Ct)).Value.Id);
            }
        }
        Assert.Equal(few, await Statements());
    }
}
