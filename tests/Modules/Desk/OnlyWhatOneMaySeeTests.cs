using System.Net;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Desk.Customer;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Desk;

/// <summary>The parts of a customer's record are shown to those who have the right to each, and what is shown can be opened.</summary>
public class OnlyWhatOneMaySeeTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task Who_may_read_customers_only_sees_neither_contacts_nor_to_dos(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await KeepingContactsTests.Recorded(house, given);
        await ToDo(house, given, given.Employee);

        await using (var scope = house.As(new Actor(ActorKind.Employee, 987_654, "Reader", new HashSet<string> { "customers.read" })))
        {
            var view = (await scope.Get<ViewCustomer>().Handle(new(given.Person), Ct)).Value;
            Assert.Null(view.OpenContacts);
            Assert.Null(view.ToDos);
            Assert.DoesNotContain(view.Timeline.Items, l => l.Kind is "contact" or "reminder");
        }
        await using (var scope = house.As(Roles.Csr))
        {
            var view = (await scope.Get<ViewCustomer>().Handle(new(given.Person), Ct)).Value;
            Assert.NotNull(view.OpenContacts);
            Assert.Single(view.ToDos!);
            Assert.Contains(view.Timeline.Items, l => l.Kind == "contact");
        }
        var timeline = $"/api/v1/timeline?personId={given.Person}";
        Assert.DoesNotContain("\"contact\"", await (await house.Machine("customers.read")).GetStringAsync(timeline), StringComparison.Ordinal);
        Assert.Contains("\"contact\"", await (await house.Machine("customers.read", "contacts.read")).GetStringAsync(timeline), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Whom_one_records_a_contact_for_one_may_see_and_that_is_kept(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using (var scope = house.As(Actor.Process("test")))
        {
            scope.Db.Add(new RolePermission { Role = "clerk", Permission = "contacts.record" });
            await scope.Db.SaveChangesAsync(Ct);
        }
        string[] pages = [$"/contacts/record?person={given.Person}", $"/contacts/record/parts?PersonId={given.Person}", $"/contacts/record/parts?PremiseId={given.Premise}"];
        using var clerk = await house.SignedIn("clerk");
        using var csr = await house.SignedIn(Roles.Csr);
        Assert.Equal(HttpStatusCode.OK, (await clerk.GetAsync("/contacts/record")).StatusCode);
        foreach (var page in pages)
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await clerk.GetAsync(page)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await csr.GetAsync(page)).StatusCode);
        }
        Assert.Equal([$"person:{given.Person}", $"person:{given.Person}", $"premise:{given.Premise}"], await Looks(house, "subject", "query = 'for a contact'"));
    }

    [Theory, BothDatabases]
    public async Task Whose_work_a_list_shows_is_kept_in_one_row(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await ToDo(house, given, given.Employee);
        using var browser = await house.SignedIn(Roles.Csr, given.Employee);
        await browser.GetStringAsync("/todos", Ct);
        await browser.GetStringAsync("/", Ct);
        Assert.Equal([$"{given.Person}", $"{given.Person}"], await Looks(house, "shown", "query in ('to dos', 'my work')"));
    }

    private static async Task<IReadOnlyList<string>> Looks(TestHouse house, string column, string where)
    {
        await using var scope = house.As(Roles.Csr);
        return [.. await (await scope.Connection()).QueryAsync<string>($"select {column} from look where {where} order by id")];
    }

    [Theory, BothDatabases]
    public async Task What_came_in_today_is_for_those_who_read_contacts_and_is_a_look(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<RecordContact>().Handle(new(given.WireDown, null, null, null, given.Premise, Channel.Phone, ContactDirection.Inbound, "sparks"), Ct)).Ok);
        await using (var scope = house.As(new Actor(ActorKind.Employee, 987_654, "Recorder", new HashSet<string> { "contacts.record" })))
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<IContacts>().CameInToday(10, Ct));
        var csr = await house.SignedIn(Roles.Csr, given.Employee);
        Assert.Contains("Wire down", await csr.GetStringAsync("/"), StringComparison.Ordinal);
        await using var check = house.As(Roles.Supervisor);
        Assert.Equal("contacts that came in today", Assert.Single(await check.Db.Set<Look>().ToListAsync(Ct)).Query);
    }

    [Theory, BothDatabases]
    public async Task What_a_customers_page_links_to_can_be_opened(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await ToDo(house, given, given.Employee);
        var csr = await house.SignedIn(Roles.Csr, 987_654);
        var page = await csr.GetAsync($"/customers/{given.Person}");
        Assert.Contains($"href=\"/todos/{id}\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await csr.GetAsync($"/todos/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.PostAsync($"/api/v1/to-dos/{id}/start", System.Net.Http.Json.JsonContent.Create(new { }))).StatusCode);

        using var strip = new HttpRequestMessage(HttpMethod.Get, "/in-hand");
        strip.Headers.Add("HX-Request", "true");
        strip.Headers.Add("Cookie", string.Join("; ", csr.DefaultRequestHeaders.GetValues("Cookie").Concat(page.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]))));
        var shown = await (await csr.SendAsync(strip)).Content.ReadAsStringAsync();
        // The To Do that may be opened, and no list of them.
        Assert.Equal([$"/todos/{id}"], System.Text.RegularExpressions.Regex.Matches(shown, "/todos[^\"]*").Select(m => m.Value));
    }

    [Theory, BothDatabases]
    public async Task On_whose_record_a_contact_stood_before_is_for_those_who_correct(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given);
        await using (var scope = house.As(Roles.Supervisor))
        {
            var seen = (await scope.Get<GetContact>().Handle(new(id), Ct)).Value;
            var moved = await scope.Get<MoveContact>().Handle(new(id, seen.Contact.Version, given.OtherPerson, null, null, "slip"), Ct);
            Assert.True(moved.Ok, moved.ToString());
        }
        async Task<string> Told(params string[] rights)
        {
            await using var scope = house.As(new Actor(ActorKind.Employee, 1, "Reader", rights.ToHashSet()));
            return string.Join('\n', (await scope.Get<ContactHistory>().Handle(new(id), Ct)).Value.Changes.Select(c => c.Changes));
        }
        async Task<bool> Log(params string[] rights)
        {
            await using var scope = house.As(new Actor(ActorKind.Employee, 1, "Reader", rights.ToHashSet()));
            return (await scope.Get<GetContact>().Handle(new(id), Ct)).Value.Log[^1].Records is not null;
        }
        Assert.True(await Log("contacts.read", "contacts.correct", "customers.read"));
        Assert.False(await Log("contacts.read", "contacts.correct"));
        Assert.Contains($"{given.Person}", await Told("contacts.read", "contacts.correct", "customers.read"), StringComparison.Ordinal);
        Assert.DoesNotContain($"{given.Person}", await Told("contacts.read", "contacts.correct"), StringComparison.Ordinal);
        Assert.DoesNotContain($"{given.Person}", await Told("contacts.read"), StringComparison.Ordinal);
    }

    private static async Task<long> ToDo(TestHouse house, Given given, long employee)
    {
        await using var scope = house.As(Actors.Of(Roles.Csr, employee));
        var today = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(Ct);
        var added = await scope.Get<AddToDo>().Handle(new("GENERAL", "Look at the meter", today, EmployeeId: employee, PersonId: given.Person), Ct);
        Assert.True(added.Ok, added.ToString());
        return added.Value.Id;
    }
}
