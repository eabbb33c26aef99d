using System.Net;
using System.Net.Http.Json;
using Dapper;
using Tieline.Organization;
using Tieline.Organization.Employees;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Organization;

public class EmployeeTests
{
    [Theory, BothDatabases]
    public async Task An_employee_is_added_found_changed_and_audited(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var id = await scope.Employee("e7", "José O'Brien");
        await scope.Employee("e8", "Jane Smith");
        var found = Assert.Single((await scope.Get<ListEmployees>().Handle(new("obri jose"), CancellationToken.None)).Value.Items);
        Assert.Equal((id, "E7"), (found.Id, found.Number));
        Assert.Equal(id, Assert.Single((await scope.Get<ListEmployees>().Handle(new("E7"), CancellationToken.None)).Value.Items).Id);

        var changed = await scope.Get<ChangeEmployee>().Handle(
            new(id, found.Version, "José Brown", found.DepartmentId, found.PositionId, "jose@example.com", "2001", OrganizationWorld.Hired), CancellationToken.None);
        Assert.True(changed.Ok, changed.ToString());
        var audit = await scope.Get<IAuditTrail>().Of(new RecordRef("employee", id), 10, null, CancellationToken.None);
        Assert.Equal(["changed", "created"], audit.Select(a => a.Action));
        Assert.Contains("\"Name\":[", audit[0].Changes);
        Assert.Equal("employee.number.taken", (await scope.Get<AddEmployee>().Handle(
            new("E7", "Other", found.DepartmentId, found.PositionId, null, null, OrganizationWorld.Hired), CancellationToken.None)).Rule());
    }

    [Theory, BothDatabases]
    public async Task What_cannot_be_is_said_at_the_field(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var bad = await scope.Get<AddEmployee>().Handle(new("E1", "X", 99, 98, "not an address", null, new DateOnly(9999, 12, 31)), CancellationToken.None);

        Assert.Equal(["DepartmentId", "PositionId", "Email", "HiredOn"], bad.Problems.Select(p => p.Field));
    }

    [Theory, BothDatabases]
    public async Task Who_leaves_is_out_of_the_roles_and_announced(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var id = await scope.Employee("E1");
        var role = Assert.Single(await scope.Get<IOrganization>().ToDoRoles(CancellationToken.None), r => r.Code == ToDoRole.FollowUp);
        Assert.Equal("ok", (await scope.Get<AddMember>().Handle(new(role.Id, id), CancellationToken.None)).Rule());
        Assert.Equal([id], (await scope.Get<IOrganization>().MembersOf(role.Id, CancellationToken.None)).Select(m => m.Id));

        var end = scope.Get<EndEmployment>();
        Assert.Equal("employee.left.future", (await end.Handle(new(id, 0, new DateOnly(2900, 1, 1)), CancellationToken.None)).Rule());
        Assert.Equal("employee.left.before_hired", (await end.Handle(new(id, 0, new DateOnly(2000, 1, 1)), CancellationToken.None)).Rule());
        Assert.Equal("ok", (await end.Handle(new(id, 0, new DateOnly(2024, 1, 5)), CancellationToken.None)).Rule());

        Assert.Empty(await scope.Get<IOrganization>().MembersOf(role.Id, CancellationToken.None));
        Assert.Empty(await scope.Get<IOrganization>().FindEmployees("ana", 10, CancellationToken.None));
        Assert.False((await scope.Get<IOrganization>().Employee(id, CancellationToken.None))!.Active);
        Assert.Equal(1, await (await scope.Connection()).ExecuteScalarAsync<long>("select count(*) from event where name = 'organization.employee_left'"));
        Assert.Equal("to_do_role.member.unknown", (await scope.Get<AddMember>().Handle(new(role.Id, id), CancellationToken.None)).Rule());
        Assert.Equal("ok", (await scope.Get<ReinstateEmployee>().Handle(new(id, 1), CancellationToken.None)).Rule());
        Assert.Single(await scope.Get<IOrganization>().FindEmployees("ana", 10, CancellationToken.None));
    }

    [Theory, BothDatabases]
    public async Task Who_leaves_is_signed_out_at_the_next_request_and_it_is_on_record(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        long id;
        await using (var scope = house.As(Roles.BusinessAdministrator))
            id = await scope.Employee("E1");
        using var browser = await house.SignedIn(Roles.Csr, id);
        using var other = await house.SignedIn(Roles.Csr, id + 1);
        using (var open = await browser.GetAsync("/employees"))
            Assert.Equal(HttpStatusCode.OK, open.StatusCode);

        await using (var scope = house.As(Roles.BusinessAdministrator))
            Assert.Equal("ok", (await scope.Get<EndEmployment>().Handle(new(id, 0, new DateOnly(2024, 1, 5)), CancellationToken.None)).Rule());

        using (var refused = await browser.GetAsync("/employees"))
            Assert.StartsWith("/sign-in", refused.Headers.Location?.OriginalString, StringComparison.Ordinal);
        using (var still = await other.GetAsync("/employees"))
            Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        await using var check = house.As(Roles.TechnicalAdministrator);
        var user = await (await check.Connection()).ExecuteScalarAsync<long>("select id from user_account where employee_id = @id and not active", new { id });
        var audit = await check.Get<IAuditTrail>().Of(new RecordRef("user_account", user), 10, null, CancellationToken.None);
        Assert.Equal(["changed", "signed-out"], audit.Select(a => a.Action).Where(a => a is "changed" or "signed-out").Order());
    }

    [Theory, BothDatabases]
    public async Task The_last_who_may_manage_users_cannot_leave(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var id = await scope.Employee("E1");
        using var browser = await house.SignedIn(Roles.TechnicalAdministrator, id);
        var end = await scope.Get<EndEmployment>().Handle(new(id, 0, new DateOnly(2024, 1, 5)), CancellationToken.None);

        Assert.Equal("user.last_administrator", end.Rule());
        Assert.True((await scope.Get<IOrganization>().Employee(id, CancellationToken.None))!.Active);
        using var open = await browser.GetAsync("/employees");
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Skills_have_levels_from_one_to_five(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var id = await scope.Employee("E1");
        var spanish = (await scope.Get<AddSkill>().Handle(new("es", "Spanish"), CancellationToken.None)).Value.Id;
        var give = scope.Get<GiveSkill>();

        Assert.Equal("skill.level", (await give.Handle(new(id, spanish, 6), CancellationToken.None)).Rule());
        Assert.Equal("skill.unknown", (await give.Handle(new(id, 4711, 3), CancellationToken.None)).Rule());
        Assert.Equal("ok", (await give.Handle(new(id, spanish, 3), CancellationToken.None)).Rule());
        Assert.Equal("ok", (await give.Handle(new(id, spanish, 4), CancellationToken.None)).Rule());
        Assert.Equal(new GetEmployee.Held(spanish, "Spanish", 4), Assert.Single((await scope.Get<GetEmployee>().Handle(new(id), CancellationToken.None)).Value.Skills));
        Assert.Single((await scope.Get<ListEmployees>().Handle(new(SkillId: spanish, Active: true), CancellationToken.None)).Value.Items);
        Assert.Equal(1, (await scope.Get<GetSkill>().Handle(new(spanish), CancellationToken.None)).Value.Employees);
        Assert.Equal("ok", (await scope.Get<TakeSkill>().Handle(new(id, spanish), CancellationToken.None)).Rule());
        Assert.Equal("ok", (await scope.Get<TakeSkill>().Handle(new(id, spanish), CancellationToken.None)).Rule());
        Assert.Empty((await scope.Get<GetEmployee>().Handle(new(id), CancellationToken.None)).Value.Skills);
    }

    [Theory, BothDatabases]
    public async Task All_of_it_goes_over_the_wire(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine("organization.manage", "organization.read", "organization.absences");
        async Task<long> Post(string path, object body)
        {
            var answer = await machine.PostAsJsonAsync($"/api/v1{path}", body);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<Added>())!.Id;
        }
        var department = await Post("/departments", new { code = "D1", name = "One" });
        var position = await Post("/positions", new { code = "P1", title = "Clerk" });
        var skill = await Post("/skills", new { code = "S1", name = "Patience" });
        var role = await Post("/to-do-roles", new { code = "R1", name = "Letters" });
        var ana = await Post("/employees", new { number = "1", name = "Ana", departmentId = department, positionId = position, hiredOn = "2020-03-02" });
        var bo = await Post("/employees", new { number = "2", name = "Bo", departmentId = department, positionId = position, hiredOn = "2020-03-02" });
        var absence = await Post("/absences", new { employeeId = ana, fromOn = "2026-07-06", toOn = "2026-07-10", deputyId = bo });

        Assert.Equal(HttpStatusCode.NoContent, (await machine.PutAsJsonAsync($"/api/v1/employees/{ana}/skills/{skill}", new { level = 2 })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await machine.PostAsJsonAsync($"/api/v1/to-do-roles/{role}/members", new { employeeId = ana })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await machine.PostAsJsonAsync($"/api/v1/absences/{absence}/cancel", new { version = 0 })).StatusCode);
        var file = await machine.GetFromJsonAsync<GetEmployee.File>($"/api/v1/employees/{ana}");
        Assert.Equal(("One", "Clerk", 2, "R1"), (file!.Employee.Department, file.Employee.Position, file.Skills[0].Level, file.ToDoRoles[0].Code));
        Assert.Equal(HttpStatusCode.NoContent, (await machine.DeleteAsync($"/api/v1/employees/{ana}/skills/{skill}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await machine.DeleteAsync($"/api/v1/to-do-roles/{role}/members/{ana}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await machine.PostAsJsonAsync($"/api/v1/employees/{bo}/leave", new { version = 0, leftOn = "2024-01-05" })).StatusCode);
        Assert.Equal(1, (await machine.GetFromJsonAsync<Page<EmployeeRow>>("/api/v1/employees?active=true&search=bo%20an"))!.Items.Count + 1);
        Assert.Equal("Bo", Assert.Single((await machine.GetFromJsonAsync<Page<EmployeeRow>>("/api/v1/employees?active=false"))!.Items).Name);
    }
}
