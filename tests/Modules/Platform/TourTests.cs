using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Contacts.Records;
using Tieline.Host;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Tours;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform;

public class TourTests
{
    [Theory, BothDatabases]
    public async Task A_tour_is_begun_left_gone_on_with_elsewhere_and_finished(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var csr = await house.SignedIn(Roles.Csr, given.Employee);
        Assert.Contains("Begin the tour", await csr.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Empty((await Coach(csr, "/")).Trim());

        var steps = house.Services.GetRequiredService<TourBook>().Find("csr")!.Steps;
        var cookie = await Press(csr, "csr", "go-on", expect: "/");
        Assert.Equal("tieline_tour=csr", cookie);
        Assert.Contains(steps[0].Title, await Coach(csr, "/"), StringComparison.Ordinal);
        Assert.Contains("This step stands on another page", await Coach(csr, "/todos"), StringComparison.Ordinal);

        // What it asks for is asked of the database; without it the step is skipped, and twice the same click is one step.
        Assert.Contains("Skip this step", await Coach(csr, "/"), StringComparison.Ordinal);
        await csr.GetStringAsync($"/customers/{given.Person}");
        Assert.Contains(steps[0].Said!, WebUtility.HtmlDecode(await Coach(csr, "/")), StringComparison.Ordinal);
        await Press(csr, "csr", "next", "find");
        await Press(csr, "csr", "next", "find");
        Assert.Contains($"2 of {steps.Count}", await Coach(csr, "/"), StringComparison.Ordinal);
        await Press(csr, "csr", "next", "one-page");
        await Press(csr, "csr", "next", "alerts");
        await Press(csr, "csr", "next", "who-calls");
        await Press(csr, "csr", "back", "record");
        await Press(csr, "csr", "leave");
        Assert.Empty((await Coach(csr, "/")).Trim());

        var elsewhere = await house.SignedIn(Roles.Csr, given.Employee);
        Assert.Contains($"Go on with: {steps[3].Title}", WebUtility.HtmlDecode(await elsewhere.GetStringAsync("/")), StringComparison.Ordinal);
        await Press(elsewhere, "csr", "go-on", expect: "/search?q=smith");
        await Press(elsewhere, "csr", "next", "who-calls");
        Assert.Contains("Skip this step", await Coach(elsewhere, $"/customers/{given.Person}"), StringComparison.Ordinal);
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
            Assert.True((await scope.Get<RecordContact>().Handle(new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "said"), CancellationToken.None)).Ok);
        Assert.Contains("You recorded a contact.", await Coach(elsewhere, $"/customers/{given.Person}"), StringComparison.Ordinal);
        foreach (var step in (string[])["record", "promise", "calls", "emergency"])
            await Press(elsewhere, "csr", "next", step);
        Assert.DoesNotContain("class=\"tour-button\"", await elsewhere.GetStringAsync("/"), StringComparison.Ordinal);

        // A supervisor sees it; the CSR sees their own only.
        var supervisor = await house.SignedIn(Roles.Supervisor, 77);
        var line = Assert.Single(await Lines(supervisor, "/api/v1/training?q=test+csr&standing=Finished"), l => l.GetProperty("id").GetInt64() == given.Employee);
        Assert.Equal((8, 3), (line.GetProperty("passed").GetInt32(), line.GetProperty("skipped").GetInt32()));
        Assert.Equal("Customer service", line.GetProperty("team").GetString());
        Assert.Contains("finished", await supervisor.GetStringAsync("/training?team=Customer+service"), StringComparison.Ordinal);
        Assert.Contains("Answering customers,Finished", await supervisor.GetStringAsync("/training/export?standing=Finished"), StringComparison.Ordinal);
        Assert.Contains("Nothing matches these filters", await supervisor.GetStringAsync("/training?q=zzz"), StringComparison.Ordinal);
        foreach (var path in (string[])["/training", "/training/export", "/api/v1/training"])
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await elsewhere.GetAsync(path)).StatusCode));
    }

    [Theory, BothDatabases]
    public async Task It_is_for_its_role_can_be_declined_and_switched_off(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var csr = await house.SignedIn(Roles.Csr, 31);
        Assert.Equal(HttpStatusCode.NotFound, (await csr.GetAsync("/tours/operator")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await csr.GetAsync("/tours/csr")).StatusCode);
        foreach (var rubbish in (string[])["operator", "nothing", "coach"])
            await Press(csr, rubbish, "go-on", from: "csr", expect: "/tours");
        await Press(csr, "csr", "next", "find", expect: "/tours");

        await Press(csr, "csr", "dismiss", expect: "/");
        Assert.DoesNotContain("Begin the tour", await csr.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Contains("not wanted", await csr.GetStringAsync("/tours"), StringComparison.Ordinal);
        // Twice at once, from two windows: one walk.
        await Task.WhenAll(Press(csr, "csr", "go-on", expect: "/"), Press(csr, "csr", "go-on", expect: "/"));

        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            await scope.Get<ISettings>().Set(TourDesk.Offered, false, CancellationToken.None);
            await scope.Db.SaveChangesAsync();
        }
        Assert.Contains("switched off", await csr.GetStringAsync("/tours"), StringComparison.Ordinal);
        Assert.Empty((await Coach(csr, "/")).Trim());
        Assert.Equal(HttpStatusCode.NotFound, (await csr.GetAsync("/tours/csr")).StatusCode);
    }

    [Fact]
    public async Task Every_tour_can_be_read()
    {
        await using var house = await TestHouse.Open(TestDatabase.Sqlite);
        var book = house.Services.GetRequiredService<TourBook>();
        Assert.Equal(Roles.All, book.All.Select(t => t.Role));
        var pages = House.Modules.Assemblies.SelectMany(a => a.GetTypes()).SelectMany(t => t.GetCustomAttributes(typeof(RouteAttribute), false)).Cast<RouteAttribute>().Select(r => r.Template).ToHashSet(StringComparer.Ordinal);
        var facts = house.Services.GetServices<TourFact>().Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var tour in book.All)
        {
            Assert.InRange(tour.Steps.Count, 5, 8);
            Assert.Equal(tour.Steps.Count, tour.Steps.Select(s => s.Key).Distinct().Count());
            foreach (var step in tour.Steps)
            {
                Assert.True(pages.Contains(step.Page), $"{tour.Code}/{step.Key}: there is no page {step.Page}.");
                Assert.True(!step.Page.Contains('{', StringComparison.Ordinal) || step is { From: not null, Way: not null }, $"{tour.Code}/{step.Key}: from where does one come?");
                Assert.True(step.Done is null == step.Said is null && (step.Done is null || step.Do is not null), $"{tour.Code}/{step.Key}: what is to be done?");
                Assert.True(step.Done is null || facts.Contains(step.Done) || TourFacts.Of(step.Done) is not null, $"{tour.Code}/{step.Key}: nobody knows {step.Done}.");
            }
        }
        Assert.True(new TourStep("", "", "", "/customers/{Id:long}").IsOn("/customers/12"));
        Assert.False(new TourStep("", "", "", "/customers/{Id:long}").IsOn("/customers/12/name"));
        Assert.False(new TourStep("", "", "", "/").IsOn("/todos"));
    }

    private static Task<string> Coach(HttpClient browser, string path) => Get(browser, $"/tours/coach?path={path}");

    /// <summary>As htmx asks, in a browser that knows which tour it is in.</summary>
    private static async Task<string> Get(HttpClient browser, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("HX-Request", "true");
        request.Headers.Add("Cookie", [.. browser.DefaultRequestHeaders.GetValues("Cookie"), "tieline_tour=csr"]);
        return await (await browser.SendAsync(request)).Content.ReadAsStringAsync();
    }

    /// <summary>Presses a button without script.</summary>
    /// <returns>The cookie of the tour, as it was set.</returns>
    private static async Task<string?> Press(HttpClient browser, string tour, string way, string? step = null, string from = "csr", string? expect = null)
    {
        var page = await browser.GetAsync($"/tours/{from}");
        var html = await page.Content.ReadAsStringAsync();
        const string Name = "name=\"__RequestVerificationToken\" value=\"";
        var start = html.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/tours/{tour}/{way}")
        {
            Content = new FormUrlEncodedContent([new("__RequestVerificationToken", html[start..html.IndexOf('"', start)]), new("step", step ?? "")]),
        };
        request.Headers.Add("Cookie", string.Join("; ", browser.DefaultRequestHeaders.GetValues("Cookie").Concat(page.Headers.TryGetValues("Set-Cookie", out var given) ? given.Select(c => c.Split(';')[0]) : [])));
        using var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        if (expect is not null)
            Assert.Equal(expect, answer.Headers.Location!.OriginalString);
        return answer.Headers.TryGetValues("Set-Cookie", out var set) ? set.Select(c => c.Split(';')[0]).FirstOrDefault(c => c.StartsWith("tieline_tour", StringComparison.Ordinal)) : null;
    }

    private static async Task<IReadOnlyList<JsonElement>> Lines(HttpClient browser, string path) => [.. (await browser.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray()];
}
