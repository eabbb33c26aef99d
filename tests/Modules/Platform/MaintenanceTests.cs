using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Departments;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Maintenance;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform;

/// <summary>A desk that is read-only: nothing is written from it, nothing typed gets lost, and what must go on goes on.</summary>
public class MaintenanceTests
{
    private const string Form = "form-add-department";
    private const string NewDepartment = "/admin/departments/new";

    [Theory, BothDatabases]
    public async Task A_form_is_refused_with_all_that_was_typed_and_stored_when_maintenance_has_ended(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var browser = await house.SignedIn(Roles.BusinessAdministrator);
        var send = await browser.OpenForm(NewDepartment, Form);
        await Begin(house, "New database server");
        (string, string)[] typed = [("Code", "NIGHT"), ("Name", "Night watch")];

        using var refused = await send(typed);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "300"), (refused.StatusCode, refused.Headers.RetryAfter?.ToString()));
        var html = await refused.Content.ReadAsStringAsync();
        Assert.Contains("value=\"Night watch\"", html, StringComparison.Ordinal);
        Assert.Contains("Not stored: Tieline is read-only for maintenance since", html, StringComparison.Ordinal);
        Assert.Contains("New database server.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("tieline:saved", refused.Headers.ToString(), StringComparison.Ordinal);
        Assert.False(await IsThere(house));

        await End(house);
        using var stored = await send(typed);
        Assert.Equal(HttpStatusCode.Redirect, stored.StatusCode);
        Assert.True(await IsThere(house));
    }

    [Theory, BothDatabases]
    public async Task With_script_the_answer_leaves_the_form_as_it_is(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var browser = await house.SignedIn(Roles.BusinessAdministrator);
        browser.DefaultRequestHeaders.Add("HX-Request", "true");
        var send = await browser.OpenForm(NewDepartment, Form);
        await Begin(house, "New database server");
        using var refused = await send([("Code", "NIGHT"), ("Name", "Night watch")]);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/plain"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        Assert.True(refused.Headers.Contains("Tieline-Maintenance"));
        Assert.DoesNotContain("HX-Trigger", refused.Headers.ToString(), StringComparison.Ordinal);
        Assert.Matches("^Not stored: Tieline is read-only for maintenance since \\d\\d:\\d\\d. New database server.$", await refused.Content.ReadAsStringAsync());
        Assert.False(await IsThere(house));
    }

    [Theory, BothDatabases]
    public async Task A_machine_is_told_when_to_come_again_and_its_key_is_not_used_up(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var machine = await house.SignedInApi(Roles.BusinessAdministrator);
        machine.DefaultRequestHeaders.Add(ApiRoutes.KeyHeader, "once");
        await Begin(house, "New database server");
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete])
        {
            using var request = new HttpRequestMessage(method, method == HttpMethod.Delete ? "/api/v1/holidays/1" : method == HttpMethod.Post ? "/api/v1/departments" : "/api/v1/departments/1");
            request.Content = JsonContent.Create(new { code = "NIGHT", name = "Night watch" });
            using var refused = await machine.SendAsync(request);
            Assert.Equal((method, HttpStatusCode.ServiceUnavailable, "application/problem+json"), (method, refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Equal("urn:tieline:maintenance", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
        }
        Assert.Equal(HttpStatusCode.OK, (await machine.GetAsync("/api/v1/departments")).StatusCode);
        Assert.False(await IsThere(house));
        await End(house);
        using var stored = await machine.PostAsJsonAsync("/api/v1/departments", new { code = "NIGHT", name = "Another name" });
        Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Signing_in_looking_and_running_batches_go_on_for_those_who_may(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await Begin(house, "New database server");
        using var csr = await house.SignedIn(Roles.Csr, given.Employee);
        Assert.Equal(HttpStatusCode.OK, (await csr.GetAsync($"/customers/{given.Person}")).StatusCode);
        await using (var scope = house.As(Roles.Csr))
            Assert.NotEmpty(await scope.LooksAt(new("person", given.Person)));
        using (var machine = await house.SignedInApi(Roles.Operator))
        using (var run = await machine.PostAsJsonAsync("/api/v1/batch-runs", new { code = "RETENTION" }))
            Assert.Equal(HttpStatusCode.Accepted, run.StatusCode);
        long schedule;
        await using (var scope = house.As(Roles.Operator))
            schedule = (await scope.Get<ListSchedules>().Handle(new(), default)).Value[0].Id;
        using (var machine = await house.SignedInApi(Roles.Operator))
        using (var paused = await machine.PostAsJsonAsync($"/api/v1/batch-schedules/{schedule}/pause", new { }))
            Assert.Equal(HttpStatusCode.NoContent, paused.StatusCode);
        using (var machine = await house.SignedInApi(Roles.Csr))
        using (var run = await machine.PostAsJsonAsync("/api/v1/batch-runs", new { code = "RETENTION" }))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, run.StatusCode);
        Assert.True(await house.RunJobs() > 0);
        await using (var scope = house.As(Roles.Operator))
            Assert.Equal("Completed", (await scope.Get<ListBatchRuns>().Handle(new(null, null, null), default)).Value.Items[0].State);
        using var guest = house.Client();
        using var signIn = await guest.Submit("/sign-in", "form-sign-in", ("UserName", "nobody"), ("Password", "wrong"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, signIn.StatusCode);
        using var leave = await csr.Press("/", "/sign-out");
        Assert.Equal(HttpStatusCode.Redirect, leave.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Every_page_says_since_when_why_and_until_when_and_those_who_may_end_it_there(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var operators = await house.SignedIn(Roles.Operator);
        using var csr = await house.SignedIn(Roles.Csr, 2);
        Assert.DoesNotContain("Read-only for maintenance", await csr.GetStringAsync("/account"), StringComparison.Ordinal);
        using var begun = await operators.Submit("/admin/maintenance", "form-begin-maintenance", ("Reason", "New database server"), ("UntilTime", "23:59"));
        Assert.Equal(HttpStatusCode.Redirect, begun.StatusCode);
        foreach (var page in (string[])["/account", "/bars"])
        {
            var html = await csr.GetStringAsync(page);
            Assert.Matches("<strong>Read-only for maintenance</strong> since \\d\\d:\\d\\d, expected until 23:59. New database server.", html);
            Assert.DoesNotContain("End it", html, StringComparison.Ordinal);
        }
        Assert.Contains("End it", await operators.GetStringAsync("/account"), StringComparison.Ordinal);
        using var ended = await operators.Submit("/admin/maintenance", "form-end-maintenance");
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        Assert.DoesNotContain("Read-only for maintenance", await csr.GetStringAsync("/bars"), StringComparison.Ordinal);
        var history = await operators.GetStringAsync("/admin/maintenance");
        Assert.Contains("New database server", history, StringComparison.Ordinal);
        Assert.Contains("Test operator", history, StringComparison.Ordinal);
        await using var scope = house.As(Roles.Operator);
        var kept = await scope.Db.Set<MaintenanceTime>().SingleAsync();
        Assert.Equal(["created", "changed"], await scope.Db.Set<AuditEntry>().Where(e => e.Subject == kept.AuditSubject).OrderBy(e => e.Id).Select(e => e.Action).ToListAsync());
    }

    [Theory, BothDatabases]
    public async Task It_begins_once_and_only_by_those_who_may(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Roles.Supervisor))
        {
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<BeginMaintenance>().Handle(new("x"), default));
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<EndMaintenance>().Handle(new(), default));
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<ListMaintenance>().Handle(new(), default));
        }
        using (var supervisor = await house.SignedIn(Roles.Supervisor, 3))
            Assert.Equal(HttpStatusCode.Forbidden, (await supervisor.GetAsync("/admin/maintenance")).StatusCode);
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            var begin = scope.Get<BeginMaintenance>();
            Assert.Equal("Reason", Assert.Single((await begin.Handle(new(" "), default)).Problems).Field);
            Assert.Equal("UntilTime", Assert.Single((await begin.Handle(new("x", new DateOnly(2020, 1, 1), new TimeOnly(4, 0)), default)).Problems).Field);
            Assert.Equal("UntilOn", Assert.Single((await begin.Handle(new("x", new DateOnly(2099, 1, 1), new TimeOnly(4, 0)), default)).Problems).Field);
        }
        await Begin(house, "First");
        await using (var scope = house.As(Roles.TechnicalAdministrator))
            Assert.Equal("maintenance.running", Assert.Single((await scope.Get<BeginMaintenance>().Handle(new("Second"), default)).Problems).Rule);
        await End(house);
        await End(house);
        await using var check = house.As(Roles.TechnicalAdministrator);
        Assert.Equal("First", Assert.Single((await check.Get<ListMaintenance>().Handle(new(), default)).Value.Items).Reason);
    }

    [Fact]
    public async Task Another_node_knows_within_two_seconds()
    {
        await using var house = await TestHouse.Open(TestDatabase.Postgres);
        await using var other = house.Beside();
        using var machine = await other.SignedInApi(Roles.BusinessAdministrator);
        using (var before = await machine.PostAsJsonAsync("/api/v1/departments", new { code = "BEFORE", name = "Before" }))
            Assert.Equal(HttpStatusCode.Created, before.StatusCode);
        await Begin(house, "New database server");
        // What a node knows of it is at most a second old; the other half is for a slow machine.
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        using var refused = await machine.PostAsJsonAsync("/api/v1/departments", new { code = "NIGHT", name = "Night watch" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    private static async Task Begin(TestHouse house, string reason)
    {
        await using var scope = house.As(Roles.TechnicalAdministrator);
        Assert.True((await scope.Get<BeginMaintenance>().Handle(new(reason), CancellationToken.None)).Ok);
    }

    private static async Task End(TestHouse house)
    {
        await using var scope = house.As(Roles.TechnicalAdministrator);
        Assert.True((await scope.Get<EndMaintenance>().Handle(new(), CancellationToken.None)).Ok);
    }

    private static async Task<bool> IsThere(TestHouse house)
    {
        await using var scope = house.As(Roles.BusinessAdministrator);
        return await scope.Db.Set<Department>().AnyAsync(d => d.Code == "NIGHT");
    }
}
