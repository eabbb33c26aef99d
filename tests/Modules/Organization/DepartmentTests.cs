using System.Net;
using System.Net.Http.Json;
using Tieline.Organization.Departments;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Organization;

public class DepartmentTests
{
    [Theory, BothDatabases]
    public async Task A_department_is_added_and_audited(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var added = await scope.Get<AddDepartment>().Handle(new("billing", "Billing", null), CancellationToken.None);

        Assert.True(added.Ok, added.ToString());
        var audit = Assert.Single(await scope.Get<IAuditTrail>().Of(new RecordRef("department", added.Value.Id), 10, null, CancellationToken.None));
        Assert.Equal("created", audit.Action);
        Assert.Contains("\"Code\":\"BILLING\"", audit.Changes);
    }

    [Theory, BothDatabases]
    public async Task A_code_is_taken_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        await scope.Get<AddDepartment>().Handle(new("BILLING", "Billing", null), CancellationToken.None);
        var again = await scope.Get<AddDepartment>().Handle(new("billing", "Other", null), CancellationToken.None);

        Assert.Equal("department.code.taken", Assert.Single(again.Problems).Rule);
    }

    [Theory, BothDatabases]
    public async Task The_second_of_two_who_save_hears_of_the_first(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine(Tieline.Organization.OrganizationPermissions.Manage);
        var added = await (await machine.PostAsJsonAsync("/api/v1/departments", new { code = "D1", name = "One" })).Content.ReadFromJsonAsync<Added>();
        var first = await machine.PutAsJsonAsync($"/api/v1/departments/{added!.Id}", new { version = 0, name = "First", active = true });
        var second = await machine.PutAsJsonAsync($"/api/v1/departments/{added.Id}", new { version = 0, name = "Second", active = true });

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task A_department_stands_below_a_real_one_and_never_below_itself(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var top = (await scope.Get<AddDepartment>().Handle(new("TOP", "Top", null), CancellationToken.None)).Value.Id;
        var below = (await scope.Get<AddDepartment>().Handle(new("BELOW", "Below", top), CancellationToken.None)).Value.Id;
        var change = scope.Get<ChangeDepartment>();

        Assert.Equal("department.parent.loop", Assert.Single((await change.Handle(new(top, 0, "Top", below), CancellationToken.None)).Problems).Rule);
        Assert.Equal("department.parent.unknown", Assert.Single((await change.Handle(new(below, 0, "Below", 999_999), CancellationToken.None)).Problems).Rule);
        Assert.Equal("department.in_use", Assert.Single((await change.Handle(new(top, 0, "Top", null, Active: false), CancellationToken.None)).Problems).Rule);
        Assert.True((await change.Handle(new(below, 0, "Below", top, Active: false), CancellationToken.None)).Ok);
        Assert.True((await change.Handle(new(top, 0, "Top", null, Active: false), CancellationToken.None)).Ok);
        Assert.Equal("department.parent.unknown", Assert.Single((await scope.Get<AddDepartment>().Handle(new("NEW", "New", top), CancellationToken.None)).Problems).Rule);
    }

    [Theory, BothDatabases]
    public async Task The_list_pages_sorts_and_filters_by_the_query_string(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine(Tieline.Organization.OrganizationPermissions.Manage, Tieline.Organization.OrganizationPermissions.Read);
        foreach (var i in Enumerable.Range(1, 5))
            await machine.PostAsJsonAsync("/api/v1/departments", new { code = $"D{i}", name = $"Depot {6 - i}" });
        var second = await machine.GetFromJsonAsync<Page<DepartmentRow>>("/api/v1/departments?search=depot&sort=-code&page=2&size=2");
        var beyond = await machine.GetFromJsonAsync<Page<DepartmentRow>>("/api/v1/departments?search=depot&page=9000000&size=2");
        var one = await machine.GetFromJsonAsync<DepartmentRow>($"/api/v1/departments/{second!.Items[0].Id}");

        Assert.Equal(["D3", "D2"], second.Items.Select(d => d.Code));
        Assert.Equal(5, second.Total);
        Assert.Empty(beyond!.Items);
        Assert.Equal(5, beyond.Total);
        Assert.Equal("Depot 3", one!.Name);
        Assert.Equal(HttpStatusCode.NotFound, (await machine.GetAsync("/api/v1/departments/999999")).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Hostile_text_is_a_problem_at_its_field_or_kept_clean(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var add = scope.Get<AddDepartment>();

        var bad = await add.Handle(new("'; drop table", new string('x', 1_000_000), null), CancellationToken.None);
        Assert.Equal([("Code", "code.characters"), ("Name", "too_long")], bad.Problems.Select(p => (p.Field, p.Rule)));
        Assert.Equal(["Code", "Name"], (await add.Handle(new(" ", null, null), CancellationToken.None)).Problems.Select(p => p.Field));
        var kept = await add.Handle(new("ok", "A\u202Eb\u0000 <b>\U0001F600", null), CancellationToken.None);
        Assert.Equal("Ab <b>\U0001F600", (await scope.Get<GetDepartment>().Handle(new(kept.Value.Id), CancellationToken.None)).Value.Name);
    }

    [Theory, BothDatabases]
    public async Task A_repeated_request_is_answered_once_and_another_body_refused(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine(Tieline.Organization.OrganizationPermissions.Manage);
        machine.DefaultRequestHeaders.Add(ApiRoutes.KeyHeader, "k1");
        var first = await machine.PostAsJsonAsync("/api/v1/departments", new { code = "D1", name = "One" });
        var again = await machine.PostAsJsonAsync("/api/v1/departments", new { code = "D1", name = "One" });
        var other = await machine.PostAsJsonAsync("/api/v1/departments", new { code = "D2", name = "Two" });

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Without_the_right_it_is_refused_and_kept(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine("something.else");
        var answer = await machine.PostAsJsonAsync("/api/v1/departments", new { code = "D1", name = "One" });

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var kept = Assert.Single(await scope.Get<IAuditTrail>().Of(new RecordRef("permission", 0), 10, null, CancellationToken.None));
        Assert.Equal("denied", kept.Action);
    }
}
