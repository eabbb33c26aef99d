using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Contacts.Records;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Alerts;
using Tieline.Customers.People;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>What is said to one person on an account is not told, on their own page, to an employee whose relative stands on it, too.</summary>
public class SharedAccountTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task What_is_said_on_a_relatives_account_is_not_told_of_who_shares_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        await using (var scope = house.As(Actor.Process("test")))
        {
            var version = await scope.Db.Set<Account>().Where(a => a.Id == ana.Account).Select(a => a.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<AddPersonToAccount>().Handle(new(ana.Account, version, ana.Other, AccountRole.Payer), Ct));
            CustomerDesk.Ok(await scope.Get<AddRelationship>().Handle(new(ana.Other, RelationshipKind.Relative, EmployeeId: ana.Employee), Ct));
            CustomerDesk.Ok(await scope.Get<AddAlert>().Handle(
                new() { Code = "contacts.count", Name = "High bills", Active = true, Tone = Tone.Warning, Conditions = new Dictionary<string, string> { ["type"] = "T-HIGH", ["at_least"] = "1" } }, Ct));
        }
        async Task<(int Open, int Earlier, string Alerts)> Told(long employee)
        {
            await using var scope = house.As(Actors.Of(Roles.Supervisor, employee));
            var alerts = (await scope.Get<IAlerts>().Of(ana.Person, Ct)).Select(a => a.Code).Where(c => c is "contacts.open" or "contacts.count" or "todos.open").Order(StringComparer.Ordinal);
            return ((await scope.Get<IContacts>().OpenOf(ana.Person, 5, Ct)).Count, (await scope.Get<RecordPartsReader>().Read(ana.HighBill, ana.Person, null, null, Ct, null)).Earlier?.Count ?? 0, string.Join(' ', alerts));
        }
        Assert.Equal((1, 1, "contacts.count todos.open"), await Told(ana.Employee + 5));
        Assert.Equal((0, 0, ""), await Told(ana.Employee));
    }

    [Theory, BothDatabases]
    public async Task What_was_said_before_is_told_in_the_words_that_count(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        await using var scope = house.As(Actor.Process("test"));
        foreach (var words in (string[])["Half of it was right", "Now it is right"])
        {
            var version = await scope.Db.Set<Contact>().Where(c => c.Id == ana.Contact).Select(c => c.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<CorrectContact>().Handle(new(ana.Contact, version, Text: words), Ct));
        }
        Assert.Equal("Now it is right", Assert.Single((await scope.Get<RecordPartsReader>().Read(ana.HighBill, ana.Person, null, null, Ct, null)).Earlier!).Text);
    }
}
