using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts;

public class ContactTypeTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task An_empty_installation_can_record_a_general_enquiry(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.Csr);
        var recorded = await scope.Get<RecordContact>().Handle(new(null, "ge", null, null, null, Channel.Phone, null, "Someone asked"), Ct);
        Assert.True(recorded.Ok, recorded.ToString());
    }

    [Theory, BothDatabases]
    public async Task A_type_is_added_with_its_values_and_contacts_must_have_them(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var kind = (await scope.Get<AddContactClass>().Handle(new("meter", "Meter"), Ct)).Value.Id;
        var added = await scope.Get<AddContactType>().Handle(new()
        {
            Code = "read", ClassId = kind, Name = "Own reading", Shorthand = "OR", PersonRule = LinkRule.Required, Translations = new Dictionary<string, string> { ["es"] = "Lectura propia" },
            Characteristics = [new("reading", "Reading", CharacteristicKind.Number, true), new("kind", "Kind", CharacteristicKind.Choice, false, "Estimated\nRead\nestimated")],
        }, Ct);
        Assert.True(added.Ok, added.ToString());
        var record = scope.Get<RecordContact>();
        var refused = await record.Handle(
            new(null, "or", given.Person, null, null, Channel.Phone, null, "x", Characteristics: new Dictionary<string, string> { ["READING"] = "many", ["KIND"] = "guess", ["OTHER"] = "1" }), Ct);
        Assert.Equal(["Characteristics[KIND]", "Characteristics[OTHER]", "Characteristics[READING]"], refused.Problems.Select(p => p.Field).Order());
        Assert.Equal("required", (await record.Handle(new(null, "or", given.Person, null, null, Channel.Phone, null, "x"), Ct)).Problems.Single().Rule);
        var id = (await record.Handle(
            new(null, "or", given.Person, null, null, Channel.Phone, null, "x", Characteristics: new Dictionary<string, string> { ["READING"] = "1,204.5", ["KIND"] = "read" }), Ct)).Value.Id;
        Assert.Equal([("Reading", "1204.5"), ("Kind", "Read")], (await scope.Get<GetContact>().Handle(new(id), Ct)).Value.Characteristics.Select(c => (c.Label, c.Text)));
        var audit = await scope.Get<IAuditTrail>().Of(new RecordRef("contact_type", added.Value.Id), 10, null, Ct);
        Assert.Equal(3, audit.Count);
    }

    [Theory, BothDatabases]
    public async Task Rules_of_types_are_checked_at_their_fields(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Given.A_small_utility(house);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var kind = await scope.Db.Set<ContactClass>().Where(c => c.Code == "T-BILL").Select(c => c.Id).SingleAsync();
        var add = scope.Get<AddContactType>();
        var refused = await add.Handle(new()
        {
            Code = "T-HIGH", ClassId = kind, Name = "", Shorthand = "THB", PersonRule = LinkRule.NotAllowed, PremiseRule = LinkRule.NotAllowed, DefaultRoleId = 12345,
            FromOn = new DateOnly(2026, 2, 1), ToOn = new DateOnly(2026, 1, 1), Translations = new Dictionary<string, string> { ["Spanish"] = "x" },
            Characteristics = [new("a", "A", CharacteristicKind.Choice), new("a", "", CharacteristicKind.Text)],
        }, Ct);
        Assert.Equal(
            [
                "Characteristics[0].Choices", "Characteristics[1].Code", "Characteristics[1].Label", "Code", "DefaultRoleId", "Name", "PremiseRule", "Shorthand", "ToOn", "Translations[Spanish]",
            ], refused.Problems.Select(p => p.Field!).Order(StringComparer.Ordinal));
        Assert.Equal("contact.class.unknown", (await add.Handle(new() { Code = "X", ClassId = 1, Name = "X" }, Ct)).Problems.Single().Rule);
        var nothing = await add.Handle(new() { Code = "X", ClassId = kind, Name = "X", PersonRule = LinkRule.NotAllowed, PremiseRule = LinkRule.NotAllowed }, Ct);
        Assert.Equal("contact.type.rules", nothing.Problems.Single().Rule);
    }

    [Theory, BothDatabases]
    public async Task A_type_is_changed_and_ended_and_the_second_of_two_who_save_hears_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var machine = await house.Machine("contacts.types", "contacts.read", "contacts.record");
        var before = (await machine.GetFromJsonAsync<System.Text.Json.JsonElement>($"/api/v1/contact-types/{given.HighBill}"));
        var version = before.GetProperty("version").GetInt32();
        var classId = before.GetProperty("classId").GetInt64();
        object Body(string name, string kind = "Text") => new { version, classId, name, shorthand = "thb", personRule = "Required", characteristics = new[] { new { code = "A", label = "A", kind } } };
        Assert.Equal(HttpStatusCode.NoContent, (await machine.PutAsJsonAsync($"/api/v1/contact-types/{given.HighBill}", Body("Bill too high"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await machine.PutAsJsonAsync($"/api/v1/contact-types/{given.HighBill}", Body("Other"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await machine.PutAsJsonAsync($"/api/v1/contact-types/{given.HighBill}", Body("Other", "Number"))).StatusCode);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var row = (await scope.Get<GetContactType>().Handle(new(given.HighBill), Ct)).Value;
        Assert.Equal(("Bill too high", "A"), (row.Name, row.Characteristics.Single().Code));
        Assert.True((await scope.Get<EndContactType>().Handle(new(given.HighBill, row.Version, null), Ct)).Ok);
        var refused = await scope.Get<RecordContact>().Handle(new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "x", Characteristics: new Dictionary<string, string> { ["A"] = "1" }), Ct);
        Assert.Equal("contact.type.not_in_force", refused.Problems.Single().Rule);
        Assert.Empty((await scope.Get<FindContactTypes>().Handle(new("thb"), Ct)).Value);
    }

    [Theory, BothDatabases]
    public async Task The_shorthand_itself_comes_first_then_words_of_name_and_class(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Given.A_small_utility(house);
        await using var scope = house.As(Roles.Csr);
        var find = scope.Get<FindContactTypes>();
        async Task<string[]> Found(string q) => [.. (await find.Handle(new(q), Ct)).Value.Select(t => t.Shorthand ?? "")];
        Assert.Equal(["thb"], await Found("THB"));
        Assert.Equal(["thb", "twd"], await Found("t"));
        Assert.Equal(["thb"], await Found("bill high"));
        Assert.Equal(["twd"], await Found("billing wire"));
        Assert.Empty(await Found("'; drop table contact_type"));
        await Assert.ThrowsAsync<ForbiddenException>(() => house.As(Roles.Operator).Get<FindContactTypes>().Handle(new("t"), Ct));
    }

    [Theory, BothDatabases]
    public async Task Types_can_be_recorded_on_the_days_of_their_class_only(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var today = await scope.Get<IUtilityClock>().Today(Ct);
        var kind = await scope.Db.Set<ContactClass>().Where(c => c.Code == "T-BILL").Select(c => c.Id).SingleAsync();
        var change = scope.Get<ChangeContactClass>();
        Assert.Equal("contact.class.days", (await change.Handle(new(kind, 0, "Billing", true, today, today.AddDays(-1)), Ct)).Problems.Single().Rule);
        Assert.True((await change.Handle(new(kind, 0, "Billing", true, today.AddDays(1), today.AddDays(1)), Ct)).Ok);
        Assert.Equal((false, false, "contact.class.closed"), await Usable());
        // It may be prepared while it is yet to come.
        Assert.True((await scope.Get<AddContactType>().Handle(new() { Code = "T-NEXT", ClassId = kind, Name = "Of next week" }, Ct)).Ok);
        house.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((true, true, "ok"), await Usable());
        house.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((false, false, "contact.class.closed"), await Usable());
        Assert.Equal("contact.class.unknown", (await scope.Get<AddContactType>().Handle(new() { Code = "T-LATE", ClassId = kind, Name = "Too late" }, Ct)).Problems.Single().Rule);

        async Task<(bool Listed, bool Offered, string Recorded)> Usable()
        {
            await using var desk = house.As(Roles.BusinessAdministrator);
            var listed = (await desk.Get<ListContactTypes>().Handle(new("T-HIGH", InForce: true), Ct)).Value.Items.Count == 1;
            var offered = (await desk.Get<FindContactTypes>().Handle(new("thb"), Ct)).Value.Any(t => t.Id == given.HighBill);
            var classes = (await desk.Get<ListContactClasses>().Handle(new("T-BILL", InForce: true), Ct)).Value.Items.Count == 1;
            Assert.Equal(listed, classes);
            await using var csr = house.As(Roles.Csr);
            var recorded = await csr.Get<RecordContact>().Handle(new(null, "thb", given.Person, null, null, Channel.Phone, null, "x"), Ct);
            return (listed, offered, recorded.Ok ? "ok" : recorded.Problems.Single().Rule);
        }
    }
}
