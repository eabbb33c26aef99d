using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Organization.Employees;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>Whose record is restricted because they work here: it is said who they are, and they do not open it.</summary>
public class RestrictedEmployeeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task The_employee_is_named_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var left = await WhoLeft(house, ana.Employee);

        Assert.Equal(("EmployeeId", "required"), Wrong(await Restrict(house, ana, PersonRestriction.Employee, null)));
        foreach (var unknown in (long[])[left, 4711])
            Assert.Equal(("EmployeeId", "employee.unknown"), Wrong(await Restrict(house, ana, PersonRestriction.Employee, unknown)));
        Assert.Equal(("EmployeeId", "restriction.employee"), Wrong(await Restrict(house, ana, PersonRestriction.Vip, ana.Employee)));
        Assert.Equal((PersonRestriction.None, 0), await Kept(house, ana));

        CustomerDesk.Ok(await Restrict(house, ana, PersonRestriction.Employee, ana.Employee));
        await using (var scope = house.As(Roles.Supervisor))
        {
            var connection = await scope.Connection();
            Assert.Equal(1, await connection.ExecuteScalarAsync<int>("select count(*) from audit_entry where subject = @subject and cast(changes as text) like '%Self%'", new { subject = $"person:{ana.Person}" }));
            Assert.Equal(1, await connection.ExecuteScalarAsync<int>("select count(*) from timeline_entry where person_id = @Person and title = 'Self: Bea Long'", new { ana.Person }));
        }
        // Nobody is asked again, and nothing is kept twice.
        CustomerDesk.Ok(await Restrict(house, ana, PersonRestriction.Employee, null));
        CustomerDesk.Ok(await Restrict(house, ana, PersonRestriction.Employee, ana.Employee));
        Assert.Equal((PersonRestriction.Employee, 1), await Kept(house, ana));
        // Their record is not for them for any other reason either.
        CustomerDesk.Ok(await Restrict(house, ana, PersonRestriction.None, null));
        Assert.Equal((PersonRestriction.None, 1), await Kept(house, ana));
    }

    [Theory, BothDatabases]
    public async Task That_employee_opens_the_record_in_no_way_and_another_supervisor_does(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        using var self = await house.SignedIn(Roles.Supervisor, ana.Employee);
        using var other = await house.SignedIn(Roles.Supervisor, ana.Employee + 1);
        var page = $"/customers/{ana.Person}";
        Assert.Contains("Ana Ruiz", await Text(self, page), StringComparison.Ordinal);

        using (var machine = await house.SignedInApi(Roles.Supervisor))
        {
            var route = $"/api/v1/people/{ana.Person}/restriction";
            var version = (await machine.GetFromJsonAsync<JsonElement>(route, Token)).GetProperty("version").GetInt32();
            using var refused = await machine.PutAsJsonAsync(route, new { version, restriction = "Employee", reason = "Works here" }, Token);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("employeeId", await refused.Content.ReadAsStringAsync(Token), StringComparison.OrdinalIgnoreCase);
            using var done = await machine.PutAsJsonAsync(route, new { version, restriction = "Employee", reason = "Works here", employeeId = ana.Employee }, Token);
            Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync(Token));
        }

        foreach (var closed in (string[])[page, $"{page}/timeline", $"{page}/restriction", $"/accounts/{ana.Account}", "/restricted"])
        {
            var text = await Text(self, closed);
            Assert.DoesNotContain("Ana Ruiz", text, StringComparison.Ordinal);
            Assert.DoesNotContain("726-8842", text, StringComparison.Ordinal);
        }
        foreach (var role in (string[])[Roles.Csr, Roles.Supervisor])
        {
            await using var scope = house.As(Actors.Of(role, ana.Employee));
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<BreakGlass>().Handle(new(ana.Person, "I want to see what is there"), Token));
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<EndRelationship>().Handle(new(ana.Person, SelfOf(scope, ana).Id, 0, new DateOnly(2020, 1, 1)), Token));
        }
        Assert.Contains(Unmistakable.Phone, await Text(other, page), StringComparison.Ordinal);
        Assert.Contains("This is the record of Bea Long", await Text(other, $"{page}/restriction"), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task The_list_tells_where_nobody_is_named(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        // As it was before anybody had to be named.
        await using (var scope = house.As(Actor.Process("test")))
        {
            (await scope.Db.Set<Person>().SingleAsync(p => p.Id == ana.Person, Token)).Restrict(PersonRestriction.Employee, "Works here");
            (await scope.Db.Set<Person>().SingleAsync(p => p.Id == ana.Other, Token)).Restrict(PersonRestriction.Vip, "The mayor");
            await scope.Db.SaveChangesAsync(Token);
        }
        Assert.Equal([(ana.Person, true), (ana.Other, false)], (await Listed(house, ana, false)).OrderBy(r => r.Item1));
        Assert.Equal([(ana.Person, true)], await Listed(house, ana, true));
        using var supervisor = await house.SignedIn(Roles.Supervisor, ana.Employee + 1);
        Assert.Contains("no employee named", await Text(supervisor, "/restricted"), StringComparison.Ordinal);
        var unnamed = await Text(supervisor, "/restricted?kind=unnamed");
        Assert.Contains("Ana Ruiz", unnamed, StringComparison.Ordinal);
        Assert.DoesNotContain("Bo Quist", unnamed, StringComparison.Ordinal);

        // What is on record already is told of, too, by whoever looks after it next.
        var form = $"/customers/{ana.Person}/restriction";
        using (var refused = await supervisor.Submit(form, "form-restrict-person", ("Restriction", "Employee"), ("Reason", "Works here")))
            Assert.NotEqual(HttpStatusCode.Redirect, refused.StatusCode);
        using (var saved = await supervisor.Submit(form, "form-restrict-person", ("Restriction", "Employee"), ("Reason", "Works here"), ("EmployeeId", $"{ana.Employee}")))
            Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Empty(await Listed(house, ana, true));
        Assert.DoesNotContain("no employee named", await Text(supervisor, "/restricted"), StringComparison.Ordinal);

        await using (var scope = house.As(Actors.Of(Roles.Supervisor, ana.Employee + 1)))
        {
            var link = SelfOf(scope, ana);
            var today = await scope.Get<IUtilityClock>().Today(Token);
            CustomerDesk.Ok(await scope.Get<EndRelationship>().Handle(new(ana.Person, link.Id, link.Version, today.AddDays(-1)), Token));
        }
        Assert.Equal([(ana.Person, true)], await Listed(house, ana, true));
    }

    private static Relationship SelfOf(TestScope scope, Unmistakable ana) =>
        scope.Db.Set<Relationship>().AsNoTracking().Single(r => r.PersonId == ana.Person && r.Kind == RelationshipKind.Self);

    private static async Task<Outcome<Done>> Restrict(TestHouse house, Unmistakable ana, PersonRestriction restriction, long? employee)
    {
        await using var scope = house.As(Actors.Of(Roles.Supervisor, ana.Employee + 1));
        var found = await scope.Get<GetRestriction>().Handle(new(ana.Person), Token);
        return await scope.Get<RestrictPerson>().Handle(new(ana.Person, found.Value.Version, restriction, "Works here", employee), Token);
    }

    private static (string?, string) Wrong(Outcome<Done> outcome)
    {
        var problem = Assert.Single(outcome.Problems);
        return (problem.Field, problem.Rule);
    }

    private static async Task<(PersonRestriction, int)> Kept(TestHouse house, Unmistakable ana)
    {
        await using var scope = house.As(Roles.Supervisor);
        return (await scope.Db.Set<Person>().Where(p => p.Id == ana.Person).Select(p => p.Restriction).SingleAsync(Token),
            await scope.Db.Set<Relationship>().CountAsync(r => r.PersonId == ana.Person && r.Kind == RelationshipKind.Self, Token));
    }

    private static async Task<IEnumerable<(long, bool)>> Listed(TestHouse house, Unmistakable ana, bool unnamed)
    {
        await using var scope = house.As(Actors.Of(Roles.Supervisor, ana.Employee + 1));
        return (await scope.Get<ListRestricted>().Handle(new(Unnamed: unnamed), Token)).Value.Items.Select(r => (r.Id, r.Unnamed));
    }

    private static async Task<long> WhoLeft(TestHouse house, long colleague)
    {
        await using var scope = house.As(Actor.Process("test"));
        var of = await scope.Db.Set<Employee>().SingleAsync(e => e.Id == colleague, Token);
        var employee = new Employee(scope.Db.NextId(), "T-2", "Cy Gone", of.DepartmentId, of.PositionId, null, null, new DateOnly(2020, 1, 1));
        employee.Leave(new DateOnly(2021, 1, 1));
        scope.Db.Add(employee);
        await scope.Db.SaveChangesAsync(Token);
        return employee.Id;
    }

    private static async Task<string> Text(HttpClient browser, string path) => WebUtility.HtmlDecode(await (await browser.GetAsync(path, Token)).Content.ReadAsStringAsync(Token));
}
