using System.Net;
using System.Text;
using Tieline.Contacts;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Tieline.Tests.Modules.Contacts;

/// <summary>What machines send that no person would.</summary>
public class HostileContactTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task External_keys_are_clean_bounded_and_name_the_contact_that_has_them(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.BackOffice);
        RecordContact.Input Keyed(string source, string key) =>
            new(given.HighBill, null, given.Person, null, null, Channel.Web, null, "x", Source: source, ExternalKey: key);
        var record = scope.Get<RecordContact>();
        var recorded = await record.Handle(Keyed("web\u0000", "k-1\u0000"), Ct);
        Assert.True(recorded.Ok, recorded.ToString());
        var again = Assert.Single((await record.Handle(Keyed("web", "k-1"), Ct)).Problems);
        Assert.Equal(("ExternalKey", $"web k-1 is recorded already: contact {recorded.Value.Reference}."), (again.Field, again.Message));
        Assert.Equal(["ExternalKey", "Source"], (await record.Handle(Keyed(new('s', 51), new('k', 5_000)), Ct)).Problems.Select(p => p.Field).Order());
    }

    [Theory, BothDatabases]
    public async Task Types_of_a_closed_class_are_refused(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var open = await KeepingContactsTests.Recorded(house, given);
        long closed;
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            var kind = new ContactClass(scope.Db.NextId(), "T-OLD", "Old");
            kind.Change("Old", false, null, null);
            var type = new ContactType { Id = closed = scope.Db.NextId(), ClassId = kind.Id, Code = "T-OLD-TYPE", Name = "Old type", FromOn = new DateOnly(2020, 1, 1) };
            type.Allow(LinkRule.Optional, LinkRule.Optional, LinkRule.Optional);
            scope.Db.AddRange(kind, type);
            scope.Get<FoundType>().Change();
            await scope.Db.SaveChangesAsync(Ct);
        }
        await using var desk = house.As(Roles.BackOffice);
        var refused = await desk.Get<RecordContact>().Handle(new(null, "T-OLD-TYPE", given.Person, null, null, Channel.Phone, null, "x"), Ct);
        Assert.Equal(("Type", "contact.class.closed"), refused.Problems.Select(p => (p.Field, p.Rule)).Single());
        var corrected = await desk.Get<CorrectContact>().Handle(new(open, await KeepingContactsTests.Version(house, open), TypeId: closed), Ct);
        Assert.Equal("contact.class.closed", corrected.Problems.Single().Rule);
    }

    [Theory, BothDatabases]
    public async Task Numbers_for_names_and_empty_elements_are_refused_not_stored_and_no_failure(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        using var machine = await house.Machine(
            [.. Actors.PermissionsOf(Roles.Csr).Concat(Actors.PermissionsOf(Roles.BusinessAdministrator)).Distinct(StringComparer.Ordinal)]);
        var contact = $$"""{"typeId":{{given.HighBill}},"personId":{{given.Person}},"comment":"x","channel":""";
        foreach (var (path, body) in new[]
        {
            ("contacts", contact + "7}"), ("contacts", contact + "99}"), ("contacts", contact + "\"Phone\",\"files\":[null]}"),
            ("contact-types", """{"code":"N","name":"N","characteristics":[null]}"""),
            ("imports/contacts", """{"mapping":null,"rows":[null]}"""), ("imports/customers", """{"source":"x","rows":[null]}"""), ("imports/customers", """{"source":"x","rows":null}"""),
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await machine.PostAsync($"/api/v1/{path}", content, Ct);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, $"{path} {body}: {answer.StatusCode}");
        }
        await using var scope = house.As(Roles.BackOffice);
        Assert.Equal(0, await scope.Db.Set<Contact>().CountAsync(Ct));
        Assert.Equal("contact.channel.unknown", (await scope.Get<IContacts>().Record(new("T-HIGH", "77", "x", given.Person), Ct)).Problems.Single().Rule);
    }
}
