using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Scenarios;

/// <summary>Somebody wants the pizza place: recorded without a person in one step, ended, and counted; and the key does nothing on a call with a caller.</summary>
public class WrongNumber
{
    [Theory, BothDatabases]
    public async Task Is_one_step_and_no_customer_hears_of_it(TestDatabase on)
    {
        await using var office = await FrontOffice.Open(on);
        var call = await FrontOffice.Call(office.AnasDesk, "(541) 555-0199");
        Assert.Contains("Wrong number", await office.AnasDesk.GetStringAsync("/in-hand"), StringComparison.Ordinal);
        office.House.Clock.Advance(TimeSpan.FromSeconds(12));
        var ended = await FrontOffice.Post(office.AnasDesk, $"/api/v1/interactions/{call}/wrong-number", new { }, key: "w");
        var again = await FrontOffice.Post(office.AnasDesk, $"/api/v1/interactions/{call}/wrong-number", new { }, key: "w");
        Assert.Equal(ended.GetProperty("reference").GetString(), again.GetProperty("reference").GetString());
        Assert.DoesNotContain("data-interaction-in-hand", await office.AnasDesk.GetStringAsync("/in-hand"), StringComparison.Ordinal);

        await using var scope = office.House.As(Roles.Supervisor);
        var contact = await scope.Db.Set<Contact>().AsNoTracking().SingleAsync();
        Assert.Equal((null, null, null, true, ContactStatus.Closed), (contact.PersonId, contact.AccountId, contact.PremiseId, contact.ResolvedNow, contact.Status));
        Assert.InRange((await scope.Db.Set<Interaction>().SingleAsync()).HandledSeconds, 12, 30);

        var known = await FrontOffice.Call(office.AnasDesk, "(541) 555-0198");
        var ruiz = await office.Customer("Rosa", "Ruiz");
        await FrontOffice.Post(office.AnasDesk, "/api/v1/contacts", new { type = "ge", personId = ruiz, channel = "Phone", comment = "asks", interactionId = known, wrapUp = "ANSWERED" }, HttpStatusCode.Created);
        Assert.DoesNotContain("Wrong number", await office.AnasDesk.GetStringAsync("/in-hand"), StringComparison.Ordinal);
        var refused = await FrontOffice.Post(office.AnasDesk, $"/api/v1/interactions/{known}/wrong-number", new { }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal("interaction.no_wrong_number", FrontOffice.Rule(refused));
    }
}
