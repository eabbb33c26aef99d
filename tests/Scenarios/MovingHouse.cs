using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Agreements;
using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Scenarios;

/// <summary>
/// A customer calls about a move: supply stops here, starts there, the final bill goes to a friend. The call breaks off in the middle; a colleague goes on where it was
/// left. The day there was wrong: taken back and said again, with what was typed still there. In the night to the day supply ends here and begins there, and what is over is not undone.
/// </summary>
public class MovingHouse
{
    [Theory, BothDatabases]
    public async Task From_the_first_call_to_the_last_day(TestDatabase on)
    {
        await using var office = await FrontOffice.Open(on);
        var machine = await office.House.SignedInApi(Roles.Supervisor);
        var nadia = await Created(machine, "people", new { kind = "Individual", given = "Nadia", family = "Quillfeather", bornOn = "1980-05-04", phones = new[] { new { number = "(541) 726-4410" } } });
        var account = await Created(machine, "accounts", new { personId = nadia, customerClass = "Residential", billCycle = "C05" });
        var (here, there) = (await Created(machine, "premises", new { line = "12 Elm St, Springfield, OR 97477" }), await Created(machine, "premises", new { line = "9 Oak Ave, Springfield, OR 97477" }));
        var today = DateOnly.Parse((await machine.GetFromJsonAsync<JsonElement>($"/api/v1/accounts/{account}")).GetProperty("account").GetProperty("openedOn").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        var supply = await Created(machine, "agreements", new { accountId = account, premiseId = here, type = "Electricity", startOn = today });
        await FrontOffice.Post(machine, $"/api/v1/agreements/{supply}/move", new { version = 0, to = "Active", on = today }, HttpStatusCode.NoContent);

        // She rings; Ana begins the list from the customer's page, and ticks what she hears.
        await FrontOffice.Call(office.AnasDesk, "(541) 726-4410");
        Assert.Contains($"/customers/{nadia}/flows", await office.AnasDesk.GetStringAsync($"/customers/{nadia}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await office.AnasDesk.Submit($"/customers/{nadia}/flows", "begin-Moving")).StatusCode);
        var flow = (await office.AnasDesk.GetFromJsonAsync<JsonElement>($"/api/v1/flows?personId={nadia}")).GetProperty("items")[0].GetProperty("id").GetInt64();
        var (lastDay, wrongDay) = (today.AddDays(10), today.AddDays(9));
        // What stops and where mail goes is for somebody who knows who is calling.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.AnasDesk.Submit($"/flows/{flow}", "form-send-mail-elsewhere", ("Line", "c/o Bell, 4 Oak Ave"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.AnasDesk.Submit($"/flows/{flow}", "form-stop-here", ("StopOn", Day(lastDay)), ("Agreements", $"{supply}"))).StatusCode);
        await FrontOffice.Post(office.AnasDesk, $"/api/v1/people/{nadia}/caller", new { @as = "Customer", answers = new Dictionary<string, string> { ["BORN"] = "5/4/1980", ["PHONE"] = "541 726 4410" } });
        Assert.Equal(HttpStatusCode.Redirect, (await office.AnasDesk.Submit($"/flows/{flow}", "form-stop-here", ("StopOn", Day(lastDay)), ("Agreements", $"{supply}"))).StatusCode);

        var anasScreen = await office.AnasDesk.OpenForm($"/flows/{flow}", "form-say-what-is-next");

        // The line breaks off. An hour later Bea has her on the phone, and the strip tells her.
        office.House.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("Moving, 1 of 4 done", WebUtility.HtmlDecode(await office.BeasDesk.GetStringAsync($"/customers/{nadia}")), StringComparison.Ordinal);
        var verified = await FrontOffice.Post(office.BeasDesk, $"/api/v1/people/{nadia}/caller", new
        {
            @as = "Customer", callBackConfirmed = true,
            callBackPhoneId = (await machine.GetFromJsonAsync<JsonElement>($"/api/v1/people/{nadia}")).GetProperty("phones")[0].GetProperty("id").GetInt64(),
        });
        Assert.Equal("Customer", verified.GetProperty("capacity").GetString());
        Assert.Equal(HttpStatusCode.Redirect, (await office.BeasDesk.Submit($"/flows/{flow}", "form-start-there", ("PremiseId", $"{there}"), ("StartOn", Day(wrongDay)), ("Services", "Electricity"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await office.BeasDesk.Submit($"/flows/{flow}", "back-start")).StatusCode);
        Assert.Contains($"value=\"{Day(wrongDay)}\"", await office.BeasDesk.GetStringAsync($"/flows/{flow}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await office.BeasDesk.Submit($"/flows/{flow}", "form-start-there", ("PremiseId", $"{there}"), ("StartOn", Day(lastDay)), ("Services", "Electricity"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await office.BeasDesk.Submit($"/flows/{flow}", "form-send-mail-elsewhere", ("Line", "c/o Bell, 4 Oak Ave, Eugene"), ("FromOn", Day(lastDay)))).StatusCode);
        // The last step stood open on Ana's screen, too: she hears that it was done.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.BeasDesk.Submit($"/flows/{flow}", "form-finish-flow")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await office.BeasDesk.Submit($"/flows/{flow}", "form-say-what-is-next", ("Remark", "Keys with the neighbour"))).StatusCode);
        using var late = await anasScreen([("Remark", "Will send a form")]);
        var answer = WebUtility.HtmlDecode(await late.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode);
        Assert.Contains("has worked on this step in the meantime: Keys with the neighbour", answer, StringComparison.Ordinal);
        Assert.Contains("value=\"Will send a form\"", answer, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await office.BeasDesk.Submit($"/flows/{flow}", "form-finish-flow")).StatusCode);
        Assert.DoesNotContain("Moving, ", await office.BeasDesk.GetStringAsync($"/customers/{nadia}"), StringComparison.Ordinal);
        var story = await machine.GetStringAsync($"/api/v1/timeline?personId={nadia}");
        Assert.Contains("Keys with the neighbour", story, StringComparison.Ordinal);
        Assert.DoesNotContain($"/flows/{flow}\"", await office.AnasDesk.GetStringAsync("/flows"), StringComparison.Ordinal);

        // The night to the day: the one place is free, the other hers.
        async Task<IEnumerable<(string, DateOnly)>> Agreements()
        {
            await using var scope = office.House.As(Roles.Supervisor);
            return (await scope.Db.Set<ServiceAgreement>().AsNoTracking().OrderBy(s => s.Id).ToListAsync()).Select(a => (a.State.ToString(), a.StopOn ?? a.StartOn));
        }
        await Night(office.House, lastDay.AddDays(-1));
        Assert.Equal([("PendingStop", lastDay), ("Cancelled", wrongDay), ("PendingStart", lastDay)], await Agreements());
        office.House.Clock.Advance(TimeSpan.FromDays(10));
        await Night(office.House, lastDay);
        Assert.Equal([("Stopped", lastDay), ("Cancelled", wrongDay), ("Active", lastDay)], await Agreements());
        Assert.Equal(there, (await machine.GetFromJsonAsync<JsonElement>($"/api/v1/people/{nadia}/accounts")).GetProperty("accounts")[0].GetProperty("agreements").EnumerateArray()
            .Single(a => a.GetProperty("state").GetString() == "Active").GetProperty("premiseId").GetInt64());
        Assert.Equal("flow.over", FrontOffice.Rule(await FrontOffice.Post(machine, $"/api/v1/flows/{flow}/undo", new { version = 9, because = "Stays after all" }, HttpStatusCode.UnprocessableEntity)));
    }

    private static async Task Night(TestHouse house, DateOnly on)
    {
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<SubmitBatch>().Handle(new(MoveDueAgreements.BatchCode, on, null, Anyway: true), CancellationToken.None)).Ok);
        await house.RunJobs();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<long> Created(HttpClient machine, string path, object body) => (await FrontOffice.Post(machine, $"/api/v1/{path}", body, HttpStatusCode.Created)).GetProperty("id").GetInt64();
}
