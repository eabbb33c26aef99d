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
        var added = await (await machine.PostAsJsonAsync("/api/v1/departments", new { code = "D1", name = "One" })).Content.ReadFromJsonAsync<AddDepartment.Added>();
        var first = await machine.PutAsJsonAsync($"/api/v1/departments/{added!.Id}", new { version = 0, name = "First", active = true });
        var second = await machine.PutAsJsonAsync($"/api/v1/departments/{added.Id}", new { version = 0, name = "Second", active = true });

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
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
