using System.Net;
using System.Net.Http.Json;
using Tieline.Organization;
using Tieline.Organization.Absences;
using Tieline.Organization.Calendars;
using Tieline.Organization.Employees;
using Tieline.Organization.Shifts;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Organization;

/// <summary>Who works from when to when.</summary>
public class ShiftTests
{
    private const string Day = "08:00-17:00 08:00-17:00 08:00-17:00 08:00-17:00 08:00-17:00 - -";
    private const string Night = "22:00-06:00 22:00-06:00 22:00-06:00 22:00-06:00 22:00-06:00 22:00-06:00 22:00-06:00";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<long> Pattern(TestScope scope, string code, string week, bool worksClosed = false)
    {
        var calendar = (await scope.Get<ListCalendars>().Handle(new(), Ct)).Value.Items[0].Id;
        var added = await scope.Get<AddShiftPattern>().Handle(new(code, code, calendar, ShiftWeek.Read(week), worksClosed), Ct);
        Assert.True(added.Ok, added.ToString());
        return added.Value.Id;
    }

    private static async Task Follows(TestScope scope, long who, long pattern, DateOnly from) =>
        Assert.Equal("ok", (await scope.Get<AssignShifts>().Handle(new(pattern, from, who), Ct)).Rule());

    /// <summary>"08:00-17:00" by the clock on the wall, with the hours that pass; "none".</summary>
    private static async Task<string> Works(TestScope scope, long who, DateOnly on)
    {
        if ((await scope.Get<IOrganization>().Shifts(on, [who], Ct)).SingleOrDefault() is not { } shift)
            return "none";
        Assert.Equal((DateTimeKind.Utc, on), (shift.FromAt.Kind, shift.On));
        var clock = scope.Get<IUtilityClock>();
        return $"{await clock.ToLocal(shift.FromAt, Ct):HH:mm}-{await clock.ToLocal(shift.ToAt, Ct):HH:mm} {(shift.ToAt - shift.FromAt).TotalHours:0.#}";
    }

    /// <summary>The next such day after the tenth from now.</summary>
    private static async Task<DateOnly> Next(TestScope scope, DayOfWeek day)
    {
        var from = (await scope.Get<IUtilityClock>().Today(Ct)).AddDays(10);
        return from.AddDays(((int)day - (int)from.DayOfWeek + 7) % 7);
    }

    [Theory, BothDatabases]
    public async Task A_pattern_is_followed_from_a_day_on_less_closed_days_absences_and_days_of_its_own(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var (ana, bo) = (await scope.Employee("E1"), await scope.Employee("E2", "Bo Lee"));
        var (day, night) = (await Pattern(scope, "DAY", Day), await Pattern(scope, "NIGHT", Night, worksClosed: true));
        var monday = await Next(scope, DayOfWeek.Monday);
        // A holiday that falls on these days would hide what is meant.
        var office = (await scope.Get<ListCalendars>().Handle(new(), Ct)).Value.Items[0].Id;
        foreach (var holiday in (await scope.Get<GetCalendar>().Handle(new(office, monday.Year), Ct)).Value.Holidays.Concat((await scope.Get<GetCalendar>().Handle(new(office, monday.Year + 1), Ct)).Value.Holidays))
            await scope.Get<RemoveHoliday>().Handle(new(holiday.Id), Ct);
        await Follows(scope, ana, day, OrganizationWorld.Hired);
        await Follows(scope, ana, night, monday.AddDays(7));
        await Follows(scope, bo, night, monday);

        Assert.Equal("08:00-17:00 9", await Works(scope, ana, monday));
        Assert.Equal("none", await Works(scope, ana, monday.AddDays(5)));
        Assert.Equal("22:00-06:00 8", await Works(scope, ana, monday.AddDays(12)));
        Assert.Equal("none", await Works(scope, bo, monday.AddDays(-1)));
        await scope.Get<AddHoliday>().Handle(new(office, monday.AddDays(1), "Founders' Day"), Ct);
        Assert.Equal(("none", "22:00-06:00 8"), (await Works(scope, ana, monday.AddDays(1)), await Works(scope, bo, monday.AddDays(1))));
        Assert.Equal("ok", (await scope.Get<RecordAbsence>().Handle(new(ana, monday.AddDays(2), monday.AddDays(2)), Ct)).Rule());
        Assert.Equal(("none", "08:00-17:00 9"), (await Works(scope, ana, monday.AddDays(2)), await Works(scope, ana, monday.AddDays(3))));
        RecordShiftException.Input other = new(ana, monday.AddDays(1), new TimeOnly(9, 0), new TimeOnly(13, 30), Reason: "Stocktaking");
        var said = (await scope.Get<RecordShiftException>().Handle(other, Ct)).Value.Id;
        Assert.Equal("09:00-13:30 4.5", await Works(scope, ana, monday.AddDays(1)));
        Assert.Equal("ok", (await scope.Get<RecordShiftException>().Handle(new(bo, monday, NoShift: true, Reason: "Swap"), Ct)).Rule());
        Assert.Equal("none", await Works(scope, bo, monday));
        Assert.Equal("ok", (await scope.Get<CancelShiftException>().Handle(new(said), Ct)).Rule());
        Assert.Equal("ok", (await scope.Get<CancelShiftException>().Handle(new(said), Ct)).Rule());
        Assert.Equal("none", await Works(scope, ana, monday.AddDays(1)));
        Assert.Equal("ok", (await scope.Get<RecordShiftException>().Handle(other, Ct)).Rule());

        var shifts = (await scope.Get<GetEmployeeShifts>().Handle(new(ana), Ct)).Value;
        Assert.Equal([(monday.AddDays(7), "NIGHT", false), (OrganizationWorld.Hired, "DAY", true)], shifts.Followed.Select(f => (f.FromOn, f.Pattern, f.IsNow)));
        Assert.Contains(shifts.Days, d => d.On == monday.AddDays(1) && d.Reason == "Stocktaking");
        await using var csr = house.As(Roles.Csr);
        Assert.All((await csr.Get<GetEmployeeShifts>().Handle(new(ana), Ct)).Value.Days, d => Assert.Null(d.Reason));
        // Whoever has left works no more.
        var today = await scope.Get<IUtilityClock>().Today(Ct);
        Assert.Equal("ok", (await scope.Get<EndEmployment>().Handle(new(bo, 0, today), Ct)).Rule());
        Assert.Equal("none", await Works(scope, bo, monday.AddDays(2)));
    }

    [Theory, BothDatabases]
    public async Task On_the_nights_on_which_clocks_change_a_shift_has_the_hours_that_pass(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        Assert.Equal("America/Los_Angeles", (await scope.Get<IUtilityClock>().Zone(Ct)).Id);
        var ana = await scope.Employee("E1");
        await Follows(scope, ana, await Pattern(scope, "NIGHT", Night, worksClosed: true), new DateOnly(2026, 1, 1));

        Assert.Equal("22:00-06:00 8", await Works(scope, ana, new DateOnly(2026, 3, 6)));
        Assert.Equal("22:00-06:00 7", await Works(scope, ana, new DateOnly(2026, 3, 7)));
        Assert.Equal("22:00-06:00 9", await Works(scope, ana, new DateOnly(2026, 10, 31)));
        // From two to half past there is no such time in that night.
        await Follows(scope, ana, await Pattern(scope, "GAP", "- - - - - - 02:00-02:30", worksClosed: true), new DateOnly(2026, 3, 8));
        Assert.Equal("none", await Works(scope, ana, new DateOnly(2026, 3, 8)));
        Assert.Equal("02:00-02:30 0.5", await Works(scope, ana, new DateOnly(2026, 3, 15)));
    }

    [Theory, BothDatabases]
    public async Task At_each_moment_it_is_known_who_is_on_shift(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var (ana, bo, cy) = (await scope.Employee("E1"), await scope.Employee("E2", "Bo Lee"), await scope.Employee("E3", "Cy Ode"));
        await Follows(scope, ana, await Pattern(scope, "NIGHT", Night, worksClosed: true), OrganizationWorld.Hired);
        await Follows(scope, bo, await Pattern(scope, "MON", "08:00-12:00 - - - - - -", worksClosed: true), OrganizationWorld.Hired);
        var (monday, clock) = (await Next(scope, DayOfWeek.Monday), scope.Get<IUtilityClock>());
        async Task<string> At(int days, int hour, long who)
        {
            house.Clock.Set(new DateTimeOffset(await clock.ToInstant(monday.AddDays(days), new TimeOnly(hour, 0), Ct)));
            var now = await scope.Get<IOrganization>().ShiftsNow([ana, bo, cy], Ct);
            return !now.TryGetValue(who, out var shift) ? "unknown" : shift.Text(shift.At is { } at ? await clock.ToLocal(at, Ct) : default);
        }
        Assert.Equal("on shift until 06:00", await At(0, 3, ana));
        Assert.Equal("on shift from 22:00", await At(0, 6, ana));
        Assert.Equal("on shift until 06:00", await At(0, 22, ana));
        Assert.Equal("on shift from 08:00", await At(0, 7, bo));
        Assert.Equal("off shift since 12:00", await At(0, 12, bo));
        Assert.Equal("not on shift today", await At(1, 9, bo));
        Assert.Equal("unknown", await At(1, 9, cy));
    }

    [Theory, BothDatabases]
    public async Task What_cannot_be_is_told_at_its_field(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var ana = await scope.Employee("E1");
        var calendar = (await scope.Get<ListCalendars>().Handle(new(), Ct)).Value.Items[0].Id;
        async Task<string> Add(string week, long? by, bool closed = false, string code = "X") =>
            string.Join(' ', (await scope.Get<AddShiftPattern>().Handle(new(code, "X", by, week.Split(' ').Select((p, i) => p == "-" ? new ShiftDay(BusinessCalendar.Week[i], null, null)
                : new ShiftDay(BusinessCalendar.Week[i], TimeOnly.Parse(p[..5]), p.Length > 6 ? TimeOnly.Parse(p[6..]) : null)).ToList(), closed), Ct)).Problems.Select(p => $"{p.Field} {p.Rule}"));
        Assert.Equal("Days[1].ToAt shift.times.same", await Add("- 08:00-08:00 - - - - -", calendar));
        Assert.Equal("Days[0].ToAt required", await Add("08:00 - - - - - -", calendar));
        Assert.Equal("Days[0].FromAt shift_pattern.days", await Add("- - - - - - -", calendar));
        Assert.Equal("Days[1].FromAt shift.overlap", await Add("22:00-06:00 05:00-09:00 - - - - -", calendar));
        Assert.Equal("Days[0].FromAt shift.overlap", await Add("05:00-09:00 - - - - - 22:00-06:00", calendar, closed: true));
        Assert.Equal("Days[5].FromAt shift_pattern.day.closed", await Add("- - - - - 08:00-12:00 -", calendar));
        Assert.Equal("CalendarId calendar.unknown", await Add(Day, 4711));
        Assert.Equal("CalendarId required", await Add(Day, null));
        var pattern = await Pattern(scope, "DAY", Day);
        Assert.Equal("Code shift_pattern.code.taken", await Add(Day, calendar, code: "day"));

        var (assign, monday) = (scope.Get<AssignShifts>(), await Next(scope, DayOfWeek.Monday));
        async Task<string> Give(AssignShifts.Input input) => string.Join(' ', (await assign.Handle(input, Ct)).Problems.Select(p => $"{p.Field} {p.Rule}"));
        Assert.Equal("FromOn shift.before_hired", await Give(new(pattern, OrganizationWorld.Hired.AddDays(-1), ana)));
        Assert.Equal("FromOn required PatternId required EmployeeId shift.who", await Give(new(null, null)));
        Assert.Equal("PatternId shift_pattern.unknown", await Give(new(4711, monday, ana)));
        Assert.Equal("EmployeeId shift.who.nobody", await Give(new(pattern, monday, 4711)));
        Assert.Equal("DepartmentId shift.who.nobody", await Give(new(pattern, monday, DepartmentId: 4711)));
        Assert.Equal("EmployeeId shift.who", await Give(new(pattern, monday, ana, DepartmentId: 1)));
        Assert.Equal("NoPattern shift.pattern.both", await Give(new(pattern, monday, ana, NoPattern: true)));

        await Follows(scope, ana, await Pattern(scope, "NIGHT", Night, worksClosed: true), monday);
        async Task<string> Say(RecordShiftException.Input input) => string.Join(' ', (await scope.Get<RecordShiftException>().Handle(input, Ct)).Problems.Select(p => $"{p.Field} {p.Rule}"));
        RecordShiftException.Input other = new(ana, monday.AddDays(1), new TimeOnly(14, 0), new TimeOnly(20, 0), Reason: "Swap");
        Assert.Equal("Reason required FallsOn required FromAt required", await Say(new(ana, null)));
        Assert.Equal("ToAt shift.times.same", await Say(other with { ToAt = other.FromAt }));
        Assert.Equal("NoShift shift.times.both", await Say(other with { NoShift = true }));
        Assert.Equal("FromAt shift.overlap", await Say(other with { FromAt = new TimeOnly(5, 0) }));
        Assert.Equal("", await Say(other with { FallsOn = monday.AddDays(2), FromAt = new TimeOnly(7, 0) }));
        Assert.Equal("ToAt shift.overlap", await Say(other with { FromAt = new TimeOnly(23, 0), ToAt = new TimeOnly(8, 0) }));
        Assert.Equal("", await Say(other));
        Assert.Equal("FallsOn shift.exception.taken", await Say(other with { FromAt = new TimeOnly(21, 0), ToAt = new TimeOnly(22, 0) }));
        Assert.Equal("FallsOn shift.day.range", await Say(other with { FallsOn = new DateOnly(2001, 1, 1) }));
        await Assert.ThrowsAsync<ForbiddenException>(() => house.As(Roles.Supervisor).Get<AssignShifts>().Handle(new(pattern, monday, ana), Ct));
    }

    [Theory, BothDatabases]
    public async Task A_team_is_given_a_pattern_at_once_and_what_somebody_follows_is_not_closed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var (ana, bo, cy) = (await scope.Employee("E1"), await scope.Employee("E2", "Bo Lee"), await scope.Employee("E3", "Cy Ode"));
        var (day, night) = (await Pattern(scope, "DAY", Day), await Pattern(scope, "NIGHT", Night, worksClosed: true));
        var monday = await Next(scope, DayOfWeek.Monday);
        var file = (await scope.Get<GetEmployee>().Handle(new(cy), Ct)).Value.Employee;
        Assert.Equal("ok", (await scope.Get<ChangeEmployee>().Handle(new(cy, file.Version, file.Name, file.DepartmentId, file.PositionId, null, null, monday.AddDays(3)), Ct)).Rule());
        var (assign, today) = (scope.Get<AssignShifts>(), await scope.Get<IUtilityClock>().Today(Ct));
        Assert.Equal(new AssignShifts.Assigned(3, 0), (await assign.Handle(new(day, today, DepartmentId: file.DepartmentId), Ct)).Value);
        Assert.Equal(new AssignShifts.Assigned(0, 3), (await assign.Handle(new(day, today, DepartmentId: file.DepartmentId), Ct)).Value);
        Assert.Equal([monday.AddDays(3)], (await scope.Get<GetEmployeeShifts>().Handle(new(cy), Ct)).Value.Followed.Select(f => f.FromOn));
        var role = (await scope.Get<AddToDoRole>().Handle(new("NIGHTS", "Nights"), Ct)).Value.Id;
        await scope.Get<AddMember>().Handle(new(role, bo), Ct);
        Assert.Equal(new AssignShifts.Assigned(1, 0), (await assign.Handle(new(night, monday, ToDoRoleId: role), Ct)).Value);
        // The same day said again is replaced, not doubled.
        Assert.Equal(new AssignShifts.Assigned(1, 0), (await assign.Handle(new(null, monday, bo, NoPattern: true), Ct)).Value);
        Assert.Equal(["", "DAY"], (await scope.Get<GetEmployeeShifts>().Handle(new(bo), Ct)).Value.Followed.Select(f => f.Pattern ?? ""));
        Assert.Equal(new AssignShifts.Assigned(1, 0), (await assign.Handle(new(night, monday, ToDoRoleId: role), Ct)).Value);

        Task<Outcome<Done>> Close(long id, int version) => scope.Get<ChangeShiftPattern>().Handle(new(id, version, "Closed", (scope.Db.Set<ShiftPattern>().Single(p => p.Id == id)).CalendarId, ShiftWeek.Read(Day), true, Active: false), Ct);
        Assert.Equal("shift_pattern.followed", (await Close(night, 0)).Rule());
        Assert.Equal(new AssignShifts.Assigned(1, 0), (await assign.Handle(new(day, monday, ToDoRoleId: role), Ct)).Value);
        Assert.Equal("ok", (await Close(night, 0)).Rule());
        Assert.Equal("shift_pattern.unknown", (await assign.Handle(new(night, monday, ana), Ct)).Rule());
        Assert.Equal(("DAY", 2), (await scope.Get<ListShiftPatterns>().Handle(new(Active: true), Ct)).Value.Items.Select(p => (p.Code, p.People)).Single());
        Assert.Equal("2 employees", (await scope.Get<Tieline.Platform.Configuration.AllUsedBy>().Of(new("shift_pattern", day), Ct)).Single().Text);

        var week = (await scope.Get<ListShifts>().Handle(new(DepartmentId: file.DepartmentId, On: monday.AddDays(2)), Ct)).Value;
        Assert.Equal((monday, 3), (week.FirstOn, week.People.Count));
        Assert.Equal(["Ana Ruiz", "Bo Lee"], (await scope.Get<ListShifts>().Handle(new(PatternId: day), Ct)).Value.People.Select(p => p.Name));
        Assert.Equal(["Bo Lee"], (await scope.Get<ListShifts>().Handle(new(ToDoRoleId: role), Ct)).Value.People.Select(p => p.Name));
        Assert.Equal(monday.AddDays(3), week.People.Single(p => p.Name == "Cy Ode").Days[0].On);
    }

    [Theory, BothDatabases]
    public async Task Two_who_say_something_of_one_day_at_once_do_not_both_succeed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        long ana;
        DateOnly monday;
        await using (var scope = house.As(Roles.BusinessAdministrator))
            (ana, monday) = (await scope.Employee("E1"), await Next(scope, DayOfWeek.Monday));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            await using var scope = house.As(Roles.BusinessAdministrator);
            return (await scope.Get<RecordShiftException>().Handle(new(ana, monday, new TimeOnly(8 + i, 0), new TimeOnly(17, 0), Reason: "Swap"), Ct)).Rule();
        })));
        Assert.Equal((1, 5), (outcomes.Count(r => r == "ok"), outcomes.Count(r => r == "shift.exception.taken")));
    }

    [Theory, BothDatabases]
    public async Task Shifts_are_kept_by_the_pages_and_by_machines(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var browser = await house.SignedIn(Roles.BusinessAdministrator);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var ana = await scope.Employee("E1");
        var calendar = (await scope.Get<ListCalendars>().Handle(new(), Ct)).Value.Items[0].Id;
        (string, string)[] typed = [("Code", "late"), ("Name", "Late"), ("CalendarId", $"{calendar}"), .. BusinessCalendar.Week.SelectMany((d, i) => ((string, string)[])
            [($"Days[{i}].Day", $"{d}"), ($"Days[{i}].FromAt", i < 5 ? "14:00" : ""), ($"Days[{i}].ToAt", i < 5 ? "22:00" : "")])];
        var refused = await browser.Submit("/admin/shifts/new", "form-add-shift-pattern", [.. typed.Select(t => t.Item1 == "Days[2].ToAt" ? (t.Item1, "14:00") : t)]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("It ends when it begins", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit("/admin/shifts/new", "form-add-shift-pattern", typed)).StatusCode);
        var late = (await scope.Get<ListShiftPatterns>().Handle(new(), Ct)).Value.Items.Single();
        Assert.Equal(("LATE", "Mon to Fri 14:00-22:00"), (late.Code, ShiftWeek.InWords(late.Days)));
        var today = await scope.Get<IUtilityClock>().Today(Ct);
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit($"/employees/{ana}/shifts/follow", "form-assign-shifts", ("PatternId", $"{late.Id}"), ("FromOn", $"{today:yyyy-MM-dd}"))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit("/admin/shifts/assign", "form-assign-shifts", ("PatternId", $"{late.Id}"), ("FromOn", $"{today.AddDays(-3):yyyy-MM-dd}"), ("EmployeeId", $"{ana}"), ("DepartmentId", ""), ("ToDoRoleId", ""))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit($"/employees/{ana}/shifts/other", "form-record-shift-exception", ("FallsOn", $"{today.AddDays(2):yyyy-MM-dd}"), ("FromAt", "05:00"), ("ToAt", "09:15"), ("Reason", "Delivery"))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit($"/admin/shifts/{late.Id}/change", "form-change-shift-pattern", [.. typed.Skip(1), ("WorksClosed", "true"), ("Active", "true")])).StatusCode);

        var page = await browser.GetStringAsync($"/employees/{ana}", Ct);
        foreach (var text in new[] { "Mon to Fri 14:00-22:00", "05:00-09:15", "this day only", "Delivery" })
            Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.Matches("Late</a> <span[^>]*>since", page);
        var week = await browser.GetStringAsync($"/admin/shifts/week?on={today.AddDays(2):yyyy-MM-dd}&pattern={late.Id}", Ct);
        Assert.Contains("05:00-09:15", week, StringComparison.Ordinal);
        Assert.Contains("At work", week, StringComparison.Ordinal);
        Assert.Contains("Late", await browser.GetStringAsync($"/admin/shifts?calendar={calendar}", Ct), StringComparison.Ordinal);
        Assert.Contains("1 employee<", await browser.GetStringAsync($"/admin/shifts/{late.Id}", Ct), StringComparison.Ordinal);
        var said = (await scope.Get<GetEmployeeShifts>().Handle(new(ana), Ct)).Value.Days.Single(d => d.ExceptionId is not null).ExceptionId;
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit($"/employees/{ana}", $"other-{said}")).StatusCode);
        Assert.DoesNotContain((await scope.Get<GetEmployeeShifts>().Handle(new(ana), Ct)).Value.Days, d => d.ExceptionId is not null);

        using var csr = await house.SignedIn(Roles.Csr);
        foreach (var path in new[] { "/admin/shifts", "/admin/shifts/week", $"/admin/shifts/{late.Id}" })
            Assert.Equal((path, HttpStatusCode.OK), (path, (await csr.GetAsync(path, Ct)).StatusCode));
        foreach (var path in new[] { "/admin/shifts/new", "/admin/shifts/assign", $"/admin/shifts/{late.Id}/change", $"/employees/{ana}/shifts/follow", $"/employees/{ana}/shifts/other" })
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await csr.GetAsync(path, Ct)).StatusCode));

        using var machine = await house.SignedInApi(Roles.BusinessAdministrator);
        using var made = new HttpRequestMessage(HttpMethod.Post, "/api/v1/shift-patterns")
        {
            Content = JsonContent.Create(new { code = "EARLY", name = "Early", calendarId = calendar, days = new[] { new { day = "Monday", fromAt = "06:00", toAt = "14:00" } } }),
        };
        made.Headers.Add("Idempotency-Key", "early-1");
        var answer = await machine.SendAsync(made, Ct);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Ct));
        Assert.Contains("EARLY", await machine.GetStringAsync("/api/v1/shift-patterns", Ct), StringComparison.Ordinal);
        Assert.Contains("\"pattern\":\"Late\"", await machine.GetStringAsync($"/api/v1/employees/{ana}/shifts", Ct), StringComparison.Ordinal);
        Assert.Contains("\"firstOn\"", await machine.GetStringAsync($"/api/v1/shifts?patternId={late.Id}", Ct), StringComparison.Ordinal);
    }
}
