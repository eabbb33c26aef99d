using System.Net;
using Tieline.Organization.Calendars;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Organization;

public class OrganizationPageTests
{
    [Theory, BothDatabases]
    public async Task Every_page_opens_for_those_who_may(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var ana = await scope.Employee("E1", "<b>Ana</b>");
        var absence = (await scope.Get<Tieline.Organization.Absences.RecordAbsence>().Handle(new(ana, new(2026, 7, 6), new(2026, 7, 7), "Training"), CancellationToken.None)).Value.Id;
        var skill = (await scope.Get<AddSkill>().Handle(new("S", "Skill"), CancellationToken.None)).Value.Id;
        await scope.Get<GiveSkill>().Handle(new(ana, skill, 5), CancellationToken.None);
        var role = (await scope.Get<ListToDoRoles>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        await scope.Get<AddMember>().Handle(new(role, ana), CancellationToken.None);
        var calendar = (await scope.Get<ListCalendars>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        var department = (await scope.Get<ListDepartments>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        var position = (await scope.Get<ListPositions>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        string[] forAll =
        [
            "/employees", "/employees?q=ana&sort=-department", $"/employees/{ana}", "/employees/choices?q=a", "/admin/departments", $"/admin/departments/{department}",
            "/admin/positions", $"/admin/positions/{position}", "/admin/skills", $"/admin/skills/{skill}", "/admin/todo-roles", $"/admin/todo-roles/{role}",
            "/admin/calendar", "/admin/calendars?q=office&inforce=true", $"/admin/calendars/{calendar}?year=2027",
        ];
        string[] forAdministrators =
        [
            "/employees/new", $"/employees/{ana}/change", $"/employees/{ana}/skills/give", $"/employees/{ana}/roles/add", $"/employees/{ana}/absences/new",
            $"/absences/{absence}/change", "/admin/departments/new", "/admin/positions/new", "/admin/skills/new", "/admin/todo-roles/new",
            $"/admin/todo-roles/{role}/change", "/admin/calendars/new", $"/admin/calendars/{calendar}/change", $"/admin/calendars/{calendar}/holidays/new",
            $"/admin/calendars/{calendar}/import",
        ];
        var administrator = await house.SignedIn(Roles.BusinessAdministrator);
        var csr = await house.SignedIn(Roles.Csr);

        foreach (var path in forAll.Concat(forAdministrators))
        {
            var page = await administrator.GetAsync(path);
            Assert.True(page.StatusCode == HttpStatusCode.OK, $"{path}: {page.StatusCode}");
            Assert.DoesNotContain("<b>Ana", await page.Content.ReadAsStringAsync());
        }
        foreach (var path in forAll)
            Assert.Equal((path, HttpStatusCode.OK), (path, (await csr.GetAsync(path)).StatusCode));
        foreach (var path in forAdministrators)
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await csr.GetAsync(path)).StatusCode));
        Assert.DoesNotContain("Training", await (await csr.GetAsync($"/employees/{ana}")).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await administrator.GetAsync("/employees/4711")).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Forms_keep_what_was_typed_and_store_it_once_mended(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var browser = await house.SignedIn(Roles.BusinessAdministrator);
        var refused = await browser.Submit("/admin/departments/new", "form-add-department", ("Code", "b c"), ("Name", "Billing"), ("ParentId", ""));
        var html = await refused.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("value=\"Billing\"", html);
        Assert.Contains("letters A to Z", html);

        Assert.Equal(HttpStatusCode.Found, (await browser.Submit("/admin/departments/new", "form-add-department", ("Code", "bc"), ("Name", "Billing"), ("ParentId", ""))).StatusCode);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var added = (await scope.Get<ListDepartments>().Handle(new("billing"), CancellationToken.None)).Value.Items[0];
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit($"/admin/departments/{added.Id}", "form-change-department", ("Name", "Bills"), ("ParentId", ""), ("Active", "false"))).StatusCode);
        var stale = await browser.Submit($"/admin/departments/{added.Id}", "form-change-department", ("Name", "Late"), ("ParentId", ""), ("Active", "true"), ("Version", "0"));
        Assert.Contains("has changed this in the meantime", await stale.Content.ReadAsStringAsync());
        var closed = (await scope.Get<GetDepartment>().Handle(new(added.Id), CancellationToken.None)).Value;
        Assert.Equal(("Bills", false), (closed.Name, closed.Active));
    }

    [Theory, BothDatabases]
    public async Task An_employee_is_kept_by_the_pages_alone(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var browser = await house.SignedIn(Roles.BusinessAdministrator);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var department = (await scope.Get<ListDepartments>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        var position = (await scope.Get<ListPositions>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        var bo = await scope.Employee("E2", "Bo Lee");
        async Task Stored(string path, string form, params (string, string)[] fields)
        {
            var answer = await browser.Submit(path, form, fields);
            Assert.True(answer.StatusCode == HttpStatusCode.Found, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        await Stored("/employees/new", "form-add-employee", ("Number", "E1"), ("Name", "Ana Ruiz"), ("DepartmentId", $"{department}"), ("PositionId", $"{position}"), ("Email", ""), ("Phone", ""), ("HiredOn", "2020-03-02"));
        var ana = (await scope.Get<ListEmployees>().Handle(new("E1"), CancellationToken.None)).Value.Items[0].Id;
        await Stored($"/employees/{ana}/absences/new", "form-record-absence", ("FromOn", "2026-07-06"), ("ToOn", "2026-07-10"), ("Reason", ""), ("DeputyId", $"{bo}"));
        var role = (await scope.Get<ListToDoRoles>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        await Stored($"/admin/todo-roles/{role}", "form-add-member", ("EmployeeId", $"{ana}"));
        var file = (await scope.Get<GetEmployee>().Handle(new(ana), CancellationToken.None)).Value;
        Assert.Equal(("Bo Lee", 1), (file.Absences[0].Deputy, file.ToDoRoles.Count));

        await Stored($"/employees/{ana}", $"out-{role}");
        await Stored($"/absences/{file.Absences[0].Id}/change", "form-cancel-absence");
        await Stored($"/employees/{ana}/change", "form-end-employment", ("LeftOn", "2024-01-05"));
        file = (await scope.Get<GetEmployee>().Handle(new(ana), CancellationToken.None)).Value;
        Assert.Empty(file.ToDoRoles);
        Assert.NotNull(file.Absences[0].CancelledAt);
        Assert.Equal(new DateOnly(2024, 1, 5), file.Employee.LeftOn);
    }

    [Theory, BothDatabases]
    public async Task The_calendar_is_kept_by_its_pages(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var browser = await house.SignedIn(Roles.BusinessAdministrator);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var id = (await scope.Get<ListCalendars>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit($"/admin/calendars/{id}/import?year=2040", "form-import-holidays", ("Year", "2040"), ("Lines", ""))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit($"/admin/calendars/{id}/holidays/new", "form-add-holiday", ("FallsOn", "2040-11-23"), ("Name", "Day after"))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit(
            $"/admin/calendars/{id}/change", "form-change-calendar", ("Name", "Office"), ("WorkDays", "Tuesday"), ("OpensAt", "09:00"), ("ClosesAt", "16:30"))).StatusCode);
        var none = await browser.Submit($"/admin/calendars/{id}/change", "form-change-calendar", ("Name", "Office"), ("OpensAt", "09:00"), ("ClosesAt", "16:30"));
        Assert.Contains("Choose at least one work day", await none.Content.ReadAsStringAsync());
        var year = (await scope.Get<GetCalendar>().Handle(new(id, 2040), CancellationToken.None)).Value;

        Assert.Equal(FederalHolidays.Of(2040).Count + 1, year.Holidays.Count);
        Assert.Equal((DayOfWeek.Tuesday, new TimeOnly(16, 30)), (Assert.Single(year.Calendar.WorkDays), year.Calendar.ClosesAt));
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit($"/admin/calendars/{id}?year=2040", $"remove-{year.Holidays[0].Id}")).StatusCode);
    }
}
