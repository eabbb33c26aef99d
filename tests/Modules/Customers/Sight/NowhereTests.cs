using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>What an employee may not see now, they are given nowhere: pages, fragments, API, exports, timeline and search.</summary>
public partial class NowhereTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task A_CSR_who_has_not_verified_the_caller_is_given_none_of_the_masked_values_anywhere(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        using var csr = await house.SignedIn(Roles.Csr, ana.Employee);
        var told = await Told(csr, ana, Unmistakable.Values, await ana.Pages());
        Assert.Equal("", string.Join('\n', told.Found.Take(30)));
        Assert.True(told.Opened > 60, $"Only {told.Opened} pages answered.");
        // The same pages do tell whoever may see: a crawl that finds nothing would prove nothing.
        using var supervisor = await house.SignedIn(Roles.Supervisor, ana.Employee);
        string[] places =
        [
            "/search?q=eugene", "/search/panel?q=eugene", $"/customers/{ana.Person}", $"/customers/{ana.Person}/timeline?kind=contact", $"/accounts/{ana.Account}", $"/premises/{ana.Premise}", $"/contacts/{ana.Contact}",
            $"/contacts/{ana.Contact}/files/{ana.File}", "/contacts/export", $"/contacts?premise={ana.Premise}", "/reminders", $"/todos/{ana.ToDo}", "/todos", $"/history/person:{ana.Person}", $"/contacts/record/parts?PersonId={ana.Person}&TypeId={ana.HighBill}",
        ];
        var known = await Told(supervisor, ana, Unmistakable.Values, places, follow: false);
        Assert.All(places, p => Assert.True(known.Found.Exists(f => f.StartsWith($"{p}: ", StringComparison.Ordinal)), $"{p} tells nothing to those who may see it."));
        Assert.Superset(places.ToHashSet(), told.Seen.ToHashSet());
    }

    [Theory, BothDatabases]
    public async Task A_machine_without_the_right_is_given_none_of_the_masked_values(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        // With the history, too, and nothing but what opens the values left out.
        string[] rights = [.. House_rights().Where(r => r is not ("customers.unmasked" or "customers.identifiers"))];
        Assert.Equal("", string.Join('\n', await ToldToMachine(house, ana, Unmistakable.Values, rights)));
        Assert.True((await ToldToMachine(house, ana, Unmistakable.Values, [.. House_rights()], write: false)).Count > 10);
    }

    [Theory, BothDatabases]
    public async Task A_restricted_person_is_found_in_no_way(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        await ana.Restrict();
        using var csr = await house.SignedIn(Roles.Csr, ana.Employee);
        string[] secrets = [.. Unmistakable.Values, "Ana Ruiz"];
        var pages = await ana.Pages();
        var told = await Told(csr, ana, secrets, pages);
        Assert.Equal("", string.Join('\n', told.Found.Take(30)));
        // Nor is there a way from what one knows of them to their record.
        foreach (var typed in Unmistakable.Typed)
        {
            foreach (var box in (string[])["/search?q=", "/search/panel?q=", "/customers/choices?q=", "/premises/choices?q="])
                Assert.DoesNotContain($"/customers/{ana.Person}", await Text(csr, box + Uri.EscapeDataString(typed)), StringComparison.Ordinal);
            if (typed != "12 N Elm St")
                Assert.Contains("exactly 0", await Text(csr, $"/search/count?q={Uri.EscapeDataString(typed)}"), StringComparison.Ordinal);
        }
        Assert.DoesNotContain($"/customers/{ana.Person}", await Text(csr, $"/premises/{ana.Premise}"), StringComparison.Ordinal);
        Assert.DoesNotContain(ana.Number, await Text(csr, $"/premises/{ana.Premise}"), StringComparison.Ordinal);
        foreach (var list in (string[])[$"/contacts?premise={ana.Premise}", $"/contacts?account={ana.Account}"])
            Assert.DoesNotContain($"/contacts/{ana.Contact}", await Text(csr, list), StringComparison.Ordinal);
        string[] rights = [.. House_rights().Where(r => r is not "customers.restricted")];
        Assert.Equal("", string.Join('\n', await ToldToMachine(house, ana, secrets, rights)));
        var export = await Text(await house.SignedIn(Roles.Supervisor, ana.Employee + 1), "/contacts/export");
        Assert.Contains("Ana Ruiz", export, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_verified_caller_opens_the_customer_to_the_employee_who_verified_them_and_nobody_else(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        using var csr = await house.SignedIn(Roles.Csr, ana.Employee);
        using var other = await house.SignedIn(Roles.Csr, ana.Employee + 7);
        Assert.DoesNotContain(Unmistakable.Phone, await Text(csr, $"/customers/{ana.Person}"), StringComparison.Ordinal);
        var answer = await csr.Submit($"/customers/{ana.Person}/caller/verify", "form-verify-caller", ("Answers[BORN]", "March 14 1961"), ("Answers[PHONE]", "541.726.8842"));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var page = await Text(csr, $"/customers/{ana.Person}");
        foreach (var value in (string[])[Unmistakable.Phone, Unmistakable.Email, "1961", "QX77", "ZZQ7"])
            Assert.Contains(value, page, StringComparison.Ordinal);
        Assert.Contains("by 2 questions", await Text(csr, $"/customers/{ana.Person}/caller"), StringComparison.Ordinal);
        Assert.DoesNotContain(Unmistakable.Phone, await Text(other, $"/customers/{ana.Person}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await csr.Submit($"/customers/{ana.Person}/caller", "end-caller")).StatusCode);
        Assert.DoesNotContain(Unmistakable.Phone, await Text(csr, $"/customers/{ana.Person}"), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_number_is_shown_to_call_it_back_and_that_is_kept(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        using var csr = await house.SignedIn(Roles.Csr, ana.Employee);
        var page = await Text(csr, $"/customers/{ana.Person}/caller/verify");
        Assert.Contains("•••• 42", page, StringComparison.Ordinal);
        var href = WebUtility.HtmlDecode(Shown().Match(page).Groups[1].Value);
        Assert.Contains(Unmistakable.Phone, await Text(csr, href), StringComparison.Ordinal);
        await using var scope = house.As(Roles.Supervisor);
        Assert.Contains(await scope.LooksAt(new("person", ana.Person)), l => l?.EndsWith("to call back", StringComparison.Ordinal) == true);
    }

    private static IEnumerable<string> House_rights() => Tieline.Host.House.Modules.Modules.SelectMany(m => m.Permissions).Select(p => p.Name);

    private static async Task<string> Text(HttpClient client, string path) => WebUtility.HtmlDecode(await (await client.GetAsync(path, Token)).Content.ReadAsStringAsync(Token));

    /// <param name="follow">The links too: of each kind of page the first ones, since the hundredth way to sort a list tells no more than the second.</param>
    /// <returns>Where which value was told that was not typed there.</returns>
    private static async Task<(List<string> Found, int Opened, HashSet<string> Seen)> Told(HttpClient browser, Unmistakable ana, IReadOnlyList<string> secrets, IEnumerable<string> pages, bool follow = true)
    {
        const int OfAKind = 3;
        var found = new List<string>();
        var opened = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        var ahead = new Queue<string>(pages);
        while (ahead.TryDequeue(out var page))
        {
            if (!seen.Add(page))
                continue;
            using var answer = await browser.GetAsync(page, Token);
            Assert.True((int)answer.StatusCode < 500, $"{page}: {(int)answer.StatusCode}");
            Assert.True(answer.StatusCode != HttpStatusCode.TooManyRequests, $"Too many requests after {seen.Count}.");
            opened += answer.IsSuccessStatusCode ? 1 : 0;
            // Letters by chance.
            var text = Token_of_a_form().Replace(WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Token)), "") + answer.Content.Headers.ContentDisposition;
            found.AddRange(Standing(page, text, secrets));
            foreach (var link in Link().Matches(follow ? text : "").AsEnumerable())
            {
                var href = link.Groups[1].Value.Split('#')[0];
                // A number is shown on purpose to whoever calls it back; a test of its own looks at that.
                if (href.Contains("number=", StringComparison.Ordinal) || seen.Contains(href))
                    continue;
                var kind = Kind(href);
                if ((kinds[kind] = kinds.GetValueOrDefault(kind) + 1) <= OfAKind || href.Contains($"{ana.Person}", StringComparison.Ordinal))
                    ahead.Enqueue(href);
            }
        }
        return (found, opened, seen);
    }

    /// <summary>The page with what it is asked for, without the values.</summary>
    private static string Kind(string href)
    {
        var parts = href.Split('?', 2);
        return $"{Number().Replace(parts[0], "{id}")}?{string.Join('&', parts.Skip(1).SelectMany(asked => asked.Split('&')).Select(p => p.Split('=')[0]).Order(StringComparer.Ordinal))}";
    }

    private static IEnumerable<string> Standing(string page, string text, IReadOnlyList<string> secrets)
    {
        var typed = Uri.UnescapeDataString(page.Contains('?', StringComparison.Ordinal) ? page[page.IndexOf('?', StringComparison.Ordinal)..] : "");
        return secrets.Where(s => !typed.Contains(s, StringComparison.OrdinalIgnoreCase) && text.Contains(s, StringComparison.OrdinalIgnoreCase)).Select(s => $"{page}: {s}");
    }

    private static async Task<List<string>> ToldToMachine(TestHouse house, Unmistakable ana, IReadOnlyList<string> secrets, string[] rights, bool write = true)
    {
        var found = new List<string>();
        using var client = house.Client();
        using var description = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json", Token));
        var routes = description.RootElement.GetProperty("paths").EnumerateObject().Where(p => p.Name.StartsWith("/api/v1", StringComparison.Ordinal))
            .SelectMany(p => p.Value.EnumerateObject().Select(m => (Method: HttpMethod.Parse(m.Name), Path: p.Name))).ToList();
        string At(string path) => Parameter().Replace(path, m => path.Split('/')[3] switch
        {
            "people" when m.Value is "{id}" or "{personId}" => $"{ana.Person}", "accounts" when m.Value == "{id}" => $"{ana.Account}", "accounts" when m.Value == "{number}" => ana.Number,
            "premises" when m.Value == "{id}" => $"{ana.Premise}", "contacts" when m.Value == "{id}" => $"{ana.Contact}", "contacts" => $"{ana.File}", "reminders" => $"{ana.Reminder}", "to-dos" => $"{ana.ToDo}", _ => "1",
        });
        string[] asked =
        [
            .. routes.Where(r => r.Method == HttpMethod.Get).Select(r => At(r.Path)), "/api/v1/people?phone=5417268842", "/api/v1/people?email=unmistakable@example.com", "/api/v1/people?size=200",
            $"/api/v1/timeline?personId={ana.Person}", $"/api/v1/timeline?accountId={ana.Account}", $"/api/v1/timeline?premiseId={ana.Premise}", $"/api/v1/contacts?premiseId={ana.Premise}",
            "/api/v1/reminders?scope=All", "/api/v1/to-dos?scope=All", $"/api/v1/history?subject=person:{ana.Person}", $"/api/v1/history?subject=contact:{ana.Contact}", $"/api/v1/history?subject=to_do:{ana.ToDo}",
            $"/api/v1/history?subject=account:{ana.Account}", .. Unmistakable.Typed.Select(t => $"/api/v1/search?q={Uri.EscapeDataString(t)}"),
        ];
        using var machine = await house.Machine(rights);
        foreach (var path in asked)
        {
            using var answer = await machine.GetAsync(path, Token);
            Assert.True((int)answer.StatusCode < 500 && answer.StatusCode != HttpStatusCode.TooManyRequests, $"{path}: {(int)answer.StatusCode}");
            found.AddRange(Standing(path, Regex.Unescape(await answer.Content.ReadAsStringAsync(Token)), secrets));
        }
        // What is written answers, too. Whom it is about is said by name, phone and address, as whoever guesses would.
        object[] bodies =
        [
            new { kind = "Individual", given = "Una", family = "Xu", phones = new[] { new { number = "541 726 8842" } }, version = -1, personId = ana.Person, text = "x", comment = "x", reason = "because of x", resolution = "x", on = "2099-01-01" },
            new { kind = "Individual", given = "Anna", family = "Ruis", phones = new[] { new { number = "5417268842" } }, version = -1, accountId = ana.Account, contactId = ana.Contact },
        ];
        using var writer = await house.Machine(rights);
        foreach (var (method, path) in routes.Where(r => write && r.Method != HttpMethod.Get && !r.Path.Contains("api-keys", StringComparison.Ordinal) && !r.Path.Contains("sign", StringComparison.Ordinal)))
        {
            foreach (var body in bodies)
            {
                using var request = new HttpRequestMessage(method, At(path)) { Content = JsonContent.Create(body) };
                using var answer = await writer.SendAsync(request, Token);
                Assert.True((int)answer.StatusCode < 500 && answer.StatusCode != HttpStatusCode.TooManyRequests, $"{path}: {(int)answer.StatusCode}");
                found.AddRange(Standing($"{method} {path}", Regex.Unescape(await answer.Content.ReadAsStringAsync(Token)), secrets));
            }
        }
        return found;
    }

    [GeneratedRegex("CfDJ8[A-Za-z0-9_-]+", RegexOptions.None, 1000)]
    private static partial Regex Token_of_a_form();

    [GeneratedRegex("\\d+", RegexOptions.None, 1000)]
    private static partial Regex Number();

    // Every page of the house, and none of its scripts and styles.
    [GeneratedRegex("(?:href|hx-get)=\"(/(?!lib/|_content/|about/|sign-out)[^\".]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex("href=\"([^\"]*number=[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Shown();
}
