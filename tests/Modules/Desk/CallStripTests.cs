using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Modules.Contacts.Interactions;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Desk;

/// <summary>The strip as a browser without script uses it: every button is a form.</summary>
public partial class CallStripTests
{
    [Theory, BothDatabases]
    public async Task A_call_is_taken_parked_and_gone_on_with_from_the_strip(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var csr = await house.SignedIn(Roles.Csr);
        Assert.Equal(HttpStatusCode.Redirect, (await Press(csr, "/", "/in-hand/take")).StatusCode);
        var strip = await csr.GetStringAsync("/in-hand");
        Assert.Contains("data-interaction-in-hand=", strip, StringComparison.Ordinal);
        Assert.Contains("Who is calling?", strip, StringComparison.Ordinal);
        Assert.DoesNotContain("data-person-in-hand", strip, StringComparison.Ordinal);

        // The customer whose page is open becomes the caller, and is taken back.
        var opened = await csr.GetAsync($"/customers/{given.Person}");
        var cookie = opened.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tieline_in_hand=", StringComparison.Ordinal)).Split(';')[0];
        csr.DefaultRequestHeaders.TryGetValues("Cookie", out var session);
        var both = $"{session!.Single()}; {cookie}";
        csr.DefaultRequestHeaders.Remove("Cookie");
        csr.DefaultRequestHeaders.Add("Cookie", both);
        Assert.Contains("Is calling", await csr.GetStringAsync("/in-hand"), StringComparison.Ordinal);
        await Press(csr, "/in-hand", "/in-hand/caller");
        Assert.Equal(given.Person, (await Only(house)).PersonId);
        await Press(csr, "/in-hand", "/in-hand/caller");
        Assert.Null((await Only(house)).PersonId);
        // Of two of the same name the wrong one was picked: whoever is in hand instead can be made the caller by the same key.
        await using (var wrong = house.As(Roles.Csr))
            Assert.True((await wrong.Get<TakeCaller>().Handle(new((await Only(house)).Id, given.OtherPerson), TestContext.Current.CancellationToken)).Ok);
        var twice = await csr.GetStringAsync("/in-hand");
        Assert.Matches("data-key=\"i\"", twice);
        Assert.Contains("Is calling", twice, StringComparison.Ordinal);
        await Press(csr, "/in-hand", "/in-hand/caller");
        Assert.Equal(given.Person, (await Only(house)).PersonId);

        await Press(csr, "/in-hand", "/in-hand/park");
        Assert.Equal(InteractionState.Parked, (await Only(house)).State);
        var gone = await Press(csr, "/in-hand", "/in-hand/resume");
        Assert.Equal($"/customers/{given.Person}", gone.Headers.Location?.OriginalString);
        Assert.Equal(InteractionState.InProgress, (await Only(house)).State);
        // Nothing was recorded: it asks why.
        Assert.Equal($"/interactions/{(await Only(house)).Id}/end", (await Press(csr, "/in-hand", "/in-hand/end")).Headers.Location?.OriginalString);
        Assert.Equal(InteractionState.InProgress, (await Only(house)).State);
        // Something was recorded: it ends in one click.
        var stored = await csr.Submit($"/contacts/record?person={given.Person}", "form-record-contact", ("TypeId", $"{given.HighBill}"), ("Channel", "Phone"), ("Comment", "said"), ("WrapUpCodeId", $"{await WrapUp(house)}"));
        Assert.Equal(HttpStatusCode.Redirect, stored.StatusCode);
        await Press(csr, "/in-hand", "/in-hand/end");
        Assert.Equal(InteractionState.Ended, (await Only(house)).State);
        await using var check = house.As(Roles.Csr);
        Assert.Equal((await Only(house)).Id, (await check.Db.Set<Contact>().SingleAsync()).InteractionId);
    }

    [Theory, BothDatabases]
    public async Task With_a_call_the_strip_costs_six_small_statements(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await InteractionTests.Start(house, given.Person);
        var csr = await house.SignedIn(Roles.Csr);
        await csr.GetStringAsync("/in-hand");
        using var counter = new StatementCounter(house);
        var strip = await csr.GetStringAsync("/in-hand");
        Assert.Contains($"data-person-in-hand=\"{given.Person}\"", strip, StringComparison.Ordinal);
        Assert.Single(counter.Selects, s => s.Contains("FROM interaction ", StringComparison.Ordinal) || s.Contains("FROM \"interaction\" ", StringComparison.Ordinal));
        // Session, calls, who it is, whose record is closed to this employee, what may be seen, all alerts.
        Assert.InRange(counter.Selects.Count, 1, 6);
    }

    [Theory, BothDatabases]
    public async Task The_form_of_an_ended_call_keeps_what_was_typed_and_lets_choose(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var call = await InteractionTests.Start(house, given.Person);
        var csr = await house.SignedIn(Roles.Csr);
        var page = $"/contacts/record?person={given.Person}&interaction={call}";
        (string, string)[] typed = [("TypeId", $"{given.HighBill}"), ("Channel", "Phone"), ("Comment", "typed <b>long</b>"), ("WrapUpCodeId", $"{await WrapUp(house)}"), ("InteractionId", $"{call}")];
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<EndInteraction>().Handle(new(call, "Line broke"), CancellationToken.None)).Ok);
        var refused = await csr.Submit(page, "form-record-contact", typed);
        var html = await refused.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("typed &lt;b&gt;long&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("In which call?", html, StringComparison.Ordinal);
        var stored = await csr.Submit(page, "form-record-contact", [.. typed[..4], ("InteractionId", "")]);
        Assert.Equal(HttpStatusCode.Redirect, stored.StatusCode);
        await using var check = house.As(Roles.Csr);
        Assert.Null((await check.Db.Set<Contact>().SingleAsync()).InteractionId);
    }

    [Theory, BothDatabases]
    public async Task The_pages_of_calls_answer_those_who_may(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var call = await InteractionTests.Start(house, given.Person);
        var (csr, colleague, supervisor) = (await house.SignedIn(Roles.Csr), await house.SignedIn(Roles.Csr, given.Employee), await house.SignedIn(Roles.Supervisor, given.Employee));
        foreach (var page in new[] { $"/interactions/{call}", $"/interactions/{call}/hand-over", $"/interactions/{call}/end" })
        {
            Assert.Equal((page, HttpStatusCode.OK), (page, (await csr.GetAsync(page)).StatusCode));
            Assert.Equal((page, HttpStatusCode.OK), (page, (await supervisor.GetAsync(page)).StatusCode));
            Assert.Equal((page, HttpStatusCode.Forbidden), (page, (await colleague.GetAsync(page)).StatusCode));
        }
        Assert.Equal(HttpStatusCode.NotFound, (await csr.GetAsync("/interactions/999999")).StatusCode);
        var handed = await csr.Submit($"/interactions/{call}/hand-over", "form-hand-over-interaction", ("EmployeeId", $"{given.Employee}"), ("Comment", "in a <hurry>"));
        Assert.Equal(HttpStatusCode.Redirect, handed.StatusCode);
        Assert.Contains("in a &lt;hurry&gt;", await colleague.GetStringAsync("/in-hand"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await Press(colleague, "/in-hand", "/in-hand/accept")).StatusCode);
        Assert.Equal(given.Employee, (await Only(house)).EmployeeId);
        Assert.Contains("in a &lt;hurry&gt;", await colleague.GetStringAsync("/in-hand"), StringComparison.Ordinal);
        // Nobody presses a button of somebody else's call.
        Assert.Equal(HttpStatusCode.Forbidden, (await Press(colleague, "/in-hand", "/in-hand/park", ("id", $"{await InteractionTests.Start(house)}"))).StatusCode);
    }

    private static async Task<HttpResponseMessage> Press(HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        var shown = await browser.GetAsync(page);
        var html = await shown.Content.ReadAsStringAsync();
        var at = html.IndexOf($"action=\"{action}\"", StringComparison.Ordinal);
        Assert.True(at >= 0, $"{page} has no button {action}:\n{html}");
        var form = html[at..html.IndexOf("</form>", at, StringComparison.Ordinal)];
        var sent = Hidden().Matches(form).Select(m => KeyValuePair.Create(Name().Match(m.Value).Groups["text"].Value, Value().Match(m.Value).Groups["text"].Value))
            .Where(h => !fields.Any(f => f.Name == h.Key)).Concat(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(sent) };
        var own = browser.DefaultRequestHeaders.TryGetValues("Cookie", out var session) ? session : [];
        var given = shown.Headers.TryGetValues("Set-Cookie", out var set) ? set.Select(c => c.Split(';')[0]).Where(c => c.StartsWith("tieline_form", StringComparison.Ordinal)) : [];
        request.Headers.Add("Cookie", string.Join("; ", own.Concat(given)));
        return await browser.SendAsync(request);
    }

    private static async Task<Interaction> Only(TestHouse house)
    {
        await using var scope = house.As(Roles.Supervisor);
        return await scope.Db.Set<Interaction>().AsNoTracking().OrderBy(i => i.Id).FirstAsync();
    }

    private static async Task<long> WrapUp(TestHouse house)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Db.Set<Tieline.Contacts.WrapUps.WrapUpCode>().OrderBy(w => w.Position).Select(w => w.Id).FirstAsync();
    }

    [System.Text.RegularExpressions.GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>", System.Text.RegularExpressions.RegexOptions.None, 1000)]
    private static partial System.Text.RegularExpressions.Regex Hidden();

    [System.Text.RegularExpressions.GeneratedRegex("\\sname=\"(?<text>[^\"]*)\"", System.Text.RegularExpressions.RegexOptions.None, 1000)]
    private static partial System.Text.RegularExpressions.Regex Name();

    [System.Text.RegularExpressions.GeneratedRegex("\\svalue=\"(?<text>[^\"]*)\"", System.Text.RegularExpressions.RegexOptions.None, 1000)]
    private static partial System.Text.RegularExpressions.Regex Value();
}
