using Tieline.Customers;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public class AddPersonTests
{
    private static readonly AddPerson.Input Ana = new(
        PersonKind.Individual, "Ana", "Ruiz", Phones: [new("(541) 555-0142"), new("541 555 0143 x7", PhoneKind.Work, Primary: true)], Emails: [new("Ana.Ruiz@Example.org")],
        Names: [new(NameKind.Former, "Ana", "López", ToOn: new(2015, 6, 30))], Addresses: [new(AddressKind.Mailing, "PO Box 9, Springfield, OR 97477")],
        Identifiers: [new(IdentifierKind.NationalId, "536-90-4399")], BornOn: new(1980, 2, 29), Language: "ES", Interpreter: true, LifeSupport: true,
        PreferredChannel: PreferredChannel.Phone);

    [Theory, BothDatabases]
    public async Task Everything_that_was_typed_is_on_record_and_found(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var added = CustomerDesk.Ok(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(Ana));
        var facts = await desk.Facts(added.Id);

        Assert.Matches(@"^P-\d{4}-\d{4}-\d$", facts.Reference);
        Assert.Equal(("Ana Ruiz", "es", "Phone", added.Version), (facts.Name, facts.Language, facts.PreferredChannel, facts.Version));
        Assert.True(facts is { Interpreter: true, LifeSupport: true, Relay: false, SensitiveLoad: false, Organization: false });
        Assert.Equal(new DateOnly(1980, 2, 29), facts.BornOn);
        Assert.Equal(["Ana Ruiz", "Ana López"], facts.Names.Select(n => n.Name));
        Assert.Equal(["(541) 555-0143 ext. 7", "(541) 555-0142"], facts.Phones.Select(p => p.Number));
        Assert.Equal("Ana.Ruiz@example.org", Assert.Single(facts.Emails).Address);
        Assert.Equal("399", Assert.Single(facts.Identifiers).LastDigits);
        await using var scope = desk.House.As(Roles.Csr);
        foreach (var typed in (string[])["lopez ana", "5550142", "ana.ruiz@example.org", "536-90-4399", "536904399", facts.Reference, "box 9 97477"])
            Assert.Equal(added.Id, Assert.Single((await scope.Get<ISearch>().Find(typed, null, 10, CancellationToken.None)).Hits).OwnerId);
        Assert.Empty((await scope.Get<ISearch>().Find("536904390", null, 10, CancellationToken.None)).Hits);
    }

    [Theory, BothDatabases]
    public async Task It_is_told_announced_audited_without_the_secret_and_looked_at(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var added = CustomerDesk.Ok(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(Ana));
        await desk.Facts(added.Id);
        await using var scope = desk.House.As(Roles.Csr);
        var subject = new RecordRef("person", added.Id);
        var timeline = await scope.Get<ITimeline>().Read(new(PersonId: added.Id), null, 10, CancellationToken.None);
        var audit = await scope.Get<IAuditTrail>().Of(subject, 50, null, CancellationToken.None);

        Assert.Equal("Person added", Assert.Single(timeline.Items).Title);
        Assert.DoesNotContain(audit, a => a.Changes?.Contains("904399", StringComparison.Ordinal) == true || a.Changes?.Contains("90-4399", StringComparison.Ordinal) == true);
        Assert.Contains(audit, a => a.Part?.Kind == "person_identifier");
        Assert.Single(await scope.LooksAt(subject));
        Assert.Equal(1, await desk.Count("event", "name = 'person.added'"));
    }

    [Theory, BothDatabases]
    public async Task Every_mistake_is_told_at_its_field_and_nothing_is_written(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var outcome = await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(
            (PersonKind)9, "", " \u202E ", Phones: [new("555-0142"), new("")], Emails: [new("nobody"), new("a@b")], Addresses: [new(AddressKind.Temporary, "")],
            Identifiers: [new(null, "12")], BornOn: desk.Today.AddDays(1), Language: "xx", Names: [new(NameKind.Main, "A", "B")]));

        string[] fields =
        [
            "Kind", "Family", "Names[0].Kind", "Phones[0].Number", "Phones[1].Number", "Emails[0].Address", "Emails[1].Address", "Addresses[0].Line",
            "Addresses[0].FromOn", "Addresses[0].ToOn", "Identifiers[0].Kind", "Identifiers[0].Number", "BornOn", "Language",
        ];
        Assert.Equal(fields, outcome.Problems.Select(p => p.Field));
        Assert.Equal(0, await desk.Count("person"));
    }

    [Theory, BothDatabases]
    public async Task Hostile_text_is_kept_as_text_or_refused(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        const string html = "<script>alert(1)</script>";
        const string sql = "Robert'); drop table person;--";
        var added = CustomerDesk.Ok(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(PersonKind.Individual, html, sql + "\u202E\u0000 𠀋")));
        var facts = await desk.Facts(added.Id);
        var huge = await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(PersonKind.Organization, FullName: new string('x', 1_000_000)));
        var none = await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(PersonKind.Individual, "!!!", "?"));
        var many = await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(PersonKind.Individual, "A", "B", Phones: [.. Enumerable.Range(0, 21).Select(i => new PhoneInput($"541 555 01{i:00}"))]));
        var ancient = await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(PersonKind.Individual, "A", "B", BornOn: new(1, 1, 1)));

        Assert.Equal($"{html} {sql} 𠀋", facts.Name);
        Assert.Equal("too_long", CustomerDesk.Rule(huge));
        Assert.Equal("name.unreadable", CustomerDesk.Rule(none));
        Assert.Equal("too_many", CustomerDesk.Rule(many));
        Assert.Equal("date.impossible", CustomerDesk.Rule(ancient));
    }

    [Theory, BothDatabases]
    public async Task The_same_number_twice_is_told(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var outcome = await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(PersonKind.Individual, "A", "Bell", Phones: [new("541 555 0142"), new("+1 541-555-0142")]));

        Assert.Equal("Phones[1].Number", Assert.Single(outcome.Problems).Field);
    }

    [Theory, BothDatabases]
    public async Task Who_looks_like_someone_on_record_is_shown_first(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var first = CustomerDesk.Ok(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(Ana));
        AddPerson.Input[] alike =
        [
            new(PersonKind.Individual, "ána", "RUIZ"),
            new(PersonKind.Individual, "Anna", "Ruiz", Phones: [new("541.555.0142")]),
            new(PersonKind.Individual, "A", "Ruiz", Emails: [new("ANA.RUIZ@example.org")]),
            new(PersonKind.Individual, "Ana", "Ruis", Addresses: [new(AddressKind.Mailing, "P.O. Box 9, Springfield OR 97477")]),
            new(PersonKind.Individual, "Somebody", "Else", Identifiers: [new(IdentifierKind.TaxNumber, "536 90 4399")]),
            new(PersonKind.Individual, "Ana", "Lopez"),
        ];
        foreach (var one in alike[..5])
            Assert.Equal(AddPerson.LikelyRule, CustomerDesk.Rule(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(one)));
        var likely = CustomerDesk.Ok(await desk.Run<FindLikelyPeople, FindLikelyPeople.Input, IReadOnlyList<FindLikelyPeople.Likely>>(alike[1].Likeness));
        Assert.Equal((first.Id, "nearly the same name, same phone"), (likely[0].Id, likely[0].Reason));

        // A household shares its phone, and half a name is no likeness.
        CustomerDesk.Ok(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(PersonKind.Individual, "Carlos", "Ruiz", Phones: [new("541 555 0142")])));
        CustomerDesk.Ok(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(alike[0] with { ConfirmedNew = true }));
    }

    [Theory, BothDatabases]
    public async Task The_likeliest_stands_first(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var plain = await desk.Person("John", "Smith");
        var phoned = await desk.Person("John", "Smith", phone: "541 555 0142");
        var likely = CustomerDesk.Ok(await desk.Run<FindLikelyPeople, FindLikelyPeople.Input, IReadOnlyList<FindLikelyPeople.Likely>>(
            new(PersonKind.Individual, "john", "smith", Phones: [new("5415550142")])));

        Assert.Equal([phoned.Id, plain.Id], likely.Select(p => p.Id));
    }

    [Theory, BothDatabases]
    public async Task Without_the_right_nobody_adds_or_looks(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        await Assert.ThrowsAsync<ForbiddenException>(() => desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(Ana, Roles.Operator));
        await Assert.ThrowsAsync<ForbiddenException>(() => desk.Run<GetPerson, GetPerson.Input, CustomerPerson>(new(1), Roles.Operator));
    }
}
