using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Scenarios;

/// <summary>
/// A daughter calls: her father has died. Nobody has verified her, and yet from that moment no message goes to him by itself; the estates desk has its
/// To Do, sees the papers, lets her act and sends the mail to her. His supply goes on. A neighbour of the same name had been taken for him first: that is put back.
/// </summary>
public class Bereavement
{
    [Theory, BothDatabases]
    public async Task From_the_daughters_call_to_the_executors_papers(TestDatabase on)
    {
        await using var office = await FrontOffice.Open(on);
        var estates = await office.House.SignedInApi(Roles.BackOffice);
        var (father, neighbour, daughter) = (await Customer(estates, "Otto", "Quillfeather"), await Customer(estates, "Otto", "Quillfeather"), await Customer(estates, "Mara", "Quillfeather"));
        var agreement = await Supplied(estates, father);
        foreach (var person in (long[])[father, neighbour])
        {
            var said = await estates.PutAsJsonAsync($"/api/v1/people/{person}/consents", new { source = "Call", consents = new[] { new { purpose = "Marketing", channel = "Email", answer = "Given" } } });
            Assert.Equal(HttpStatusCode.NoContent, said.StatusCode);
        }
        var call = await FrontOffice.Call(office.AnasDesk, "(541) 555-0142");

        // The wrong Otto, for half a minute.
        await office.AnasDesk.Submit($"/customers/{neighbour}/flows/death", "form-begin-death", ("ToldBy", "his daughter"));
        Assert.False(await MayMarket(office, neighbour));
        var wrong = await OpenFlow(office, neighbour);
        Assert.Equal(HttpStatusCode.Redirect, (await office.AnasDesk.Submit($"/flows/{wrong}", "form-undo-flow", ("Because", "Another man of the same name"))).StatusCode);
        Assert.True(await MayMarket(office, neighbour));
        Assert.DoesNotContain("Has died", await office.AnasDesk.GetStringAsync($"/customers/{neighbour}"), StringComparison.Ordinal);

        // The right one. She clicks twice; there is one list, and one To Do.
        Assert.Contains("Stop messages and begin", await office.AnasDesk.GetStringAsync($"/customers/{father}/flows/death"), StringComparison.Ordinal);
        var diedOn = (await Today(office)).AddDays(-4);
        foreach (var _ in (int[])[1, 2])
            await FrontOffice.Post(office.AnasDesk, $"/api/v1/people/{father}/death", new { toldBy = "his daughter Mara, on the phone", diedOn }, key: "death-1");
        Assert.False(await MayMarket(office, father));
        var flow = await OpenFlow(office, father);
        var page = WebUtility.HtmlDecode(await office.AnasDesk.GetStringAsync($"/flows/{flow}"));
        Assert.Contains("2 of 5 done", page, StringComparison.Ordinal);
        Assert.Contains("To Do for Estates", page, StringComparison.Ordinal);
        // She is not verified: her name is kept, she may do nothing yet, and mail stays where it is.
        Assert.Equal(HttpStatusCode.Redirect, (await office.AnasDesk.Submit($"/flows/{flow}", "form-name-executor", ("Name", "Mara Quillfeather"), ("Phone", "541 555 0142"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.AnasDesk.Submit($"/flows/{flow}", "form-send-mail-elsewhere", ("Line", "4 Oak Ave, Eugene"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await office.AnasDesk.Submit($"/flows/{flow}", "form-say-what-is-next")).StatusCode);
        await FrontOffice.Post(office.AnasDesk, $"/api/v1/interactions/{call}/end", new { without = "Other" }, HttpStatusCode.NoContent);
        Assert.Contains("Has died on", await office.BeasDesk.GetStringAsync($"/customers/{father}"), StringComparison.Ordinal);
        Assert.Contains($"/flows/{flow}", await office.BeasDesk.GetStringAsync("/flows"), StringComparison.Ordinal);

        // Three days later the papers are on the estates desk.
        office.House.Clock.Advance(TimeSpan.FromDays(3));
        await using (var scope = office.House.As(Roles.Supervisor))
        {
            var toDo = await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync(t => t.PersonId == father);
            Assert.Equal(await scope.Db.Set<ToDoRole>().Where(r => r.Code == "ESTATES").Select(r => (long?)r.Id).SingleAsync(), toDo.RoleId);
            Assert.Contains("executor named, papers not seen yet", toDo.Subject, StringComparison.Ordinal);
        }
        var steps = await Steps(estates, flow);
        await FrontOffice.Post(estates, $"/api/v1/flows/{flow}/take-back", new { step = "executor", version = steps["executor"] });
        await FrontOffice.Post(estates, $"/api/v1/flows/{flow}/executor", new { version = steps["executor"] + 1, otherPersonId = daughter, papersSeen = true });
        await FrontOffice.Post(estates, $"/api/v1/flows/{flow}/mail", new { version = steps["mail"], line = "4 Oak Ave, Eugene, OR 97401" });
        var version = (await estates.GetFromJsonAsync<JsonElement>($"/api/v1/flows/{flow}")).GetProperty("version").GetInt32();
        await FrontOffice.Post(estates, $"/api/v1/flows/{flow}/finish", new { version }, HttpStatusCode.NoContent);
        var csr = await office.House.SignedInApi(Roles.Csr);
        Assert.Equal("flow.over", FrontOffice.Rule(await FrontOffice.Post(csr, $"/api/v1/flows/{flow}/undo", new { version = version + 1, because = "late" }, HttpStatusCode.UnprocessableEntity)));

        var record = await estates.GetFromJsonAsync<JsonElement>($"/api/v1/people/{father}");
        Assert.Equal(daughter, record.GetProperty("authorisations")[0].GetProperty("otherId").GetInt64());
        Assert.Equal("Executor", record.GetProperty("relationships")[0].GetProperty("kind").GetString());
        Assert.Equal("Active", (await estates.GetFromJsonAsync<JsonElement>($"/api/v1/agreements/{agreement}")).GetProperty("agreement").GetProperty("state").GetString());
        var story = await estates.GetStringAsync($"/api/v1/timeline?personId={father}");
        Assert.Contains("4 Oak Ave, Eugene", story, StringComparison.Ordinal);
        Assert.Contains("Has died on", await (await office.House.SignedIn(Roles.Csr, office.Bea)).GetStringAsync($"/customers/{father}"), StringComparison.Ordinal);
        Assert.False(await MayMarket(office, father));
    }

    private static async Task<long> Customer(HttpClient machine, string given, string family) =>
        (await FrontOffice.Post(machine, "/api/v1/people", new { kind = "Individual", given, family, confirmedNew = true }, HttpStatusCode.Created)).GetProperty("id").GetInt64();

    private static async Task<long> Supplied(HttpClient machine, long person)
    {
        var account = (await FrontOffice.Post(machine, "/api/v1/accounts", new { personId = person, customerClass = "Residential", billCycle = "C05" }, HttpStatusCode.Created)).GetProperty("id").GetInt64();
        var premise = (await FrontOffice.Post(machine, "/api/v1/premises", new { line = "12 Elm St, Springfield, OR 97477" }, HttpStatusCode.Created)).GetProperty("id").GetInt64();
        var today = (await machine.GetFromJsonAsync<JsonElement>($"/api/v1/accounts/{account}")).GetProperty("account").GetProperty("openedOn").GetString();
        var agreement = (await FrontOffice.Post(machine, "/api/v1/agreements", new { accountId = account, premiseId = premise, type = "Electricity", startOn = today }, HttpStatusCode.Created)).GetProperty("id").GetInt64();
        await FrontOffice.Post(machine, $"/api/v1/agreements/{agreement}/move", new { version = 0, to = "Active", on = today }, HttpStatusCode.NoContent);
        return agreement;
    }

    private static async Task<long> OpenFlow(FrontOffice office, long person) =>
        (await office.AnasDesk.GetFromJsonAsync<JsonElement>($"/api/v1/flows?personId={person}")).GetProperty("items")[0].GetProperty("id").GetInt64();

    private static async Task<Dictionary<string, int>> Steps(HttpClient desk, long flow) =>
        (await desk.GetFromJsonAsync<JsonElement>($"/api/v1/flows/{flow}")).GetProperty("steps").EnumerateArray().ToDictionary(s => s.GetProperty("code").GetString()!, s => s.GetProperty("version").GetInt32());

    private static async Task<bool> MayMarket(FrontOffice office, long person)
    {
        await using var scope = office.House.As(Roles.Csr);
        return await scope.Get<Tieline.Customers.ICustomers>().MayContact(person, Tieline.Customers.ConsentPurpose.Marketing, Tieline.Customers.ConsentChannel.Email, CancellationToken.None);
    }

    private static async Task<DateOnly> Today(FrontOffice office)
    {
        await using var scope = office.House.As(Roles.Csr);
        return await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(CancellationToken.None);
    }
}
