using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Scenarios;

/// <summary>
/// A customer is protected by an order. Nobody finds her by what they know of her; a CSR who has her account number sees that there is someone, says why they
/// must know more, and is let in for an hour, while supervisors read the reason. A supervisor who is her brother is let in by nothing.
/// </summary>
public class BreakGlass
{
    private const string Reason = "She is on the line and smells gas in her kitchen";

    [Theory, BothDatabases]
    public async Task From_the_order_to_what_supervisors_read(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.SignedInApi(Roles.Supervisor);
        var person = await Created(machine, "people", new { kind = "Individual", given = "Mara", family = "Quillfeather", phones = new[] { new { number = "(541) 726-4410" } } });
        var account = await Created(machine, "accounts", new { personId = person.Id, customerClass = "Residential", billCycle = "C05" });
        var version = (await machine.GetFromJsonAsync<JsonElement>($"/api/v1/people/{person.Id}/restriction")).GetProperty("version").GetInt32();
        var restricted = await machine.PutAsJsonAsync($"/api/v1/people/{person.Id}/restriction", new { version, restriction = "Protected", reason = "Order 77 of the county court" });
        Assert.Equal(HttpStatusCode.NoContent, restricted.StatusCode);

        var csr = await house.SignedIn(Roles.Csr, 101);
        Assert.DoesNotContain($"/customers/{person.Id}", await csr.GetStringAsync("/search/panel?q=quillfeather"), StringComparison.Ordinal);
        Assert.DoesNotContain($"/customers/{person.Id}", await csr.GetStringAsync("/search/panel?q=7264410"), StringComparison.Ordinal);
        var byNumber = WebUtility.HtmlDecode(await csr.GetStringAsync($"/search/panel?q={account.Number}"));
        Assert.Contains($"Restricted customer · account {account.Number}", byNumber, StringComparison.Ordinal);

        var closed = await csr.GetAsync($"/customers/{person.Id}");
        Assert.Equal(HttpStatusCode.Forbidden, closed.StatusCode);
        Assert.DoesNotContain("Quillfeather", await closed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await csr.Submit($"/customers/{person.Id}", "form-break-glass", ("Reason", "because"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await csr.Submit($"/customers/{person.Id}", "form-break-glass", ("Reason", Reason))).StatusCode);
        Assert.Contains("Mara Quillfeather", await csr.GetStringAsync($"/customers/{person.Id}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await house.SignedIn(Roles.Csr, 102)).GetAsync($"/customers/{person.Id}")).StatusCode);
        // Open is not unmasked: who is calling is another question.
        Assert.DoesNotContain("726-4410", await csr.GetStringAsync($"/customers/{person.Id}"), StringComparison.Ordinal);

        await house.RunJobs();
        await house.RunJobs();
        await using (var scope = house.As(Roles.Supervisor))
        {
            var toDo = await scope.Db.Set<ToDo>().SingleAsync(t => t.TypeCode == "RESTRICTED" && t.Subject.Contains(Reason));
            Assert.Equal((person.Id, true), (toDo.PersonId!.Value, toDo.RoleId is not null));
        }
        var supervisor = await house.SignedIn(Roles.Supervisor, 103);
        var list = await supervisor.GetStringAsync("/restricted");
        Assert.Contains("Mara Quillfeather", list, StringComparison.Ordinal);
        Assert.Contains(Reason, list, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync("/restricted")).StatusCode);

        // What an employee changes on such a record is reported, whatever right they have.
        Assert.Equal(HttpStatusCode.Redirect, (await supervisor.Submit($"/customers/{person.Id}/phones/new", "form-add-phone", ("Number", "541 726 4411"))).StatusCode);
        await house.RunJobs();
        await using (var scope = house.As(Roles.Supervisor))
            Assert.Single(await scope.Db.Set<ToDo>().Where(t => t.TypeCode == "RESTRICTED" && t.Subject.Contains("changed a restricted record")).ToListAsync());

        // An hour later it is over.
        house.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync($"/customers/{person.Id}")).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Nothing_opens_a_relatives_record(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        long brother, person;
        await using (var scope = house.As(Actor.Process("test")))
        {
            var db = scope.Db;
            var department = new Tieline.Organization.Departments.Department(db.NextId(), "T-CS", "Customer service", null);
            var position = new Tieline.Organization.Positions.Position(db.NextId(), "T-SUP", "Supervisor");
            var employee = new Tieline.Organization.Employees.Employee(db.NextId(), "T-9", "Ivo Quillfeather", department.Id, position.Id, null, null, new DateOnly(2020, 1, 1));
            db.AddRange(department, position, employee);
            await db.SaveChangesAsync();
            brother = employee.Id;
        }
        var machine = await house.SignedInApi(Roles.Supervisor);
        person = (await Created(machine, "people", new { kind = "Individual", given = "Mara", family = "Quillfeather" })).Id;
        var supervisor = await house.SignedIn(Roles.Supervisor, brother);
        Assert.Contains("Mara Quillfeather", await supervisor.GetStringAsync($"/customers/{person}"), StringComparison.Ordinal);
        var related = await machine.PostAsJsonAsync($"/api/v1/people/{person}/relationships", new { kind = "Relative", employeeId = brother });
        Assert.True(related.IsSuccessStatusCode, await related.Content.ReadAsStringAsync());

        var closed = await supervisor.GetAsync($"/customers/{person}");
        var html = await closed.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Forbidden, closed.StatusCode);
        Assert.Contains("a relative", html, StringComparison.Ordinal);
        Assert.DoesNotContain("form-break-glass", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Mara", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"/customers/{person}", await supervisor.GetStringAsync("/search/panel?q=quillfeather"), StringComparison.Ordinal);
        foreach (var path in (string[])["change", "timeline", "phones/new", "restriction", "caller/verify"])
            Assert.DoesNotContain("Mara", await (await supervisor.GetAsync($"/customers/{person}/{path}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using (var scope = house.As(Actors.Of(Roles.Supervisor, brother)))
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<Tieline.Customers.Sight.BreakGlass>().Handle(new(person, Reason), CancellationToken.None));
        Assert.Contains("Mara", await (await house.SignedIn(Roles.Supervisor, brother + 1)).GetStringAsync($"/customers/{person}"), StringComparison.Ordinal);
    }

    private sealed record Made(long Id, string? Number);

    private static async Task<Made> Created(HttpClient machine, string path, object body)
    {
        var answer = await machine.PostAsJsonAsync($"/api/v1/{path}", body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<Made>())!;
    }
}
