using Tieline.Organization;
using Tieline.Organization.Calendars;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
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
}
