using System.Net;
using Dapper;
using Tieline.Contacts.Interactions;
using Tieline.Customers.Finding;
using Tieline.Customers.Looks;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Customers;

/// <summary>What a customer is told of those who looked at their record.</summary>
public sealed class LooksReportTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Every_look_and_change_is_told_and_nothing_of_others(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (ana, ben) = (await desk.Person("Ana", "Ruiz"), await desk.Person("Ben", "Ruiz"));
        var account = await desk.Account(ana.Id);
        await desk.Facts(ana.Id);
        await desk.Facts(ben.Id);
        CustomerDesk.Ok(await desk.Run<FindCustomers, FindCustomers.Input, FoundCustomers>(new("ruiz")));
        CustomerDesk.Ok(await desk.Run<Tieline.Customers.Accounts.GetAccount, Tieline.Customers.Accounts.GetAccount.Input, Tieline.Customers.Accounts.GetAccount.Found>(new(account.Id)));
        CustomerDesk.Ok(await desk.Run<AddNote, AddNote.Input, AddNote.Added>(new(ana.Id, null, null, "between us")));

        var lines = await Report(desk, new(ana.Id));
        Assert.Contains(lines, l => l is { Did: "looked", What: "the record" });
        Assert.Contains(lines, l => l is { Did: "looked", What: "shown in a list with others" });
        Assert.Contains(lines, l => l is { Did: "looked", What: "the account" });
        Assert.Contains(lines, l => l.Did == "created" && l.What.StartsWith("note", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.What.Contains("ruiz", StringComparison.OrdinalIgnoreCase) || l.What.Contains("between", StringComparison.Ordinal));
        Assert.Single(lines, l => l is { Did: "looked", What: "the record" });

        var pages = CustomerDesk.Ok(await desk.Run<ReportLooks, ReportLooks.Input, Page<ReportLooks.Line>>(new(ana.Id, Size: 2), Roles.Supervisor));
        var next = CustomerDesk.Ok(await desk.Run<ReportLooks, ReportLooks.Input, Page<ReportLooks.Line>>(new(ana.Id, After: pages.Next, Size: 100), Roles.Supervisor));
        Assert.Equal(2, pages.Items.Count);
        Assert.Empty(pages.Items.Select(l => l.Id).Intersect(next.Items.Select(l => l.Id)));
        Assert.Empty(await Report(desk, new(ana.Id, desk.Today.AddDays(-9), desk.Today.AddDays(-3))));
        Assert.Equal("date.order", CustomerDesk.Rule(await desk.Run<ReportLooks, ReportLooks.Input, Page<ReportLooks.Line>>(new(ana.Id, desk.Today, desk.Today.AddDays(-1)), Roles.Supervisor)));
        await Assert.ThrowsAsync<ForbiddenException>(() => desk.Run<ReportLooks, ReportLooks.Input, Page<ReportLooks.Line>>(new(ana.Id)));
    }

    [Theory, BothDatabases]
    public async Task Names_in_lists_of_calls_are_told_and_of_a_place_only_what_was_in_their_time(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using (var scope = house.As(Roles.Csr))
        {
            Assert.True((await scope.Get<StartInteraction>().Handle(new(PersonId: given.Person), Ct)).Ok);
            Assert.True((await scope.Get<Tieline.Customers.Premises.GetPremise>().Handle(new(given.Premise), Ct)).Ok);
        }
        await using (var scope = house.As(Actor.Process("test")))
        {
            // The call was Ana's alone; since then she has moved out.
            var today = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(Ct);
            await (await scope.Connection()).ExecuteAsync("update service_agreement set state = 'Stopped', stop_on = @today where premise_id = @place", new { today, place = given.Premise });
            await (await scope.Connection()).ExecuteAsync("delete from look where subject like 'person:%'");
        }
        house.Clock.Advance(TimeSpan.FromDays(40));
        await using (var scope = house.As(Roles.Supervisor))
        {
            Assert.True((await scope.Get<Tieline.Customers.Premises.GetPremise>().Handle(new(given.Premise), Ct)).Ok);
            Assert.Equal("Ana Ruiz", Assert.Single((await scope.Get<ListInteractions>().Handle(new(), Ct)).Value.Items).Person);
            var lines = (await scope.Get<ReportLooks>().Handle(new(given.Person), Ct)).Value.Items;
            Assert.Single(lines, l => l is { Did: "looked", What: "shown in a list with others" });
            var place = Assert.Single(lines, l => l is { Did: "looked", What: "the premise" });
            Assert.True(place.At < house.Clock.GetUtcNow().UtcDateTime.AddDays(-30));
        }
    }

    [Theory, BothDatabases]
    public async Task However_many_contacts_somebody_has_had_a_look_at_the_first_is_told(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        const int first = 900_000;
        await using (var scope = house.As(Actor.Process("test")))
        {
            await (await scope.Connection()).ExecuteAsync(
                $"with recursive n(i) as (select 0 union all select i + 1 from n where i < 300) insert into timeline_entry (id, person_id, at, kind, title, is_open, about) select {first} + i, @person, @at, 'contact', 'Said', false, 'contact:' || ({first} + i) from n",
                new { person = given.Person, at = scope.Db.Now });
        }
        await using (var scope = house.As(Roles.Csr))
        {
            var audit = scope.Get<Tieline.Platform.Audit.IAuditTrail>();
            await audit.Looked(new Tieline.Platform.RecordRef("contact", first), Ct);
            await audit.Looked(new Tieline.Platform.RecordRef("contact", first + 301), Ct);
            // In a list among others, and one whose key only begins alike.
            await audit.Looked(new Tieline.Platform.RecordRef("contact", 0), Ct, "listed", [17, first, 18]);
            await audit.Looked(new Tieline.Platform.RecordRef("contact", 0), Ct, "listed", [first * 10L]);
        }
        await using var check = house.As(Roles.Supervisor);
        var lines = (await check.Get<ReportLooks>().Handle(new(given.Person), Ct)).Value.Items;
        Assert.Equal(["shown in a list with others", "the contact"], lines.Where(l => l.Did == "looked").Select(l => l.What).Order(StringComparer.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task Employees_stand_in_it_by_position_or_by_name_and_it_leaves_as_a_file(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        using (var csr = await house.SignedIn(Roles.Csr, given.Employee))
        {
            using var looked = await csr.GetAsync($"/customers/{given.Person}", Ct);
            Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
            using var refused = await csr.GetAsync($"/customers/{given.Person}/looks-report/export", Ct);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using var supervisor = await house.SignedIn(Roles.Supervisor);
        var file = await supervisor.GetStringAsync($"/customers/{given.Person}/looks-report/export", Ct);
        Assert.Contains(",CSR,looked,the record", file, StringComparison.Ordinal);
        Assert.DoesNotContain("Test csr", file, StringComparison.Ordinal);
        Assert.Contains("CSR", await supervisor.GetStringAsync($"/customers/{given.Person}/looks-report?whole=true", Ct), StringComparison.Ordinal);

        await using (var scope = house.As(Roles.BusinessAdministrator))
            Assert.True((await scope.Get<ChangeSetting>().Handle(new("customers.looks_report_names", "name", 0), Ct)).Ok);
        Assert.Contains(",Test csr,looked", await supervisor.GetStringAsync($"/customers/{given.Person}/looks-report/export", Ct), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<ReportLooks.Line>> Report(CustomerDesk desk, ReportLooks.Input input) =>
        CustomerDesk.Ok(await desk.Run<ReportLooks, ReportLooks.Input, Page<ReportLooks.Line>>(input, Roles.Supervisor)).Items;
}
