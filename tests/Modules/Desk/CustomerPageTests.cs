using System.Net;
using Dapper;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Platform.Search;
using Tieline.Tests.Support;
using Tieline.ToDos;

namespace Tieline.Tests.Modules.Desk;

public class CustomerPageTests
{
    private const string Hostile = "<script>alert(1)</script>";

    [Theory, BothDatabases]
    public async Task The_page_shows_the_customer_whole(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await People.Add(house, "Ana", Hostile, "12 Elm St, Springfield, OR 97477", former: "López", phone: "+15415550142", email: "ana@example.com", mailing: "PO Box 77, Eugene OR 97401", hash: "AB");
        await Furnish(house, ana);
        var csr = await house.SignedIn(Roles.Supervisor);
        var page = await Text(csr, $"/customers/{ana}");

        Assert.DoesNotContain(Hostile, page);
        foreach (var shown in new[] { "Ana &lt;script&gt;", "former name", "(541) 555-0142", "ana@example.com", "PO Box 77", "•••• 6789", "Life support", "Speaks Spanish", "Needs an interpreter", "Calls by relay or TTY", "Large print", "Needs time", "12 Elm St", "Electricity", "pays", "Dog &lt;b&gt;bites&lt;/b&gt;", "Call back", "High bill", "to come" })
            Assert.Contains(shown, page);
        Assert.True(page.IndexOf("Meter check", StringComparison.Ordinal) < page.IndexOf("High bill", StringComparison.Ordinal));
        await using var scope = house.As(Actor.Process("test"));
        Assert.Equal(1, await (await scope.Connection()).ExecuteScalarAsync<int>("select count(*) from look where subject = @subject", new { subject = $"person:{ana}" }));
    }

    [Theory, BothDatabases]
    public async Task Eight_selects_and_one_look_whatever_is_on_record(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await People.Add(house, "Ana", "Ruiz", "12 Elm St, Springfield, OR 97477", phone: "+15415550142");
        await Furnish(house, ana);
        var csr = await house.SignedIn(Roles.Csr);
        await Text(csr, $"/customers/{ana}");
        using var statements = new StatementCounter(house);
        await Text(csr, $"/customers/{ana}");

        Assert.True(statements.Selects.Count is > 0 and <= 8, string.Join("\n\n", statements.Selects));
        Assert.Single(statements.All, s => s.StartsWith("insert into look", StringComparison.Ordinal));
        Assert.True(statements.All.Count <= 9, string.Join("\n\n", statements.All));
    }

    [Theory, BothDatabases]
    public async Task The_timeline_is_filtered_by_kind_and_day_and_read_to_its_end(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await People.Add(house, "Ana", "Ruiz", "12 Elm St, Springfield, OR 97477");
        await using (var scope = house.As(Actor.Process("test")))
        {
            for (var i = 0; i < 60; i++)
                scope.Get<ITimeline>().Tell(new RecordRef("contact", i + 1), i % 2 == 0 ? "contact" : "agreement", scope.Db.Now.AddDays(-i), $"Told {i:00}.", null, false, ana, null, null);
            await scope.Db.SaveChangesAsync();
        }
        var csr = await house.SignedIn(Roles.Csr);
        csr.DefaultRequestHeaders.Add("HX-Request", "true");
        var seen = 0;
        var page = await Text(csr, $"/customers/{ana}/timeline");
        Assert.DoesNotContain("<html", page);
        while (true)
        {
            seen += page.Split("Told ").Length - 1;
            var older = System.Text.RegularExpressions.Regex.Match(page, "hx-get=\"([^\"]+)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
            if (!older.Success)
                break;
            page = await Text(csr, WebUtility.HtmlDecode(older.Groups[1].Value));
        }

        Assert.Equal(60, seen);
        Assert.Equal(5, (await Text(csr, $"/customers/{ana}/timeline?kind=contact&days=9")).Split("Told ").Length - 1);
        Assert.Contains("Nothing of this kind", await Text(csr, $"/customers/{ana}/timeline?kind=letter"));
        foreach (var query in new[] { "kind=%00", "days=-1", "days=99999999999", "kind=<script>" })
            Assert.DoesNotContain("<script>", await Text(csr, $"/customers/{ana}/timeline?{query}"));
        foreach (var after in new[] { "x", "1-1-1" })
            Assert.Equal($"/customers/{ana}/timeline?kind=contact", (await csr.GetAsync($"/customers/{ana}/timeline?kind=contact&after={after}")).Headers.Location?.OriginalString);
    }

    [Theory, BothDatabases]
    public async Task The_customer_stays_in_hand_until_put_down(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await People.Add(house, "Ana", Hostile, "12 Elm St, Springfield, OR 97477");
        await Furnish(house, ana);
        var csr = await house.SignedIn(Roles.Csr);
        Assert.DoesNotContain("data-person-in-hand", await Text(csr, "/in-hand"));
        var opened = await csr.GetAsync($"/customers/{ana}");
        var cookie = opened.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tieline_in_hand=", StringComparison.Ordinal)).Split(';')[0];
        var session = csr.DefaultRequestHeaders.GetValues("Cookie").Single();
        With(csr, $"{session}; {cookie}");
        using var counter = new StatementCounter(house);
        var strip = await Text(csr, "/in-hand");
        // Whom it is about, and what one must know of them: one statement each, whatever there is to know.
        Assert.Single(counter.Selects, s => s.Contains("p.display_name", StringComparison.Ordinal));
        Assert.Single(counter.Selects, s => s.Contains("mine_accounts", StringComparison.Ordinal));
        Assert.DoesNotContain(counter.Selects, s => s.Contains("from note", StringComparison.Ordinal));

        Assert.Contains($"data-person-in-hand=\"{ana}\"", strip);
        Assert.DoesNotContain(Hostile, strip);
        foreach (var shown in new[] { "Life support", "St, Springfield, OR 97477", "Call back, " })
            Assert.Contains(shown, strip);
        var other = await house.SignedIn(Roles.Csr);
        With(other, $"{other.DefaultRequestHeaders.GetValues("Cookie").Single()}; {cookie}");
        Assert.DoesNotContain("data-person-in-hand", await Text(other, "/in-hand"));
        With(csr, $"{session}; tieline_in_hand={ana}");
        Assert.DoesNotContain("data-person-in-hand", await Text(csr, "/in-hand"));
    }

    [Theory, BothDatabases]
    public async Task Unknown_is_404_and_forbidden_is_403_and_kept(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await People.Add(house, "Ana", "Ruiz", "12 Elm St, Springfield, OR 97477");
        var csr = await house.SignedIn(Roles.Csr);
        var operatorsBrowser = await house.SignedIn(Roles.Operator);

        Assert.Equal(HttpStatusCode.NotFound, (await csr.GetAsync("/customers/999999999")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await operatorsBrowser.GetAsync($"/customers/{ana}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await operatorsBrowser.GetAsync($"/customers/{ana}/timeline")).StatusCode);
        Assert.DoesNotContain("Ana", await (await operatorsBrowser.GetAsync("/in-hand")).Content.ReadAsStringAsync());
        await using var scope = house.As(Actor.Process("test"));
        Assert.Equal(2, await (await scope.Connection()).ExecuteScalarAsync<int>("select count(*) from audit_entry where action = 'denied'"));
    }

    [Theory, BothDatabases]
    public async Task My_work_shows_what_is_due_and_what_to_do_without_any(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var bea = await Colleague(house);
        var csr = await house.SignedIn(Roles.Csr, bea);
        Assert.Contains("Nothing waits for you", await Text(csr, "/"));
        await using (var scope = house.As(Actor.Process("test")))
        {
            var today = DateOnly.FromDateTime(scope.Db.Now);
            await scope.Get<IToDos>().EnsureType("T-GEN", "Work", 5, null, CancellationToken.None);
            await scope.Db.SaveChangesAsync();
            await scope.Get<IToDos>().Create(new NewToDo("T-GEN", $"Late {Hostile}", today.AddDays(-3), EmployeeId: bea, AddressedTo: "Bea Long"), CancellationToken.None);
            await scope.Get<IToDos>().Create(new NewToDo("T-GEN", "In three days", today.AddDays(3), EmployeeId: bea, AddressedTo: "Bea Long"), CancellationToken.None);
            await scope.Db.SaveChangesAsync();
        }
        var page = await Text(csr, "/");

        Assert.Contains("Overdue", page);
        Assert.Contains("In three days", page);
        Assert.DoesNotContain(Hostile, page);
        foreach (var role in Roles.All)
            await Text(await house.SignedIn(role), "/");
    }

    private static async Task<long> Colleague(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var db = scope.Db;
        var department = new Department(db.NextId(), "T-CS", "Customer service", null);
        var position = new Position(db.NextId(), "T-CSR", "CSR");
        var employee = new Employee(db.NextId(), "T-1", "Bea Long", department.Id, position.Id, null, null, new DateOnly(2020, 1, 1));
        db.AddRange(department, position, employee);
        await db.SaveChangesAsync();
        return employee.Id;
    }

    private static async Task Furnish(TestHouse house, long ana)
    {
        var bea = await Colleague(house);
        await using var scope = house.As(Actor.Process("test"));
        var db = scope.Db;
        await (await scope.Connection()).ExecuteAsync("update person set life_support = true, language = 'es', interpreter = true, relay = true, large_print = true, needs_time = true where id = @ana", new { ana });
        db.Add(new Note(db.NextId(), new RecordRef("person", ana), "Dog <b>bites</b>", NoteAudience.Everyone, null, db.Actor.Ref, db.Now));
        for (var i = 0; i < 3; i++)
        {
            var (_, account, premise) = People.Make(db.NextId, "Other", "Person", $"{i + 20} Oak St, Springfield, OR 97477");
            var own = new Account(db.NextId(), account.Number, CustomerClass.Residential, "C2", People.Since);
            own.Add(new AccountPerson(db.NextId(), own.Id, ana, AccountRole.Main, true, People.Since));
            db.AddRange(own, premise, new ServiceAgreement(db.NextId(), own.Id, premise.Id, ServiceType.Electricity, People.Since));
        }
        await scope.Get<IToDos>().EnsureType("T-GEN", "Work", 5, null, CancellationToken.None);
        await db.SaveChangesAsync();
        await scope.Get<IToDos>().Create(new NewToDo("T-GEN", "Call back", DateOnly.FromDateTime(db.Now).AddDays(-1), EmployeeId: bea, PersonId: ana, AddressedTo: "Bea Long"), CancellationToken.None);
        var timeline = scope.Get<ITimeline>();
        timeline.Tell(new RecordRef("contact", 1), "contact", db.Now.AddDays(-1), "High bill", "Explained.", true, ana, null, null);
        timeline.Tell(new RecordRef("agreement", 1), "agreement", db.Now.AddDays(2), "Meter check", null, false, ana, null, null);
        await db.SaveChangesAsync();
    }

    private static void With(HttpClient client, string cookies)
    {
        client.DefaultRequestHeaders.Remove("Cookie");
        client.DefaultRequestHeaders.Add("Cookie", cookies);
    }

    private static async Task<string> Text(HttpClient client, string path)
    {
        var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
