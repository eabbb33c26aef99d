using Tieline.Organization;
using Tieline.Organization.Calendars;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Organization;

public class CalendarTests
{
    [Fact]
    public void Federal_holidays_are_those_the_law_names()
    {
        // As published by the U.S. Office of Personnel Management for 2026 and 2027.
        Assert.Equal(
            ["01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"],
            FederalHolidays.Of(2026).Select(h => h.On.ToString("MM-dd")));
        Assert.Equal(
            ["01-01", "01-18", "02-15", "05-31", "06-18", "07-05", "09-06", "10-11", "11-11", "11-25", "12-24", "12-31"],
            FederalHolidays.Of(2027).Select(h => h.On.ToString("MM-dd")));
        Assert.DoesNotContain(FederalHolidays.Of(2028), h => h.Name.StartsWith("New Year", StringComparison.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task Every_installation_has_the_office_calendar_and_the_follow_up_role(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var office = Assert.Single((await scope.Get<ListCalendars>().Handle(new(), CancellationToken.None)).Value.Items);
        var year = DateTime.UtcNow.Year;

        Assert.Equal((BusinessCalendar.DefaultCode, 5, new TimeOnly(8, 0), new TimeOnly(17, 0)), (office.Code, office.WorkDays.Count, office.OpensAt, office.ClosesAt));
        foreach (var y in new[] { year, year + 1, year + 2 })
            Assert.Equal(FederalHolidays.Of(y).Count, (await scope.Get<GetCalendar>().Handle(new(office.Id, y), CancellationToken.None)).Value.Holidays.Count);
        Assert.NotNull(await scope.Get<IOrganization>().ToDoRole(ToDoRole.FollowUp, CancellationToken.None));

        await Tieline.Host.House.Prepare(house.Services, CancellationToken.None);
        Assert.Single((await scope.Get<ListCalendars>().Handle(new(), CancellationToken.None)).Value.Items);
    }

    [Theory, BothDatabases]
    public async Task The_door_knows_open_and_closed_days(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var office = (await scope.Get<ListCalendars>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        var (friday, monday) = (new DateOnly(2024, 8, 2), new DateOnly(2024, 8, 5));
        var holiday = (await scope.Get<AddHoliday>().Handle(new(office, monday, "Founders' Day"), CancellationToken.None)).Value.Id;
        var door = scope.Get<IOrganization>();

        Assert.Null(await door.ClosedOn(friday, CancellationToken.None));
        Assert.Equal("Saturday", (await door.ClosedOn(friday.AddDays(1), CancellationToken.None))!.Name);
        Assert.Equal("Founders' Day", (await door.ClosedOn(monday, CancellationToken.None))!.Name);
        Assert.Null(await door.ClosedOn(monday.AddDays(1), CancellationToken.None));
        Assert.Equal("holiday.day.taken", (await scope.Get<AddHoliday>().Handle(new(office, monday, "Other"), CancellationToken.None)).Rule());
        Assert.Equal("ok", (await scope.Get<RemoveHoliday>().Handle(new(holiday), CancellationToken.None)).Rule());
        Assert.Null(await door.ClosedOn(monday, CancellationToken.None));
    }

    [Theory, BothDatabases]
    public async Task A_calendar_is_added_changed_and_filled_for_a_year(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var bad = await scope.Get<AddCalendar>().Handle(new("FIELD", "Field", [], new TimeOnly(9, 0), new TimeOnly(7, 0)), CancellationToken.None);
        Assert.Equal("calendar.work_days calendar.hours.order", bad.Rule());
        var id = (await scope.Get<AddCalendar>().Handle(
            new("field", "Field", [DayOfWeek.Saturday, DayOfWeek.Monday], new TimeOnly(7, 0), new TimeOnly(15, 30)), CancellationToken.None)).Value.Id;
        Assert.Equal("ok", (await scope.Get<ChangeCalendar>().Handle(new(id, 0, "Field crews", [DayOfWeek.Sunday], new TimeOnly(7, 0), new TimeOnly(16, 0)), CancellationToken.None)).Rule());

        var import = scope.Get<ImportHolidays>();
        Assert.Equal(new ImportHolidays.Imported(2, 0), (await import.Handle(new(id, 2030, "2030-11-29 Day after Thanksgiving\r\n\r\n2030-12-24,\"Christmas Eve\""), CancellationToken.None)).Value);
        Assert.Equal(new ImportHolidays.Imported(11, 0), (await import.Handle(new(id, 2030), CancellationToken.None)).Value);
        Assert.Equal(new ImportHolidays.Imported(0, 11), (await import.Handle(new(id, 2030), CancellationToken.None)).Value);
        Assert.Equal("holiday.line holiday.line.year", (await import.Handle(new(id, 2030, "31 December\n2031-01-02 Late"), CancellationToken.None)).Rule());
        var year = (await scope.Get<GetCalendar>().Handle(new(id, 2030), CancellationToken.None)).Value;
        Assert.Equal((13, "Christmas Eve"), (year.Holidays.Count, year.Holidays.Single(h => h.FallsOn.Month == 12 && h.FallsOn.Day == 24).Name));
        Assert.Equal([DayOfWeek.Sunday], year.Calendar.WorkDays);
    }

    [Theory, BothDatabases]
    public async Task A_role_works_by_its_own_calendar_on_the_days_on_which_that_holds(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var (list, door, ct) = (scope.Get<ListCalendars>(), scope.Get<IOrganization>(), CancellationToken.None);
        var today = await scope.Get<IUtilityClock>().Today(ct);
        var saturday = today.AddDays(((int)DayOfWeek.Saturday - (int)today.DayOfWeek + 7) % 7 + 7);
        var office = (await list.Handle(new(), ct)).Value.Items[0];
        Assert.Equal("calendar.needed", (await scope.Get<ChangeCalendar>().Handle(new(office.Id, 0, "Office", office.WorkDays, office.OpensAt, office.ClosesAt, ToOn: today), ct)).Rule());
        AddCalendar.Input weekend = new("WEEKEND", "Weekend desk", [DayOfWeek.Saturday, DayOfWeek.Sunday], new TimeOnly(8, 0), new TimeOnly(12, 0), saturday, saturday.AddDays(1));
        Assert.Equal("date.order", (await scope.Get<AddCalendar>().Handle(weekend with { ToOn = saturday.AddDays(-1) }, ct)).Rule());
        var id = (await scope.Get<AddCalendar>().Handle(weekend, ct)).Value.Id;
        await scope.Get<AddHoliday>().Handle(new(id, saturday.AddDays(1), "Sunday off"), ct);
        Assert.Equal("calendar.unknown", (await scope.Get<AddToDoRole>().Handle(new("NONE", "None", CalendarId: 1), ct)).Rule());
        var role = (await scope.Get<AddToDoRole>().Handle(new("WEEKEND", "Weekend", CalendarId: id), ct)).Value.Id;

        Assert.Null(await door.ClosedOn(saturday, role, ct));
        Assert.Equal(("Sunday off", "Weekend desk"), ((await door.ClosedOn(saturday.AddDays(1), role, ct))!.Name, (await door.ClosedOn(saturday.AddDays(1), role, ct))!.Calendar));
        // A week earlier it does not hold yet: then the whole utility's does.
        Assert.Equal(new ClosedDay(saturday.AddDays(-7), "Saturday"), await door.ClosedOn(saturday.AddDays(-7), role, ct));
        Assert.Equal("Saturday", (await door.ClosedOn(saturday, ct))!.Name);

        Assert.Equal(["WEEKEND"], (await list.Handle(new("sunday OFF"), ct)).Value.Items.Select(c => c.Code));
        Assert.Equal(["OFFICE"], (await list.Handle(new(InForce: true), ct)).Value.Items.Select(c => c.Code));
        var used = scope.Get<Tieline.Platform.Configuration.AllUsedBy>();
        Assert.Equal("1 To Do role", (await used.Of(new("business_calendar", id), ct)).Single().Text);
        Assert.Equal(["WEEKEND"], (await scope.Get<ListToDoRoles>().Handle(new(CalendarId: id), ct)).Value.Items.Select(r => r.Code));
        Assert.Contains("CSR-FOLLOWUP", (await scope.Get<ListToDoRoles>().Handle(new(CalendarId: office.Id), ct)).Value.Items.Select(r => r.Code));
        // What a role has it keeps when the calendar ends; no other may choose it then.
        house.Clock.Advance(TimeSpan.FromDays(saturday.AddDays(3).DayNumber - today.DayNumber));
        await using var later = house.As(Roles.BusinessAdministrator);
        Assert.Equal("ok", (await later.Get<ChangeToDoRole>().Handle(new(role, 0, "Weekend desk", CalendarId: id), ct)).Rule());
        Assert.Equal("calendar.unknown", (await later.Get<AddToDoRole>().Handle(new("OTHER", "Other", CalendarId: id), ct)).Rule());
    }
}
