using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Platform.Search;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Desk;

public class SearchPageTests
{
    private const string Hostile = "<script>alert(1)</script>";

    [Theory, BothDatabases]
    public async Task The_panel_shows_who_and_why_and_keeps_one_look(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await People.Add(house, "Ana", Hostile, "12 Elm St, Springfield, OR 97477", former: "López", phone: "+15415550142", email: "ana@example.com");
        var csr = await house.SignedIn(Roles.Supervisor);
        csr.DefaultRequestHeaders.Add("HX-Request", "true");

        var panel = await Text(csr, "/search/panel?q=0142 lop elm");
        Assert.DoesNotContain("<script>", panel);
        Assert.DoesNotContain("<html", panel);
        Assert.Contains($"href=\"/customers/{ana}\"", panel);
        Assert.Contains("role=\"option\"", panel);
        Assert.Contains("former name", panel);
        Assert.Contains("<mark>L&#xF3;p</mark>", panel);
        Assert.Contains("<mark>0142</mark>", panel);
        Assert.Contains("<mark>Elm</mark>", panel);
        await using var scope = house.As(Actor.Process("test"));
        var look = await (await scope.Connection()).QuerySingleAsync<(string Query, string Shown)>("select query, shown from look where subject = 'search:0'");
        // A number that is still being typed may become a secret one.
        Assert.Equal(("014*** lop elm", $"{ana}"), look);
    }

    [Theory, BothDatabases]
    public async Task No_result_offers_to_add_what_was_typed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var csr = await house.SignedIn(Roles.Csr);

        var panel = await Text(csr, $"/search/panel?q={Uri.EscapeDataString("Zoe " + Hostile)}");
        Assert.Contains("No one found", panel);
        Assert.Contains("/customers/new?name=Zoe", panel);
        Assert.DoesNotContain(Hostile, panel);
        Assert.Contains("No one found", await Text(csr, "/search?q=nobody"));
        Assert.Contains("Type what you know", await Text(csr, "/search"));
        foreach (var typed in SearchHostileTests.Texts)
            Assert.Equal(HttpStatusCode.OK, (await csr.GetAsync($"/search?q={Uri.EscapeDataString(typed.Replace("\uD800", "", StringComparison.Ordinal).Replace("\uDC00", "", StringComparison.Ordinal))}")).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Adding_who_was_not_found_begins_with_the_name_the_phone_and_the_address_that_were_typed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var csr = await house.SignedIn(Roles.Csr);
        foreach (var (typed, fields) in new (string, (string Name, string Value)[])[]
                 {
                     ("Zoe Zwick zoe@example.com", [("Given", "Zoe"), ("Family", "Zwick"), ("Emails[0].Address", "zoe@example.com")]),
                     ("541 555 0199", [("Phones[0].Number", "541 555 0199")]),
                 })
        {
            var found = await Text(csr, $"/search?q={Uri.EscapeDataString(typed)}");
            var href = System.Text.RegularExpressions.Regex.Match(found, "/customers/new\\?[^\"]+", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
            var form = await Text(csr, System.Net.WebUtility.HtmlDecode(href));
            foreach (var (name, value) in fields)
                Assert.Matches($"<input[^>]*name=\"{System.Text.RegularExpressions.Regex.Escape(name)}\"[^>]*value=\"{value}\"|<input[^>]*value=\"{value}\"[^>]*name=\"{System.Text.RegularExpressions.Regex.Escape(name)}\"", form);
            Assert.Contains("kind=organization", form);
        }
    }

    [Theory, BothDatabases]
    public async Task The_page_leads_to_every_match_and_the_exact_number(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await People.Load(house, next => [.. Enumerable.Range(0, 1_100).Select(i => People.Row(next, "Ana", "Smith", $"{i + 1} Elm St, Springfield, OR 97477"))]);
        var csr = await house.SignedIn(Roles.Csr);

        var page = await Text(csr, "/search?q=smith+elm");
        Assert.Contains("1,000+", page);
        Assert.Contains("exactly 1,100", await Text(csr, "/search/count?q=smith+elm"));
        var seen = 0;
        while (true)
        {
            seen += page.Split("class=\"found\"").Length - 1;
            var next = System.Text.RegularExpressions.Regex.Match(page, "href=\"(/search\\?q=smith%20elm&amp;after=[^\"]+)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
            if (!next.Success)
                break;
            page = await Text(csr, WebUtility.HtmlDecode(next.Groups[1].Value));
        }
        Assert.Equal(1_100, seen);
    }

    [Theory, BothDatabases]
    public async Task A_number_that_is_somebodys_own_opens_them(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await People.Add(house, "Ana", "Ruiz", "12 Elm St, Springfield, OR 97477");
        var csr = await house.SignedIn(Roles.Csr);

        foreach (var number in new[] { ReferenceNumber.Format(ana, "P"), ReferenceNumber.Format(ana + 40_000_000) })
        {
            var answer = await csr.GetAsync($"/search?q={number}");
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal($"/customers/{ana}", answer.Headers.Location!.ToString());
        }
        Assert.Equal(HttpStatusCode.OK, (await csr.GetAsync("/search?q=ruiz")).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task The_api_answers_total_results_and_why_page_by_page(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        for (var i = 0; i < 3; i++)
            await People.Add(house, "Ana", "Ruiz", $"{i + 1} Elm St, Springfield, OR 97477", email: "ana@example.com");
        var machine = await house.Machine("customers.read");
        var first = await machine.GetFromJsonAsync<JsonElement>("/api/v1/search?q=ruiz&size=2");
        var second = await machine.GetFromJsonAsync<JsonElement>($"/api/v1/search?q=ruiz&size=2&after={first.GetProperty("next").GetString()}");

        Assert.Equal(3, first.GetProperty("total").GetInt32());
        Assert.False(first.GetProperty("more").GetBoolean());
        Assert.Equal(2, first.GetProperty("results").GetArrayLength());
        Assert.Equal("Name", first.GetProperty("results")[0].GetProperty("why")[0].GetProperty("field").GetString());
        Assert.Equal(1, second.GetProperty("results").GetArrayLength());
        Assert.Equal(3, second.GetProperty("total").GetInt32());
        Assert.False(second.TryGetProperty("next", out _));
    }

    [Theory, BothDatabases]
    public async Task Without_the_right_it_is_refused_and_kept(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var operatorsBrowser = await house.SignedIn(Roles.Operator);
        foreach (var path in new[] { "/search?q=a", "/search/panel?q=a", "/search/count?q=a" })
            Assert.Equal(HttpStatusCode.Forbidden, (await operatorsBrowser.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await house.Machine("something.else")).GetAsync("/api/v1/search?q=a")).StatusCode);
        await using var scope = house.As(Actor.Process("test"));
        Assert.Equal(4, await (await scope.Connection()).ExecuteScalarAsync<int>("select count(*) from audit_entry where action = 'denied'"));
    }

    private static async Task<string> Text(HttpClient client, string path)
    {
        var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
