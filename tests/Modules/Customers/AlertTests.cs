using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Tieline.Billing.Standing;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Alerts;
using Tieline.Customers.Consents;
using Tieline.Customers.Warnings;
using Tieline.Platform;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;
using Tieline.ToDos;

namespace Tieline.Tests.Modules.Customers;

public sealed class AlertTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Each_alert_comes_and_goes_with_its_cause(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await Quiet(house, given);
        Assert.Empty(await Texts(house, given.Person));
        (string Text, string Cause, string Gone)[] all =
        [
            ("Restricted: protected by an order", "update person set restriction = 'Protected' where id = @person", "update person set restriction = 'None' where id = @person"),
            ("Life support", "update person set life_support = @yes where id = @person", "update person set life_support = @no where id = @person"),
            ("Life support at ", "update premise set life_support = @yes where id = @premise", "update premise set life_support = @no where id = @premise"),
            ("Sensitive load", "update person set sensitive_load = @yes where id = @person", "update person set sensitive_load = @no where id = @person"),
            ("Sensitive load at ", "update premise set sensitive_load = @yes where id = @premise", "update premise set sensitive_load = @no where id = @premise"),
            ("Dog: bites", Warning("person_id", "@person", "Dog", "bites"), "update warning set ended_at = @now"),
            ("Two people: stairs", Warning("premise_id", "@premise", "TwoPeople", "stairs"), "delete from warning"),
            ("Electricity starts tomorrow", "update service_agreement set state = 'PendingStart', start_on = @tomorrow where account_id = @account", "update service_agreement set state = 'Active', start_on = @long where account_id = @account"),
            ("Electricity stopped ", "update service_agreement set state = 'Stopped', stop_on = @yesterday where account_id = @account", "update service_agreement set stop_on = @long where account_id = @account"),
            ("Speaks Spanish · Large print · Prefers e-mail", "update person set language = 'es', large_print = @yes, preferred_channel = 'Email' where id = @person", "update person set language = 'en', large_print = @no, preferred_channel = 'None' where id = @person"),
            ("Zoe Carer may act until tomorrow", Authorisation("@tomorrow"), "update authorisation set to_on = @later"),
            ("Prefers call, and refused it for everything", "update person set preferred_channel = 'Phone', language = 'en' where id = @person", "update person set preferred_channel = 'None' where id = @person"),
        ];
        foreach (var (text, cause, gone) in all)
        {
            if (text.StartsWith("Prefers call", StringComparison.Ordinal))
                await Refuse(house, given.Person);
            await Sql(house, given, cause);
            Assert.Contains(await Texts(house, given.Person), t => t.StartsWith(text, StringComparison.Ordinal));
            await Sql(house, given, gone);
            Assert.DoesNotContain(await Texts(house, given.Person), t => t.StartsWith(text, StringComparison.Ordinal));
        }
    }

    [Theory, BothDatabases]
    public async Task Work_contacts_and_the_billing_system_raise_alerts_too(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await Quiet(house, given);
        await using (var scope = house.As(Actor.Process("test")))
        {
            scope.Db.Add(new AccountStanding
            {
                AccountId = given.Account, Source = "CIS", AsOfAt = scope.Db.Now, ReceivedAt = scope.Db.Now, ReceivedFrom = scope.Db.Actor.Ref, Balance = new Money(8_420), DueOn = Today.AddDays(3),
                Disconnect = DisconnectStatus.Scheduled, DisconnectOn = Today.AddDays(1), CashOnly = true, Arrangement = ArrangementState.Broken, InstalmentDueOn = Today.AddDays(-1),
            });
            await scope.Get<IToDos>().EnsureType("T-GEN", "Work", 5, null, Ct);
            await scope.Db.SaveChangesAsync(Ct);
            await scope.Get<IToDos>().Create(new NewToDo("T-GEN", "Call back", Today.AddDays(-1), EmployeeId: given.Employee, PersonId: given.Person, AddressedTo: "Bea"), Ct);
            await scope.Db.SaveChangesAsync(Ct);
        }
        // What is owed is the reason for the disconnection: one cause, told by the alert that stands first.
        Assert.Equal(["Disconnection tomorrow", "Payment arrangement broken yesterday", "Cash only", "Call back, was due yesterday"], await Texts(house, given.Person));
        // Before anybody is verified nothing is told of it.
        await using (var unverified = house.As(Actors.Of(Roles.Csr)))
            Assert.Equal(["todos.open"], (await unverified.Get<IAlerts>().Of(given.Person, Ct)).Select(a => a.Code));
        await Sql(house, given, "update account_standing set disconnect = 'None', arrangement = 'None', cash_only = @no");
        await Sql(house, given, "update to_do set state = 'Complete'");
        Assert.Equal([$"Owes $84.20, due {WhenText.Near(Today.AddDays(3), Today)}"], await Texts(house, given.Person));
        await Sql(house, given, "update account_standing set balance = 0");
        Assert.Empty(await Texts(house, given.Person));
        // Of whom the account was once, it says nothing.
        await Sql(house, given, "update account_standing set cash_only = @yes");
        await Sql(house, given, "update account_person set to_on = @yesterday where account_id = @account");
        Assert.Empty(await Texts(house, given.Person));
    }

    [Theory, BothDatabases]
    public async Task What_is_about_an_account_or_a_place_alone_is_told_to_who_has_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await Quiet(house, given);
        await Contact(house, given, "HIGH", open: true);
        await Sql(house, given, "update contact set person_id = null, premise_id = null, account_id = @account");
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<IToDos>().EnsureType("T-GEN", "Work", 5, null, Ct);
            await scope.Db.SaveChangesAsync(Ct);
            foreach (var (person, account, premise, due) in new (long?, long?, long?, int)[] { (null, given.Account, null, 0), (null, null, given.Premise, 1), (given.OtherPerson, given.Account, null, 2), (null, given.OtherAccount, null, 3) })
                await scope.Get<IToDos>().Create(
                    new NewToDo("T-GEN", "Words of somebody", Today.AddDays(due), EmployeeId: given.Employee, PersonId: person, AccountId: account, PremiseId: premise, AddressedTo: "Bea"), Ct);
            await scope.Db.SaveChangesAsync(Ct);
        }
        Assert.Equal(["Work, due today", "Work, due tomorrow", "Open: High bill"], await Texts(house, given.Person));
        await Sql(house, given, "update account_person set to_on = @yesterday where account_id = @account");
        Assert.Empty(await Texts(house, given.Person));
    }

    [Theory, BothDatabases]
    public async Task A_promise_stands_there_once_and_contacts_are_counted(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await Quiet(house, given);
        var contact = await Contact(house, given, "HIGH", open: true);
        Assert.Equal(["Open: High bill"], await Texts(house, given.Person));
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<IToDos>().EnsureType("T-GEN", "Work", 5, null, Ct);
            await scope.Db.SaveChangesAsync(Ct);
            await scope.Get<IToDos>().Create(new NewToDo("T-GEN", "Call back", Today, EmployeeId: given.Employee, PersonId: given.Person, ContactId: contact, AddressedTo: "Bea"), Ct);
            await scope.Db.SaveChangesAsync(Ct);
        }
        Assert.Equal(["Call back, due today"], await Texts(house, given.Person));

        var (type, _) = await TypeOf(house, given.HighBill);
        var admin = Actors.Of(Roles.BusinessAdministrator);
        Ok(await Run<AddAlert, AddAlert.Input, Added>(house, admin, new()
        {
            Code = "contacts.count", Name = "High bills", Active = true, Tone = Tone.Warning,
            Conditions = new Dictionary<string, string>(StringComparer.Ordinal) { ["type"] = type.ToLowerInvariant(), ["at_least"] = "3", ["days"] = "30" },
        }));
        await using (var scope = house.As(admin))
            Assert.Equal("1 alert", (await scope.Get<AllUsedBy>().Of(new("contact_type", given.HighBill), Ct)).Single(u => u.What == "alerts").Text);
        await Contact(house, given, "a", open: false);
        Assert.DoesNotContain(await Texts(house, given.Person), t => t.Contains("times", StringComparison.Ordinal));
        await Contact(house, given, "b", open: false);
        Assert.Contains("High bill: 3 times", await Texts(house, given.Person));
        await Sql(house, given, "update contact set occurred_at = @longAgo where id <> (select max(id) from contact)");
        Assert.DoesNotContain(await Texts(house, given.Person), t => t.Contains("times", StringComparison.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task Administrators_decide_about_order_tone_conditions_and_for_whom(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await Quiet(house, given);
        await Sql(house, given, "update person set life_support = @yes, sensitive_load = @yes where id = @person");
        Assert.Equal(["Life support", "Sensitive load"], await Texts(house, given.Person));
        var admin = Actors.Of(Roles.BusinessAdministrator);
        var files = Ok(await Run<ListAlerts, ListAlerts.Input, Page<AlertFile>>(house, admin, new())).Items;
        var (life, load) = (files.Single(f => f.Code == "customers.life_support"), files.Single(f => f.Code == "customers.sensitive_load"));
        var steps = files.ToList().FindIndex(f => f.Id == load.Id) - files.ToList().FindIndex(f => f.Id == life.Id);
        for (var i = 0; i < steps; i++)
            Ok(await Run<MoveAlert, MoveAlert.Input, Done>(house, admin, new(load.Id, Up: true)));
        Assert.Equal(["Sensitive load", "Life support"], await Texts(house, given.Person));

        life = Ok(await Run<GetAlert, GetAlert.Input, AlertFile>(house, admin, new(life.Id)));
        ChangeAlert.Input Same(AlertFile f) => new() { Id = f.Id, Version = f.Version, Name = f.Name, Active = true, Tone = f.Tone, FromOn = f.FromOn };
        Ok(await Run<ChangeAlert, ChangeAlert.Input, Done>(house, admin, Same(life) with { CustomerClass = CustomerClass.Industrial, Tone = Tone.Info }));
        Assert.Equal(["Sensitive load"], await Texts(house, given.Person));
        await Sql(house, given, "update account set customer_class = 'Industrial' where id = @account");
        await using (var scope = house.As(Roles.Csr))
            Assert.Equal(Tone.Info, (await scope.Get<IAlerts>().Of(given.Person, Ct)).Single(a => a.Text == "Life support").Tone);
        life = Ok(await Run<GetAlert, GetAlert.Input, AlertFile>(house, admin, new(life.Id)));
        Ok(await Run<ChangeAlert, ChangeAlert.Input, Done>(house, admin, Same(life) with { ToOn = Today.AddDays(-1) }));
        Assert.Equal(["Sensitive load"], await Texts(house, given.Person));
        await Assert.ThrowsAsync<Microsoft.EntityFrameworkCore.DbUpdateConcurrencyException>(() => Run<ChangeAlert, ChangeAlert.Input, Done>(house, admin, Same(life)));

        var stopped = files.Single(f => f.Code == "customers.stopped");
        foreach (var (name, typed) in new[] { ("days", "soon"), ("days", "-1"), ("days", "99999"), ("nonsense", "1") })
            Assert.Contains((await Run<ChangeAlert, ChangeAlert.Input, Done>(house, admin, Same(stopped) with { Conditions = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = typed } })).Problems, p => p.Field == $"Conditions[{name}]");
        Assert.Equal("alert.once", CustomerDesk.Rule(await Run<AddAlert, AddAlert.Input, Added>(house, admin, new() { Code = "customers.life_support", Name = "x", Active = true, Tone = Tone.Info })));
        Assert.Equal("alert.code", (await Run<AddAlert, AddAlert.Input, Added>(house, admin, new() { Code = "nothing", Name = "x", Active = true, Tone = Tone.Info })).Problems[0].Rule);
        await Assert.ThrowsAsync<ForbiddenException>(() => Run<MoveAlert, MoveAlert.Input, Done>(house, Actors.Of(Roles.Csr), new(life.Id, true)));
        await Assert.ThrowsAsync<ForbiddenException>(() => Run<ListAlerts, ListAlerts.Input, Page<AlertFile>>(house, Actors.Of(Roles.Supervisor), new()));
        await using var history = house.As(Roles.Csr);
        Assert.True(await (await history.Connection()).ExecuteScalarAsync<int>("select count(*) from audit_entry where subject = @subject", new { subject = $"alert_setting:{life.Id}" }) >= 2);
    }

    [Theory, BothDatabases]
    public async Task Nobody_is_told_what_they_may_not_see_and_a_look_is_kept(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await Quiet(house, given);
        await Contact(house, given, "HIGH", open: true);
        await Sql(house, given, Warning("person_id", "@person", "Dog", "<b>bites</b>"));
        var path = $"/api/v1/people/{given.Person}/alerts";
        using var reader = await house.Machine("customers.read");
        using var stranger = await house.Machine("contacts.read");
        Assert.Equal(0, (await reader.GetFromJsonAsync<JsonElement>(path, Ct)).GetArrayLength());
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync(path, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync("/api/v1/people/999/alerts", Ct)).StatusCode);
        using var both = await house.Machine("customers.read", "contacts.read", "customers.warnings");
        var told = await both.GetFromJsonAsync<JsonElement>(path, Ct);
        Assert.Equal(["Dog: <b>bites</b>", "Open: High bill"], told.EnumerateArray().Select(a => a.GetProperty("text").GetString()!));
        Assert.StartsWith("/contacts/", told[1].GetProperty("href").GetString(), StringComparison.Ordinal);
        await using var scope = house.As(Roles.Csr);
        Assert.Equal(2, (await scope.LooksAt(new RecordRef("person", given.Person))).Count);

        var csr = await house.SignedIn(Roles.Csr);
        var page = await csr.GetStringAsync($"/customers/{given.Person}", Ct);
        Assert.DoesNotContain("<b>bites", page, StringComparison.Ordinal);
        // In full, and once: not in the strip of the same page again.
        Assert.Equal(1, page.Split("&lt;b&gt;bites").Length - 1);
    }

    [Theory, BothDatabases]
    public async Task A_landlord_with_a_thousand_reasons_hears_of_a_few(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        for (var i = 0; i < 30; i++)
            await Contact(house, given, $"c{i}", open: true);
        await using var scope = house.As(Roles.Csr);
        Assert.Equal(AlertStatement.MostRows, (await scope.Get<IAlerts>().Of(given.Person, Ct)).Count(a => a.Code == "contacts.open"));
        var page = await (await house.SignedIn(Roles.Csr)).GetStringAsync($"/customers/{given.Person}", Ct);
        Assert.Contains("Open: High bill and 9 more", page, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Administrators_keep_alerts_on_their_page(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var admin = await house.SignedIn(Roles.BusinessAdministrator);
        var csr = await house.SignedIn(Roles.Csr);
        var list = await admin.GetStringAsync("/admin/alerts", Ct);
        Assert.Contains("Life support", list, StringComparison.Ordinal);
        await using var scope = house.As(Actor.Process("test"));
        var id = await (await scope.Connection()).ExecuteScalarAsync<long>("select id from alert_setting where code = 'customers.stopped'");
        foreach (var path in (string[])["/admin/alerts", $"/admin/alerts/{id}", "/admin/alerts/new", "/admin/alerts/new?of=contacts.count"])
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, (await admin.GetAsync(path, Ct)).StatusCode));
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await csr.GetAsync(path, Ct)).StatusCode));
        }
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync("/admin/alerts/1", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.Submit($"/admin/alerts/{id}", "form-change-alert", ("Name", "Stopped"), ("Tone", "Danger"), ("Conditions[days]", "=1+1"), ("Active", "true"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await admin.Submit($"/admin/alerts/{id}", "form-change-alert", ("Name", "Stopped"), ("Tone", "Danger"), ("Conditions[days]", "7"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await admin.Submit("/admin/alerts", $"up-{id}")).StatusCode);
        var kept = Ok(await Run<GetAlert, GetAlert.Input, AlertFile>(house, Actors.Of(Roles.BusinessAdministrator), new(id)));
        Assert.Equal((false, Tone.Danger, "7", "Stopped"), (kept.Active, kept.Tone, kept.Conditions["days"], kept.Name));
    }

    [Theory, BothDatabases]
    public async Task Alerts_travel_between_installations(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            var alerts = scope.Get<IEnumerable<IConfigured>>().Single(c => c.Part == "alerts");
            var stopped = (await alerts.Read(Ct)).Single(r => r.Key == "customers.stopped").Fields;
            (stopped["conditions"]!["days"], stopped["position"], stopped["tone"]) = ("9", 7, "Danger");
            Assert.Empty(await alerts.Put(alerts.Parse(stopped), Ct));
            var more = (await alerts.Read(Ct)).Single(r => r.Key == "contacts.count").Fields;
            (more["name"], more["added"]) = ("Disputes", true);
            Assert.Empty(await alerts.Put(alerts.Parse(more), Ct));
            Assert.Empty(await alerts.Put(alerts.Parse(more), Ct));
            more["code"] = "nobody.knows";
            Assert.NotEmpty(await alerts.Put(alerts.Parse(more), Ct));
        }
        await using var after = house.As(Roles.BusinessAdministrator);
        var rows = (await after.Get<ListAlerts>().Handle(new(), Ct)).Value.Items;
        Assert.Equal(("customers.stopped", Tone.Danger, "9"), (rows[0].Code, rows[0].Tone, rows[0].Conditions["days"]));
        Assert.Single(rows, r => r.Name == "Disputes");
    }

    private static DateOnly Today { get; } = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles")));

    private static string Warning(string column, string value, string kind, string reason) =>
        $"insert into warning (id, {column}, kind, reason, source, review_on, created_by, created_at, version) values (@next, {value}, '{kind}', '{reason}', 'crew', @later, 'Process:0:test', @now, 0)";

    private static string Authorisation(string until) =>
        $"insert into authorisation (id, person_id, name, scopes, given, from_on, to_on, end_id, created_by, created_at, version) values (@next, @person, 'Zoe Carer', 'Everything', 'Written', @long, {until}, 1, 'Process:0:test', @now, 0)";

    private static async Task Refuse(TestHouse house, long person)
    {
        await using var scope = house.As(Actor.Process("test"));
        foreach (var purpose in Enum.GetValues<ConsentPurpose>())
            scope.Db.Add(new Consent
            {
                Id = scope.Db.NextId(), PersonId = person, Purpose = purpose, Channel = ConsentChannel.Call, Answer = ConsentAnswer.Refused, Source = ConsentSource.Call, SinceAt = scope.Db.Now,
                RecordedBy = scope.Db.Actor.Ref,
            });
        await scope.Db.SaveChangesAsync(Ct);
    }

    /// <summary>Nothing that anyone would be warned of.</summary>
    private static Task Quiet(TestHouse house, Given given) =>
        Sql(house, given, "update service_agreement set state = 'Active', start_on = @long, stop_on = null where account_id = @account");

    private static async Task Sql(TestHouse house, Given given, string sql)
    {
        await using var scope = house.As(Actor.Process("test"));
        await (await scope.Connection()).ExecuteAsync(sql, new
        {
            person = given.Person, account = given.Account, premise = given.Premise, yes = true, no = false, now = scope.Db.Now, next = scope.Db.NextId(), tomorrow = Today.AddDays(1),
            yesterday = Today.AddDays(-1), later = Today.AddDays(300), @long = Today.AddDays(-900), longAgo = scope.Db.Now.AddDays(-200),
        });
    }

    private static async Task<long> Contact(TestHouse house, Given given, string key, bool open)
    {
        await using var scope = house.As(Actor.Process("test"));
        var contact = new Tieline.Contacts.Records.Contact
        {
            Id = scope.Db.NextId(), Reference = $"C-{scope.Db.NextId()}", TypeId = given.HighBill, Channel = Tieline.Contacts.Records.Channel.Phone, Direction = Tieline.Contacts.Types.ContactDirection.Inbound,
            OccurredAt = scope.Db.Now.AddHours(-1), RecordedAt = scope.Db.Now, RecordedBy = scope.Db.Actor.Ref, Source = "test", ExternalKey = key,
        };
        contact.BelongTo(given.Person, null, null);
        if (open)
            contact.Open();
        scope.Db.Add(contact);
        await scope.Db.SaveChangesAsync(Ct);
        return contact.Id;
    }

    private static async Task<(string Code, string Name)> TypeOf(TestHouse house, long id)
    {
        await using var scope = house.As(Actor.Process("test"));
        return await (await scope.Connection()).QuerySingleAsync<(string, string)>("select code, name from contact_type where id = @id", new { id });
    }

    private static async Task<IReadOnlyList<string>> Texts(TestHouse house, long person)
    {
        // Who may see everything: what is masked of whom is a story of its own.
        await using var scope = house.As(Roles.Supervisor);
        return [.. (await scope.Get<IAlerts>().Of(person, Ct)).Select(a => a.Text)];
    }

    private static async Task<Outcome<TResult>> Run<TUse, TInput, TResult>(TestHouse house, Actor actor, TInput input) where TUse : class, IUse<TInput, TResult>
    {
        await using var scope = house.As(actor);
        return await scope.Get<TUse>().Handle(input, Ct);
    }

    private static T Ok<T>(Outcome<T> outcome) => CustomerDesk.Ok(outcome);
}
