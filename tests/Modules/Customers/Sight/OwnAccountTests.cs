using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Billing;
using Tieline.Billing.Standing;
using Tieline.Contacts.Interactions;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Finding;
using Tieline.Customers.Import;
using Tieline.Customers.Merging;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Customers.Merging;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>Nobody opens or changes an account on which they or a relative stand, in whatever role, and whoever its main person is.</summary>
public class OwnAccountTests
{
    [Theory, BothDatabases]
    public async Task Calls_of_a_relative_stand_in_no_list_of_theirs_and_name_nobody_in_the_list_of_all(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        await using (var scope = house.As(Actor.Process("test")))
            CustomerDesk.Ok(await scope.Get<AddRelationship>().Handle(new(ana.Person, RelationshipKind.Relative, EmployeeId: ana.Employee), Ct));
        var call = await CallerTests.Take(house, ana.Employee + 5);
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee + 5)))
            CustomerDesk.Ok(await scope.Get<TakeCaller>().Handle(new(call, ana.Person), Ct));
        async Task<IEnumerable<(long, long?)>> Calls(long employee, long? person)
        {
            await using var scope = house.As(Actors.Of(Roles.Supervisor, employee));
            return (await scope.Get<ListInteractions>().Handle(new(PersonId: person), Ct)).Value.Items.Select(i => (i.Line.Id, i.Line.PersonId));
        }
        Assert.Equal([(call, ana.Person)], await Calls(ana.Employee + 6, ana.Person));
        Assert.Empty(await Calls(ana.Employee, ana.Person));
        Assert.Equal([(call, null)], await Calls(ana.Employee, null));
    }

    [Theory, BothDatabases]
    public async Task Nobody_merges_or_separates_who_stands_on_their_own_or_a_relatives_account(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        long twin;
        await using (var scope = house.As(Actor.Process("test")))
        {
            var version = await scope.Db.Set<Account>().Where(a => a.Id == ana.Account).Select(a => a.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<AddPersonToAccount>().Handle(new(ana.Account, version, ana.Other, AccountRole.Payer), Ct));
            CustomerDesk.Ok(await scope.Get<AddRelationship>().Handle(new(ana.Other, RelationshipKind.Relative, EmployeeId: ana.Employee), Ct));
            twin = CustomerDesk.Ok(await scope.Get<AddPerson>().Handle(new(PersonKind.Individual, "Anna", "Ruis", ConfirmedNew: true), Ct)).Id;
        }
        await using var me = house.As(Actors.Of(Roles.Supervisor, ana.Employee));
        var both = new MergePeople.Input(twin, await MergeTests.Version(me, twin), ana.Person, await MergeTests.Version(me, ana.Person), "Same", true);
        await Assert.ThrowsAsync<ForbiddenException>(() => me.Get<MergePeople>().Handle(both, Ct));
        var merged = await MergeTests.Merge(house, twin, ana.Person);
        await Assert.ThrowsAsync<ForbiddenException>(() => me.Get<UndoMerge>().Handle(new(merged, "Two"), Ct));
        await using var colleague = house.As(Actors.Of(Roles.Supervisor, ana.Employee + 5));
        CustomerDesk.Ok(await colleague.Get<UndoMerge>().Handle(new(merged, "Two"), Ct));
    }

    [Theory, BothDatabases]
    public async Task An_account_that_a_relative_pays_for_is_closed_in_every_way_to_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        long agreement, entry;
        await using (var scope = house.As(Actor.Process("test")))
        {
            var version = await scope.Db.Set<Account>().Where(a => a.Id == ana.Account).Select(a => a.Version).SingleAsync(Ct);
            entry = CustomerDesk.Ok(await scope.Get<AddPersonToAccount>().Handle(new(ana.Account, version, ana.Other, AccountRole.Payer), Ct)).Id;
            CustomerDesk.Ok(await scope.Get<AddRelationship>().Handle(new(ana.Other, RelationshipKind.Relative, EmployeeId: ana.Employee), Ct));
            agreement = await scope.Db.Set<ServiceAgreement>().Where(s => s.AccountId == ana.Account).Select(s => s.Id).FirstAsync(Ct);
            scope.Db.Add(new AccountStanding { AccountId = ana.Account, Source = "CIS", AsOfAt = scope.Db.Now, ReceivedAt = scope.Db.Now, ReceivedFrom = scope.Db.Actor.Ref, Balance = new Money(7_777), PastDue = new Money(7_777), DueOn = DateOnly.FromDateTime(scope.Db.Now) });
            await scope.Db.SaveChangesAsync(Ct);
        }
        // A colleague with the same rights sees all of it: what is closed is the relative's.
        var (mine, colleagues) = (await house.SignedIn(Roles.Supervisor, ana.Employee), await house.SignedIn(Roles.Supervisor, ana.Employee + 5));
        foreach (var path in (string[])[$"/accounts/{ana.Account}", $"/accounts/{ana.Account}/change", $"/accounts/{ana.Account}/people/{entry}", $"/agreements/{agreement}/move", $"/history/account:{ana.Account}",
            $"/api/v1/accounts/{ana.Account}", $"/api/v1/timeline?accountId={ana.Account}", $"/api/v1/agreements/{agreement}"])
        {
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await mine.GetAsync(path, Ct)).StatusCode));
            Assert.Equal((path, HttpStatusCode.OK), (path, (await colleagues.GetAsync(path, Ct)).StatusCode));
        }
        // The main person's own page stays open, without the account, its balance and what was said about it.
        var page = WebUtility.HtmlDecode(await mine.GetStringAsync($"/customers/{ana.Person}", Ct));
        Assert.Contains(Unmistakable.Email, page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("77.77", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"/accounts/{ana.Account}", page, StringComparison.Ordinal);
        Assert.Contains("77.77", await colleagues.GetStringAsync($"/customers/{ana.Person}", Ct), StringComparison.Ordinal);

        await using var me = house.As(Actors.Of(Roles.Supervisor, ana.Employee));
        await Assert.ThrowsAsync<ForbiddenException>(() => me.Get<ChangeAccount>().Handle(new(ana.Account, 0, CustomerClass.Residential, "C09"), Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => me.Get<EndPersonOnAccount>().Handle(new(ana.Account, entry, 0), Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => me.Get<MoveAgreement>().Handle(new(agreement, 0, AgreementState.PendingStop), Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => me.Get<AddNote>().Handle(new(null, ana.Account, null, "Nice people"), Ct));
        Assert.Empty(await me.Get<ICustomers>().PlacesOf(ana.Person, Ct));
        Assert.Empty((await me.Get<ICustomers>().AccountsOf(ana.Person, Ct)).Accounts);
        // What billing asks before it tells how an account stands, and what stands in lists about somebody on it.
        var masked = await me.Get<ICustomers>().Masking([(null, ana.Account), (ana.Person, ana.Account)], Ct);
        Assert.True(masked.Of(null, ana.Account).IsClosed && masked.Of(ana.Person, ana.Account).IsClosed && !masked.Of(ana.Person).IsClosed);

        // Nor is its number: the other person is found, and stands in the strip, without it.
        var number = "";
        await using (var scope = house.As(Actor.Process("test")))
        {
            // The first numbers of accounts are those of customers, too.
            for (var i = 0; i < 9; i++)
            {
                var more = CustomerDesk.Ok(await scope.Get<OpenAccount>().Handle(new(ana.Person, CustomerClass.Residential, "C05"), Ct));
                CustomerDesk.Ok(await scope.Get<AddPersonToAccount>().Handle(new(more.Id, more.Version, ana.Other, AccountRole.Payer), Ct));
                number = more.Number;
            }
        }
        await using var now = house.As(Actors.Of(Roles.Supervisor, ana.Employee));
        var find = now.Get<FindCustomers>();
        Assert.Equal([null], (await find.Handle(new(Unmistakable.Email), Ct)).Value.Results.Where(r => r.PersonId == ana.Person).Select(r => r.Account).Distinct());
        var byNumber = (await find.Handle(new(number), Ct)).Value;
        Assert.Equal((0, 0, 0), (byNumber.Results.Count, byNumber.Records.Count, byNumber.Total));
        Assert.Empty((await now.Get<CustomerChoices>().People(number, Ct)).Choices);
        Assert.Null((await now.Get<ICustomers>().InHand(ana.Person, Ct))!.Account);
        await using (var colleague = house.As(Actors.Of(Roles.Supervisor, ana.Employee + 5)))
        {
            Assert.Contains((await colleague.Get<FindCustomers>().Handle(new(number), Ct)).Value.Results, r => r.Account == number);
            Assert.Equal(number, (await colleague.Get<ICustomers>().InHand(ana.Person, Ct))!.Account);
        }

        // An employee's own session says nothing of how it stands, one by one or as a file; a machine does.
        var said = new SetStanding.Input(number, "CIS", house.Clock.GetUtcNow().UtcDateTime, 1m);
        var row = new FeedInput("CIS", $"{house.Clock.GetUtcNow().UtcDateTime:yyyy-MM-dd HH:mm}Z", [new ImportRow(2, new Dictionary<string, string> { ["account_number"] = number, ["balance"] = "1" })]);
        HashSet<string> feeds = [BillingPermissions.Standing];
        await using (var own = house.As(new Actor(ActorKind.Employee, ana.Employee, "Ed", feeds)))
        {
            await Assert.ThrowsAsync<ForbiddenException>(() => own.Get<SetStanding>().Handle(said, Ct));
            Assert.Contains("closed to you", Assert.Single(CustomerDesk.Ok(await own.Get<ImportBalanceRows>().Handle(row, Ct)).Results).Reason, StringComparison.Ordinal);
        }
        await using (var machine = house.As(new Actor(ActorKind.ApiKey, ana.Employee, "feed", feeds)))
        {
            Assert.True(CustomerDesk.Ok(await machine.Get<SetStanding>().Handle(said, Ct)).Stored);
            Assert.Equal(RowOutcome.AlreadyThere, Assert.Single(CustomerDesk.Ok(await machine.Get<ImportBalanceRows>().Handle(row, Ct)).Results).Outcome);
        }

        // Nor does it bring in by a file who joins such an account, or what such a person has; whom nobody knows it does.
        static ImportRow Row(long line, string person, string account) => new(line, new Dictionary<string, string> { ["person_id"] = person, ["full_name"] = $"Somebody {line}", ["account_id"] = account });
        async Task<IEnumerable<(long, RowOutcome)>> Bring(Actor by, params ImportRow[] brought)
        {
            await using var scope = house.As(by);
            return CustomerDesk.Ok(await scope.Get<ImportCustomerRows>().Handle(new("CIS", brought), Ct)).Results.Select(r => (r.Line, r.Outcome));
        }
        HashSet<string> brings = [CustomersPermissions.Import];
        var all = new Actor(ActorKind.ApiKey, ana.Employee, "feed", brings);
        Assert.Equal([(2, RowOutcome.Imported)], await Bring(all, Row(2, "P1", "A1")));
        await using (var scope = house.As(Actor.Process("test")))
        {
            var relative = await scope.Db.Set<Person>().Where(p => p.ExternalKey == "P1").Select(p => p.Id).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<AddRelationship>().Handle(new(relative, RelationshipKind.Relative, EmployeeId: ana.Employee), Ct));
        }
        ImportRow[] rows = [Row(3, "P2", "A1"), Row(4, "P1", "A2"), Row(5, "P3", "A3")];
        Assert.Equal([(3, RowOutcome.Rejected), (4, RowOutcome.Rejected), (5, RowOutcome.Imported)], await Bring(new Actor(ActorKind.Employee, ana.Employee, "Ed", brings), rows));
        Assert.Equal([(3, RowOutcome.Imported), (4, RowOutcome.Imported), (5, RowOutcome.AlreadyThere)], await Bring(all, rows));

        // Who has left it stands on it no more.
        await using (var scope = house.As(Actor.Process("test")))
            CustomerDesk.Ok(await scope.Get<EndPersonOnAccount>().Handle(new(ana.Account, entry, await scope.Db.Set<Account>().Where(a => a.Id == ana.Account).Select(a => a.Version).SingleAsync(Ct)), Ct));
        Assert.Equal(HttpStatusCode.OK, (await mine.GetAsync($"/accounts/{ana.Account}", Ct)).StatusCode);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
