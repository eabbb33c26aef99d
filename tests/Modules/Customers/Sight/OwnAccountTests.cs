using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Billing.Standing;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>Nobody opens or changes an account on which they or a relative stand, in whatever role, and whoever its main person is.</summary>
public class OwnAccountTests
{
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

        // Who has left it stands on it no more.
        await using (var scope = house.As(Actor.Process("test")))
            CustomerDesk.Ok(await scope.Get<EndPersonOnAccount>().Handle(new(ana.Account, entry, await scope.Db.Set<Account>().Where(a => a.Id == ana.Account).Select(a => a.Version).SingleAsync(Ct)), Ct));
        Assert.Equal(HttpStatusCode.OK, (await mine.GetAsync($"/accounts/{ana.Account}", Ct)).StatusCode);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
