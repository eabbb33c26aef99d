using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Scenarios;

/// <summary>
/// A second caller rings while the first is still on the line; the first is parked, both get their own contacts, one is handed to a colleague
/// with everything typed, and nothing of one is found on the other.
/// </summary>
public class TwoCallers
{
    private const string RuizAt = "(541) 726-8842";
    private const string QuistAt = "(541) 726-9953";

    [Theory, BothDatabases]
    public async Task Nothing_of_one_lands_on_the_other(TestDatabase on)
    {
        await using var office = await FrontOffice.Open(on);
        var (ruiz, quist) = (await office.Customer("Rosa", "Ruiz", RuizAt), await office.Customer("Bo", "Quist", QuistAt));
        var first = await FrontOffice.Call(office.AnasDesk, "(541) 555-0101");
        await Caller(office.AnasDesk, first, ruiz);
        // Who is on the line is open once they have shown who they are, and as long as they are on the line.
        Assert.Equal((false, false), await Open(office.AnasDesk));
        await Verified(office.AnasDesk, ruiz);
        Assert.Equal((true, false), await Open(office.AnasDesk));
        await Said(office.AnasDesk, first, ruiz, "Her bill is twice as high.");
        var second = await FrontOffice.Call(office.AnasDesk, "(541) 555-0102");
        await Caller(office.AnasDesk, second, quist);
        Assert.Equal((false, false), await Open(office.AnasDesk));
        await FrontOffice.Post(office.AnasDesk, $"/api/v1/interactions/{first}/resume", new { });
        Assert.Equal((true, false), await Open(office.AnasDesk));
        await FrontOffice.Post(office.AnasDesk, $"/api/v1/interactions/{second}/resume", new { });
        await Verified(office.AnasDesk, quist);
        Assert.Equal((false, true), await Open(office.AnasDesk));

        // Ana's form for Rosa still stood open when she took the second call.
        var refused = await FrontOffice.Post(office.AnasDesk, "/api/v1/contacts", Contact(second, ruiz, "Says it is the dryer."), HttpStatusCode.UnprocessableEntity);
        Assert.Equal("interaction.other_caller", FrontOffice.Rule(refused));
        await Said(office.AnasDesk, first, ruiz, "Says it is the dryer.");
        await Said(office.AnasDesk, second, quist, "Moves on Friday.");
        Assert.Equal(("Parked", "InProgress"), (await State(office.AnasDesk, first), await State(office.AnasDesk, second)));

        // Rosa goes to Bea, half a sentence included; Bea is on the phone herself.
        var own = await FrontOffice.Call(office.BeasDesk, "(541) 555-0103");
        var page = await office.AnasDesk.Submit(
            $"/interactions/{first}/hand-over", "form-hand-over-interaction", ("EmployeeId", $"{office.Bea}"), ("Comment", "Speaks Spanish"),
            ("Drafts", JsonSerializer.Serialize(new[] { new { person = ruiz, values = new[] { new[] { "Comment", "Wants the meter" } } } })));
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Contains("Speaks Spanish", await office.BeasDesk.GetStringAsync("/in-hand"), StringComparison.Ordinal);
        await FrontOffice.Post(office.BeasDesk, $"/api/v1/interactions/{first}/accept", new { });
        Assert.Equal(("Parked", "InProgress"), (await State(office.BeasDesk, own), await State(office.BeasDesk, first)));
        Assert.Equal(((false, true), (true, false)), (await Open(office.AnasDesk), await Open(office.BeasDesk)));
        var form = await office.BeasDesk.GetStringAsync($"/contacts/record?person={ruiz}&interaction={first}");
        Assert.Contains("Wants the meter", form, StringComparison.Ordinal);

        // It is Bea's now: what Ana sends from a form left open is refused, and Ana cannot end it.
        Assert.Equal("interaction.not_yours", FrontOffice.Rule(await FrontOffice.Post(office.AnasDesk, "/api/v1/contacts", Contact(first, ruiz, "late"), HttpStatusCode.UnprocessableEntity)));
        await FrontOffice.Post(office.AnasDesk, $"/api/v1/interactions/{first}/end", new { }, HttpStatusCode.Forbidden);
        // The form says of itself which one it goes on with.
        var draft = long.Parse(Regex.Match(form, "name=\"DraftId\" value=\"(?<id>[0-9]+)\"").Groups["id"].Value, CultureInfo.InvariantCulture);
        await Said(office.BeasDesk, first, ruiz, "Wants the meter checked.", draft);
        Assert.DoesNotContain("Wants the meter<", await office.BeasDesk.GetStringAsync($"/contacts/record?person={ruiz}&interaction={first}"), StringComparison.Ordinal);

        // Both click twice.
        foreach (var _ in new[] { 1, 2 })
        {
            await FrontOffice.Post(office.BeasDesk, $"/api/v1/interactions/{first}/end", new { }, HttpStatusCode.NoContent, "end-1");
            await FrontOffice.Post(office.AnasDesk, $"/api/v1/interactions/{second}/end", new { }, HttpStatusCode.NoContent);
        }
        Assert.Equal(((false, false), (false, false)), (await Open(office.AnasDesk), await Open(office.BeasDesk)));
        await using var scope = office.House.As(Roles.Supervisor);
        var contacts = await scope.Db.Set<Contact>().AsNoTracking().ToListAsync();
        Assert.All(contacts, c => Assert.Equal(c.PersonId == ruiz ? first : second, c.InteractionId));
        Assert.Equal((3, 1), (contacts.Count(c => c.PersonId == ruiz), contacts.Count(c => c.PersonId == quist)));
        Assert.Equal(2, await scope.Db.Set<InteractionLog>().CountAsync(l => l.Step == InteractionStep.Ended));
        Assert.Equal(0, await scope.Db.Set<InteractionDraft>().CountAsync());

        // The pages of both, as this desk is given them: whether their numbers stand there.
        async Task<(bool Ruiz, bool Quist)> Open(HttpClient desk)
        {
            var (one, other) = (await desk.GetStringAsync($"/customers/{ruiz}"), await desk.GetStringAsync($"/customers/{quist}"));
            Assert.DoesNotContain(QuistAt, one, StringComparison.Ordinal);
            Assert.DoesNotContain(RuizAt, other, StringComparison.Ordinal);
            return (one.Contains(RuizAt, StringComparison.Ordinal), other.Contains(QuistAt, StringComparison.Ordinal));
        }
    }

    [Theory, BothDatabases]
    public async Task Two_CSRs_have_the_same_caller(TestDatabase on)
    {
        await using var office = await FrontOffice.Open(on);
        var ruiz = await office.Customer("Rosa", "Ruiz");
        // She rang twice: her call at Ana's broke off, and Bea has her again before Ana is done.
        var (broken, again) = (await FrontOffice.Call(office.AnasDesk, "(541) 555-0101"), await FrontOffice.Call(office.BeasDesk, "(541) 555-0101"));
        await Caller(office.AnasDesk, broken, ruiz);
        await Caller(office.BeasDesk, again, ruiz);
        await Task.WhenAll(Said(office.AnasDesk, broken, ruiz, "Broke off."), Said(office.BeasDesk, again, ruiz, "Goes on."));
        await using var scope = office.House.As(Roles.Supervisor);
        Assert.Equal([broken, again], (await scope.Db.Set<Contact>().OrderBy(c => c.InteractionId).Select(c => c.InteractionId).ToListAsync()).Cast<object>().Select(Convert.ToInt64).Order());
        // The second of them sees what the first has recorded, while recording.
        var type = await scope.Db.Set<Contact>().Select(c => c.TypeId).FirstAsync();
        Assert.Contains("Third contact about General in 7 days", await office.BeasDesk.GetStringAsync($"/contacts/record/parts?TypeId={type}&PersonId={ruiz}"), StringComparison.Ordinal);
    }

    /// <summary>They were called back, and answered.</summary>
    private static async Task Verified(HttpClient desk, long person)
    {
        var questions = await desk.GetFromJsonAsync<JsonElement>($"/api/v1/people/{person}/caller/questions");
        var phone = questions.GetProperty("phones")[0].GetProperty("id").GetInt64();
        using var answer = await desk.PostAsJsonAsync($"/api/v1/people/{person}/caller", new { @as = "Customer", callBackPhoneId = phone, callBackConfirmed = true });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task Caller(HttpClient desk, long call, long person)
    {
        using var answer = await desk.PutAsJsonAsync($"/api/v1/interactions/{call}/caller", new { personId = person });
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static object Contact(long call, long person, string comment, long? draft = null) =>
        new { type = "ge", personId = person, channel = "Phone", comment, interactionId = call, wrapUp = "ANSWERED", draftId = draft };

    private static Task Said(HttpClient desk, long call, long person, string comment, long? draft = null) =>
        FrontOffice.Post(desk, "/api/v1/contacts", Contact(call, person, comment, draft), HttpStatusCode.Created);

    private static async Task<string?> State(HttpClient desk, long call) =>
        (await desk.GetFromJsonAsync<JsonElement>($"/api/v1/interactions/{call}")).GetProperty("line").GetProperty("state").GetString();
}
