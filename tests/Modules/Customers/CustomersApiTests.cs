using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public class CustomersApiTests
{
    [Theory, BothDatabases]
    public async Task A_machine_moves_a_customer_in(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine(CustomersPermissions.Read, CustomersPermissions.Change, CustomersPermissions.Unmasked);
        var person = await Post<AddPerson.Added>(machine, "people", new { kind = "Individual", given = "Ana", family = "Ruiz", phones = new[] { new { number = "541 555 0142" } } });
        var account = await Post<OpenAccount.Opened>(machine, "accounts", new { personId = person.Id, customerClass = "Residential", billCycle = "C05" });
        var premise = await Post<AddPremise.Added>(machine, "premises", new { line = "12 Elm St, Springfield, OR 97477" });
        var agreement = await Post<StartAgreement.Started>(machine, "agreements", new { accountId = account.Id, premiseId = premise.Id, type = "Water", startOn = "2030-01-01" });
        var moved = await machine.PostAsJsonAsync($"/api/v1/agreements/{agreement.Id}/move", new { version = agreement.Version, to = "Cancelled" });
        var phone = await machine.PostAsJsonAsync($"/api/v1/people/{person.Id}/phones", new { version = person.Version, number = "541 555 0143", kind = "Work" });

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (moved.StatusCode, phone.StatusCode));
        foreach (var path in (string[])[$"people/{person.Id}", $"people/{person.Id}/accounts", $"people?reference={person.Reference}", "people?phone=5415550143", $"accounts/{account.Id}",
            $"accounts/by-number/{account.Number}", $"premises/{premise.Id}", $"timeline?personId={person.Id}&kind=agreement&size=5"])
        {
            var answer = await machine.GetAsync(new Uri($"/api/v1/{path}", UriKind.Relative));
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
        }
        await using var scope = house.As(Roles.Supervisor);
        Assert.Equal(3, (await scope.LooksAt(new RecordRef("person", person.Id))).Count);
        Assert.Equal(2, (await scope.LooksAt(new RecordRef("account", account.Id))).Count);
        Assert.Single(await scope.LooksAt(new RecordRef("premise", premise.Id)));
    }

    [Theory, BothDatabases]
    public async Task What_cannot_be_read_is_named(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine(CustomersPermissions.Read, CustomersPermissions.Change, CustomersPermissions.Unmasked);
        foreach (var (body, field) in ((string, string?)[])[
            ("""{"kind":"Individual","given":"A","bornOn":"1980-02-30"}""", "bornOn"), ("""{"kind":"Robot"}""", "kind"), ("""{"given":7}""", "given"),
            ("""{"phones":[{"number":"1"},{"kind":"Pigeon"}]}""", "phones[1].kind"), ("""{"given":"A",}""", null), ("", null), ("[]", null), ("null", null)])
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var answer = await machine.PostAsync(new Uri("/api/v1/people", UriKind.Relative), content);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{body}: {answer.StatusCode} {problem}");
            var error = Assert.Single(problem.GetProperty("errors").EnumerateArray());
            Assert.Equal((field, "unreadable"), (error.TryGetProperty("field", out var named) ? named.GetString() : null, error.GetProperty("rule").GetString()));
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        }
        using var list = await machine.GetAsync(new Uri("/api/v1/search?q=ana&size=many", UriKind.Relative));
        Assert.Contains("\"field\":\"size\"", await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Empty_places_in_lists_are_passed_over_when_likely_people_are_looked_for(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine(CustomersPermissions.Read, CustomersPermissions.Change, CustomersPermissions.Unmasked);
        await Post<AddPerson.Added>(machine, "people", new { kind = "Individual", given = "Ana", family = "Ruiz" });
        using var content = new StringContent(
            """{"given":"Ana","family":"Ruiz","phones":[null,{"number":null}],"emails":[null,{"address":null}],"addresses":[null,{"line":null}],"identifiers":[null,{"number":null}]}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await machine.PostAsync(new Uri("/api/v1/people/likely", UriKind.Relative), content);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Contains("Ana Ruiz", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task The_second_of_two_and_a_stranger_are_refused(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine(CustomersPermissions.Read, CustomersPermissions.Change, CustomersPermissions.Unmasked);
        var person = await Post<AddPerson.Added>(machine, "people", new { kind = "Individual", given = "Ana", family = "Ruiz" });
        var first = await machine.PostAsJsonAsync($"/api/v1/people/{person.Id}/emails", new { version = person.Version, address = "a@example.org" });
        var second = await machine.PostAsJsonAsync($"/api/v1/people/{person.Id}/emails", new { version = person.Version, address = "b@example.org" });
        var stranger = await (await house.Machine("other.right")).GetAsync(new Uri($"/api/v1/people/{person.Id}", UriKind.Relative));
        var likely = await machine.PostAsJsonAsync("/api/v1/people", new { kind = "Individual", given = "Ana", family = "Ruiz" });
        var noDay = await machine.PostAsJsonAsync("/api/v1/people", new { kind = "Individual", given = "A", family = "B", bornOn = "1980-02-30" });
        var nowhere = await machine.GetAsync(new Uri("/api/v1/people/1", UriKind.Relative));

        Assert.Equal(
            [HttpStatusCode.NoContent, HttpStatusCode.Conflict, HttpStatusCode.Forbidden, HttpStatusCode.UnprocessableEntity, HttpStatusCode.BadRequest, HttpStatusCode.NotFound],
            new[] { first, second, stranger, likely, noDay, nowhere }.Select(a => a.StatusCode));
        Assert.Equal("urn:tieline:person.likely_duplicates", (await likely.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
    }

    [Theory, BothDatabases]
    public async Task A_lost_answer_asked_for_again_adds_nobody_twice(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine(CustomersPermissions.Read, CustomersPermissions.Change, CustomersPermissions.Unmasked);
        machine.DefaultRequestHeaders.Add(ApiRoutes.KeyHeader, "k1");
        var first = await Post<AddPerson.Added>(machine, "people", new { kind = "Organization", fullName = "Bell Foundry" });
        var again = await Post<AddPerson.Added>(machine, "people", new { kind = "Organization", fullName = "Bell Foundry" });

        Assert.Equal(first, again);
    }

    private static async Task<T> Post<T>(HttpClient machine, string path, object body)
    {
        var answer = await machine.PostAsJsonAsync($"/api/v1/{path}", body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }
}
