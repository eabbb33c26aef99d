using System.Net;
using System.Net.Http.Json;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Customers.Merging;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public class ChangePersonTests
{
    [Theory, BothDatabases]
    public async Task What_is_known_of_a_person_changes(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await desk.Do<ChangePerson, ChangePerson.Input>(new(
            person.Id, person.Version, new(1970, 5, 4), "vi", true, true, true, true, PreferredChannel.Letter, true, true)));
        var facts = await desk.Facts(person.Id);

        Assert.True(facts is { Interpreter: true, Relay: true, LargePrint: true, NeedsTime: true, LifeSupport: true, SensitiveLoad: true, Language: "vi", PreferredChannel: "Letter" });
        Assert.Equal(new DateOnly(1970, 5, 4), facts.BornOn);
    }

    [Theory, BothDatabases]
    public async Task What_is_left_out_is_asked_for_and_not_taken_away(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await desk.Do<ChangePerson, ChangePerson.Input>(new(person.Id, person.Version, null, null, true, true, true, true, null, true, true)));
        using var machine = await desk.House.SignedInApi(Roles.BackOffice);
        using var answer = await machine.PutAsJsonAsync($"/api/v1/people/{person.Id}", new { version = person.Version + 1, language = "vi" });
        var problems = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.All((string[])["interpreter", "relay", "largePrint", "needsTime", "lifeSupport", "sensitiveLoad"], field => Assert.Contains($"\"field\":\"{field}\"", problems, StringComparison.Ordinal));
        Assert.True(await desk.Facts(person.Id) is { LifeSupport: true, Interpreter: true });
    }

    [Theory, BothDatabases]
    public async Task A_box_that_is_not_checked_means_no_on_the_page(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await desk.Do<ChangePerson, ChangePerson.Input>(new(person.Id, person.Version, null, null, true, true, true, true, null, true, true)));
        using var csr = await desk.House.SignedIn(Roles.Csr);
        using var answer = await csr.Submit($"/customers/{person.Id}/change", "form-change-person", ("PreferredChannel", "None"), ("Relay", "true"));

        Assert.True(answer.StatusCode == HttpStatusCode.Found, await answer.Content.ReadAsStringAsync());
        Assert.True(await desk.Facts(person.Id) is { LifeSupport: false, Interpreter: false, Relay: true });
    }

    [Theory, BothDatabases]
    public async Task The_old_main_name_stays_findable(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await desk.Do<ReplaceMainName, ReplaceMainName.Input>(new(person.Id, person.Version, "Ana", "Castillo")));
        var facts = await desk.Facts(person.Id);
        await using var scope = desk.House.As(Roles.Csr);

        Assert.Equal("Ana Castillo", facts.Name);
        Assert.Equal([("Main", "Ana Castillo"), ("Former", "Ana Ruiz")], facts.Names.Select(n => (n.Kind, n.Name)));
        Assert.Equal(desk.Today.AddDays(-1), facts.Names[1].ToOn);
        Assert.Single((await scope.Get<ISearch>().Find("ruiz", null, 10, CancellationToken.None)).Hits);
        Assert.Equal("name.same", CustomerDesk.Rule(await desk.Do<ReplaceMainName, ReplaceMainName.Input>(new(person.Id, facts.Version, "Ana", "Castillo"))));
        Assert.Equal("name.main", CustomerDesk.Rule(await desk.Do<EndName, EndName.Input>(new(person.Id, facts.Names[0].Id, facts.Version, desk.Today))));
    }

    [Theory, BothDatabases]
    public async Task Further_names_begin_and_end(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await desk.Do<AddName, AddName.Input>(new(person.Id, person.Version, NameKind.Trading, FullName: "Ruiz Repairs", FromOn: new(2020, 1, 1))));
        var facts = await desk.Facts(person.Id);
        var trading = facts.Names.Single(n => n.Kind == "Trading");

        Assert.Equal("date.order", CustomerDesk.Rule(await desk.Do<EndName, EndName.Input>(new(person.Id, trading.Id, facts.Version, new(2019, 12, 31)))));
        Assert.Equal("required", CustomerDesk.Rule(await desk.Do<EndName, EndName.Input>(new(person.Id, trading.Id, facts.Version, null))));
        CustomerDesk.Ok(await desk.Do<EndName, EndName.Input>(new(person.Id, trading.Id, facts.Version, new(2024, 6, 30))));
        Assert.Equal(new DateOnly(2024, 6, 30), (await desk.Facts(person.Id)).Names.Single(n => n.Kind == "Trading").ToOn);
        Assert.Equal("date.order", CustomerDesk.Rule(await desk.Do<AddName, AddName.Input>(new(person.Id, 0, NameKind.Legal, "A", "B", FromOn: new(2020, 1, 2), ToOn: new(2020, 1, 1)))));
    }

    [Theory, BothDatabases]
    public async Task There_is_one_primary_phone_as_long_as_there_is_one(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person(phone: "541 555 0101");
        CustomerDesk.Ok(await desk.Do<AddPhone, AddPhone.Input>(new(person.Id, person.Version, "541 555 0102", PhoneKind.Home)));
        var facts = await desk.Facts(person.Id);
        Assert.Equal("phone.already", CustomerDesk.Rule(await desk.Do<AddPhone, AddPhone.Input>(new(person.Id, facts.Version, "+1 (541) 555-0102"))));
        CustomerDesk.Ok(await desk.Do<MakePhonePrimary, MakePhonePrimary.Input>(new(person.Id, facts.Phones[1].Id, facts.Version)));
        facts = await desk.Facts(person.Id);
        Assert.Equal([("(541) 555-0102", true), ("(541) 555-0101", false)], facts.Phones.Select(p => (p.Number, p.Primary)));
        CustomerDesk.Ok(await desk.Do<RemovePhone, RemovePhone.Input>(new(person.Id, facts.Phones[0].Id, facts.Version)));
        facts = await desk.Facts(person.Id);
        Assert.True(Assert.Single(facts.Phones).Primary);
        CustomerDesk.Ok(await desk.Do<RemovePhone, RemovePhone.Input>(new(person.Id, facts.Phones[0].Id, facts.Version)));
        facts = await desk.Facts(person.Id);
        Assert.Empty(facts.Phones);
        Assert.Equal("not_found", CustomerDesk.Rule(await desk.Do<RemovePhone, RemovePhone.Input>(new(person.Id, 1, facts.Version))));
        await using var scope = desk.House.As(Roles.Csr);
        Assert.Empty((await scope.Get<ISearch>().Find("5415550101", null, 10, CancellationToken.None)).Hits);
    }

    [Theory, BothDatabases]
    public async Task E_mail_addresses_come_and_go(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person(email: "ana@example.org");
        Assert.Equal("email.already", CustomerDesk.Rule(await desk.Do<AddEmail, AddEmail.Input>(new(person.Id, person.Version, " mailto:ANA@example.org "))));
        CustomerDesk.Ok(await desk.Do<AddEmail, AddEmail.Input>(new(person.Id, person.Version, "ruiz@example.org", Primary: true)));
        var facts = await desk.Facts(person.Id);
        Assert.Equal([("ruiz@example.org", true), ("ana@example.org", false)], facts.Emails.Select(e => (e.Address, e.Primary)));
        CustomerDesk.Ok(await desk.Do<MakeEmailPrimary, MakeEmailPrimary.Input>(new(person.Id, facts.Emails[1].Id, facts.Version)));
        facts = await desk.Facts(person.Id);
        CustomerDesk.Ok(await desk.Do<RemoveEmail, RemoveEmail.Input>(new(person.Id, facts.Emails[0].Id, facts.Version)));
        Assert.Equal(("ruiz@example.org", true), (await desk.Facts(person.Id)).Emails.Select(e => (e.Address, e.Primary)).Single());
    }

    [Theory, BothDatabases]
    public async Task Addresses_have_possible_days(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        async Task<string> Broken(AddAddress.Input input) => CustomerDesk.Rule(await desk.Do<AddAddress, AddAddress.Input>(input with { PersonId = person.Id, Version = person.Version }));
        const string line = "PO Box 9, Springfield, OR 97477";

        Assert.Equal("date.order", await Broken(new(0, 0, AddressKind.Temporary, line, new(2025, 5, 2), new(2025, 5, 1))));
        Assert.Equal("required", await Broken(new(0, 0, AddressKind.Temporary, line, new(2025, 5, 2))));
        Assert.Equal("date.impossible", await Broken(new(0, 0, AddressKind.Mailing, line, new(9999, 12, 31))));
        Assert.Equal("address.every_year", await Broken(new(0, 0, AddressKind.Mailing, line, EveryYear: true)));
        Assert.Equal("too_long", await Broken(new(0, 0, AddressKind.Mailing, new string('x', 1_000_000))));
        // Winter in the south: from November to March, every year.
        CustomerDesk.Ok(await desk.Do<AddAddress, AddAddress.Input>(new(person.Id, person.Version, AddressKind.Seasonal, line, new(2025, 11, 1), new(2025, 3, 31), EveryYear: true)));
        var facts = await desk.Facts(person.Id);
        Assert.True(Assert.Single(facts.Addresses).EveryYear);
        CustomerDesk.Ok(await desk.Do<EndAddress, EndAddress.Input>(new(person.Id, facts.Addresses[0].Id, facts.Version, new(2026, 3, 31))));
        Assert.Equal(new DateOnly(2026, 3, 31), (await desk.Facts(person.Id)).Addresses[0].ToOn);
    }

    [Theory, BothDatabases]
    public async Task Of_two_who_save_the_second_hears_of_the_first(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await desk.Do<AddPhone, AddPhone.Input>(new(person.Id, person.Version, "541 555 0102")));
        await Assert.ThrowsAsync<Microsoft.EntityFrameworkCore.DbUpdateConcurrencyException>(
            () => desk.Do<AddPhone, AddPhone.Input>(new(person.Id, person.Version, "541 555 0103")));

        Assert.Single((await desk.Facts(person.Id)).Phones);
    }

    [Theory, BothDatabases]
    public async Task A_secret_number_is_shown_to_those_who_may_and_that_is_kept(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await desk.Do<AddIdentifier, AddIdentifier.Input>(new(person.Id, person.Version, IdentifierKind.BankAccount, "DE89 3704 0044 0532 0130 00")));
        var facts = await desk.Facts(person.Id);
        var identifier = Assert.Single(facts.Identifiers);
        Assert.Equal("3000", identifier.LastDigits);
        Assert.Equal("identifier.already", CustomerDesk.Rule(await desk.Do<AddIdentifier, AddIdentifier.Input>(new(person.Id, facts.Version, IdentifierKind.BankAccount, "de89370400440532013000"))));
        await Assert.ThrowsAsync<ForbiddenException>(() => desk.Run<RevealIdentifier, RevealIdentifier.Input, RevealIdentifier.Revealed>(new(person.Id, identifier.Id)));
        var shown = CustomerDesk.Ok(await desk.Run<RevealIdentifier, RevealIdentifier.Input, RevealIdentifier.Revealed>(new(person.Id, identifier.Id), Roles.BackOffice));
        Assert.Equal("DE89370400440532013000", shown.Number);
        await using var scope = desk.House.As(Roles.Supervisor);
        var audit = await scope.Get<IAuditTrail>().Of(new RecordRef("person", person.Id), 50, null, CancellationToken.None);
        Assert.Single(audit, a => a.Action == "identifier-revealed");
        Assert.Equal("not_found", CustomerDesk.Rule(await desk.Run<RevealIdentifier, RevealIdentifier.Input, RevealIdentifier.Revealed>(new(person.Id + 1, identifier.Id), Roles.BackOffice)));
        CustomerDesk.Ok(await desk.Do<RemoveIdentifier, RemoveIdentifier.Input>(new(person.Id, identifier.Id, facts.Version)));
        Assert.Empty((await desk.Facts(person.Id)).Identifiers);
    }

    [Theory, BothDatabases]
    public async Task Who_was_merged_is_asked_for_a_secret_number_by_the_old_id(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor) = (await desk.Person("Anna", "Ruis"), await desk.Person());
        CustomerDesk.Ok(await desk.Do<AddIdentifier, AddIdentifier.Input>(new(old.Id, old.Version, IdentifierKind.BankAccount, "DE89 3704 0044 0532 0130 00")));
        var identifier = Assert.Single((await desk.Facts(old.Id)).Identifiers);
        await MergeTests.Merge(desk, old.Id, survivor.Id);
        Assert.Equal("DE89370400440532013000", CustomerDesk.Ok(await desk.Run<RevealIdentifier, RevealIdentifier.Input, RevealIdentifier.Revealed>(new(old.Id, identifier.Id), Roles.BackOffice)).Number);
        await using var scope = desk.House.As(Roles.Supervisor);
        Assert.Single(await scope.Get<IAuditTrail>().Of(new RecordRef("person", survivor.Id), 50, null, CancellationToken.None), a => a.Action == "identifier-revealed");
    }

    [Theory, BothDatabases]
    public async Task Keys_are_rotated_and_the_number_can_still_be_read_and_found(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await desk.Do<AddIdentifier, AddIdentifier.Input>(new(person.Id, person.Version, IdentifierKind.Passport, "X1234567")));
        await using (var admin = desk.House.As(Actor.Process("test")))
        {
            var rotated = await admin.Get<RotateKeys>().Handle(new(), CancellationToken.None);
            Assert.Equal(1, CustomerDesk.Ok(rotated).Values["identifiers"]);
        }
        var identifier = (await desk.Facts(person.Id)).Identifiers[0];
        Assert.Equal("X1234567", CustomerDesk.Ok(await desk.Run<RevealIdentifier, RevealIdentifier.Input, RevealIdentifier.Revealed>(new(person.Id, identifier.Id), Roles.Supervisor)).Number);
        await using var scope = desk.House.As(Roles.Csr);
        Assert.Single((await scope.Get<ISearch>().Find("x1234567", null, 10, CancellationToken.None)).Hits);
    }

    [Theory, BothDatabases]
    public async Task Relationships_are_seen_from_both_sides(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (tenant, landlord) = (await desk.Person(), await desk.Person("Lee", "Owner"));
        AddRelationship.Input input = new(tenant.Id, RelationshipKind.Landlord, landlord.Id, Comment: "has the key");
        CustomerDesk.Ok(await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(input));
        var mine = Assert.Single((await desk.Facts(tenant.Id)).Relationships);
        var theirs = Assert.Single((await desk.Facts(landlord.Id)).Relationships);

        Assert.Equal(("Landlord", false, "Lee Owner", "has the key"), (mine.Kind, mine.Inverse, mine.Other, mine.Comment));
        Assert.Equal(("Landlord", true, "Ana Ruiz"), (theirs.Kind, theirs.Inverse, theirs.Other));
        Assert.Equal("relationship.already", CustomerDesk.Rule(await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(input)));
        Assert.Equal("relationship.self", CustomerDesk.Rule(await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(input with { RelatedPersonId = tenant.Id })));
        Assert.Equal("person.unknown", CustomerDesk.Rule(await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(input with { RelatedPersonId = 1 })));
        Assert.Equal("employee.unknown", CustomerDesk.Rule(await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(new(tenant.Id, RelationshipKind.KeyAccountManager, EmployeeId: 999_999))));
        CustomerDesk.Ok(await desk.Do<EndRelationship, EndRelationship.Input>(new(tenant.Id, mine.Id, mine.Version, desk.Today.AddDays(-1))));
        CustomerDesk.Ok(await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(input));
    }
}
