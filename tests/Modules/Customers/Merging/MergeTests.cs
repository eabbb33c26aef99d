using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.Consents;
using Tieline.Customers.Looks;
using Tieline.Customers.Merging;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Customers.Merging;

public class MergeTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task Everything_of_the_one_is_the_survivors_and_found_by_all_that_was_known_of_both(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor) = (await desk.Person("Anna", "Ruis", "541 555 0142", "anna@example.org"), await desk.Person("Ana", "Ruiz", "541 555 0143"));
        var account = await desk.Account(old.Id);
        var premise = await desk.Premise();
        await desk.Agreement(account.Id, premise.Id);
        await desk.Run<AddNote, AddNote.Input, AddNote.Added>(new(old.Id, null, null, "Dog"));
        var merged = await Merge(desk, old.Id, survivor.Id);

        var facts = await desk.Facts(survivor.Id);
        Assert.Equal(["Ana Ruiz", "Anna Ruis"], facts.Names.Select(n => n.Name));
        Assert.Equal(["Main", "Alternate"], facts.Names.Select(n => n.Kind));
        Assert.Equal([("(541) 555-0143", true), ("(541) 555-0142", false)], facts.Phones.Select(p => (p.Number, p.Primary)));
        Assert.True(Assert.Single(facts.Emails).Primary);
        Assert.Equal("Dog", Assert.Single(facts.Notes).Body);
        Assert.Equal((old.Id, old.Reference, "Anna Ruis"), Assert.Single(facts.Merged) is var m ? (m.Id, m.Reference, m.Name) : default);
        await using var scope = desk.House.As(Roles.Csr);
        foreach (var typed in (string[])["ruis anna", "5550142", "anna@example.org", old.Reference, survivor.Reference, "12 elm ruiz"])
            Assert.Equal(survivor.Id, Assert.Single((await scope.Get<ISearch>().Find(typed, null, 10, Ct)).Hits).OwnerId);
        Assert.Equal(survivor.Id, Assert.Single((await scope.Get<ICustomers>().AccountsOf(survivor.Id, Ct)).Accounts).People.Single().PersonId);
        var told = await scope.Get<ITimeline>().Read(new(PersonId: survivor.Id), null, 20, Ct);
        Assert.Contains(told.Items, l => l.Title == $"Anna Ruis ({old.Reference}) was merged into this record");
        Assert.Contains(told.Items, l => l.Title.StartsWith("Account ", StringComparison.Ordinal));
        Assert.Equal(1, await desk.Count("event", "name = 'person.merged'"));
        Assert.Equal(survivor.Id, merged.SurvivorId);
        Assert.Contains(await scope.Get<IAuditTrail>().Of(new RecordRef("account", account.Id), 20, null, Ct), e => e.Part?.Kind == "account_person" && e.Changes!.Contains("PersonId", StringComparison.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task The_old_id_and_reference_lead_to_the_survivor_everywhere(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor) = (await desk.Person("Anna", "Ruis"), await desk.Person());
        await desk.Facts(old.Id);
        await Merge(desk, old.Id, survivor.Id);
        var looks = CustomerDesk.Ok(await desk.Run<ReportLooks, ReportLooks.Input, Page<ReportLooks.Line>>(new(survivor.Id), Roles.Supervisor));
        Assert.Single(looks.Items, l => (l.Did, l.What) == ("looked", "the record"));
        await using var scope = desk.House.As(Roles.Csr);
        var customers = scope.Get<ICustomers>();

        Assert.Equal(survivor.Id, (await desk.Facts(old.Id)).Id);
        Assert.Equal(survivor.Id, (await customers.Person(old.Id, Ct))!.Id);
        Assert.Equal(survivor.Id, (await customers.InHand(old.Id, Ct))!.Id);
        Assert.Equal("Ana Ruiz", (await customers.Describe([new("person", old.Id)], Ct))[new("person", old.Id)]);
        Assert.Equal(survivor.Id, Assert.Single((await scope.Get<ListPeople>().Handle(new(Reference: old.Reference), Ct)).Value.Items).Id);
        var note = await scope.Get<AddNote>().Handle(new(old.Id, null, null, "By the old id"), Ct);
        Assert.True(note.Ok, note.ToString());
        Assert.Equal("By the old id", Assert.Single((await desk.Facts(survivor.Id)).Notes).Body);
        var phone = await scope.Get<AddPhone>().Handle(new(old.Id, old.Version + 1, "541 555 0199"), Ct);
        Assert.Equal(Problem.ConflictRule, CustomerDesk.Rule(phone));
        Assert.Contains(survivor.Reference, phone.ToString(), StringComparison.Ordinal);

        // Whom the old id closes, lets in or lets act is the survivor.
        await using var supervisor = desk.House.As(Roles.Supervisor);
        CustomerDesk.Ok(await supervisor.Get<RecordConsents>().Handle(new(old.Id, [new(ConsentPurpose.Marketing, ConsentChannel.Call, ConsentAnswer.Given)], ConsentSource.Call), Ct));
        Assert.Equal((survivor.Id, 1), CustomerDesk.Ok(await supervisor.Get<GetConsents>().Handle(new(old.Id), Ct)) is var consents ? (consents.PersonId, consents.Consents.Count) : default);
        CustomerDesk.Ok(await supervisor.Get<GiveAuthorisation>().Handle(new(old.Id, [AuthorisationScope.Changes], AuthorisationForm.Spoken, desk.Today.AddDays(9), Name: "Mara Quill"), Ct));
        Assert.Equal(survivor.Id, Assert.Single(CustomerDesk.Ok(await supervisor.Get<GetAuthorisations>().Handle(new(old.Id), Ct))).PersonId);
        var mine = Actors.Of(Roles.Csr, 77);
        await using (var desk77 = desk.House.As(mine))
        {
            CustomerDesk.Ok(await desk77.Get<VerifyCaller>().Handle(new(old.Id, CallerCapacity.Unverified), Ct));
            Assert.Equal(CallerCapacity.Unverified, CustomerDesk.Ok(await desk77.Get<GetCaller>().Handle(new(old.Id), Ct)).Caller?.Capacity);
            Assert.NotNull(CustomerDesk.Ok(await desk77.Get<GetCaller>().Handle(new(survivor.Id), Ct)).Caller);
        }
        var now = CustomerDesk.Ok(await supervisor.Get<GetRestriction>().Handle(new(old.Id), Ct));
        Assert.Equal((survivor.Id, survivor.Reference), (now.Id, now.Reference));
        var refused = await supervisor.Get<RestrictPerson>().Handle(new(old.Id, now.Version, PersonRestriction.Protected, "Order 4711"), Ct);
        Assert.Equal(Problem.ConflictRule, CustomerDesk.Rule(refused));
        Assert.Contains(survivor.Reference, refused.ToString(), StringComparison.Ordinal);
        CustomerDesk.Ok(await supervisor.Get<RestrictPerson>().Handle(new(survivor.Id, now.Version, PersonRestriction.Protected, "Order 4711"), Ct));
        await using (var closed = desk.House.As(mine))
        {
            Assert.Equal(Problem.ClosedRule, CustomerDesk.Rule(await closed.Get<GetPerson>().Handle(new(old.Id), Ct)));
            Assert.Equal(survivor.Id, CustomerDesk.Ok(await closed.Get<BreakGlass>().Handle(new(old.Id, "She is on the line and asks"), Ct)).PersonId);
            Assert.Equal(survivor.Id, CustomerDesk.Ok(await closed.Get<GetPerson>().Handle(new(old.Id), Ct)).Id);
        }
    }

    [Theory, BothDatabases]
    public async Task Contacts_and_to_dos_follow_and_come_back_and_what_came_since_stays(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var (before, since) = (await Recorded(house, given, given.Person), 0L);
        await ToDo(house, given, given.Person);
        var merge = await Merge(house, given.Person, given.OtherPerson);
        since = await Recorded(house, given, given.Person);
        await using (var scope = house.As(Roles.Supervisor))
        {
            Assert.All(await scope.Db.Set<Contact>().ToListAsync(Ct), c => Assert.Equal(given.OtherPerson, c.PersonId));
            Assert.Equal(given.OtherPerson, (await scope.Db.Set<ToDo>().SingleAsync(Ct)).PersonId);
            Assert.Contains(await scope.Get<IAuditTrail>().Of(new("contact", before), 5, null, Ct), e => e.Changes == $$"""{"PersonId":[{{given.Person}},{{given.OtherPerson}}]}""");
            var undone = await scope.Get<UndoMerge>().Handle(new(merge, "Mother and daughter"), Ct);
            Assert.True(undone.Ok, undone.ToString());
        }
        await using var check = house.As(Roles.Supervisor);
        var owners = await check.Db.Set<Contact>().ToDictionaryAsync(c => c.Id, c => c.PersonId!.Value, Ct);
        Assert.Equal((given.Person, given.OtherPerson), (owners[before], owners[since]));
        Assert.Equal(given.Person, (await check.Db.Set<ToDo>().SingleAsync(Ct)).PersonId);
        Assert.Equal(given.Person, (await check.Get<ICustomers>().FactsOf(given.Person, Ct))!.Id);
        Assert.Equal(given.Account, Assert.Single((await check.Get<ICustomers>().AccountsOf(given.Person, Ct)).Accounts).Id);
        Assert.Equal(given.Person, (await check.Db.Set<Tieline.Customers.Timeline.TimelineEntry>().SingleAsync(e => e.About == new RecordRef("contact", before), Ct)).PersonId);
    }

    [Theory, BothDatabases]
    public async Task Nobody_merges_without_the_right_themselves_the_unknown_or_what_has_changed(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (one, other) = (await desk.Person("Anna", "Ruis"), await desk.Person());
        var company = CustomerDesk.Ok(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(PersonKind.Organization, FullName: "Ruiz Ltd", ConfirmedNew: true)));
        await Assert.ThrowsAsync<ForbiddenException>(() => desk.Run<MergePeople, MergePeople.Input, MergePeople.Merged>(new(one.Id, one.Version, other.Id, other.Version, "Same")));
        await Assert.ThrowsAsync<ForbiddenException>(() => desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(1, "No")));
        Assert.Equal("merge.self", CustomerDesk.Rule(await Try(desk, one.Id, one.Id)));
        Assert.Equal("required", CustomerDesk.Rule(await desk.Run<MergePeople, MergePeople.Input, MergePeople.Merged>(new(one.Id, one.Version, other.Id, other.Version, " "), Roles.Supervisor)));
        Assert.Equal(Problem.NotFoundRule, CustomerDesk.Rule(await desk.Run<MergePeople, MergePeople.Input, MergePeople.Merged>(new(one.Id, one.Version, 99, 0, "Same"), Roles.Supervisor)));
        Assert.Equal("merge.impossible", CustomerDesk.Rule(await Try(desk, one.Id, company.Id)));
        await desk.Do<AddPhone, AddPhone.Input>(new(other.Id, other.Version, "541 555 0142"));
        var stale = await desk.Run<MergePeople, MergePeople.Input, MergePeople.Merged>(new(one.Id, one.Version, other.Id, other.Version, "Same"), Roles.Supervisor);
        Assert.Equal(Problem.ConflictRule, CustomerDesk.Rule(stale));
        Assert.Contains("Test csr", stale.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await desk.Count("merge"));
    }

    internal static async Task<MergePeople.Merged> Merge(CustomerDesk desk, long from, long into) => CustomerDesk.Ok(await Try(desk, from, into));

    internal static async Task<Outcome<MergePeople.Merged>> Try(CustomerDesk desk, long from, long into, bool seen = true)
    {
        await using var scope = desk.House.As(Roles.Supervisor);
        return await scope.Get<MergePeople>().Handle(new(from, await Version(scope, from), into, await Version(scope, into), "Same person", seen), Ct);
    }

    internal static async Task<long> Merge(TestHouse house, long from, long into)
    {
        await using var scope = house.As(Roles.Supervisor);
        var merged = await scope.Get<MergePeople>().Handle(new(from, await Version(scope, from), into, await Version(scope, into), "Same person", true), Ct);
        Assert.True(merged.Ok, merged.ToString());
        return merged.Value.Id;
    }

    internal static Task<int> Version(TestScope scope, long person) => scope.Db.Set<Person>().Where(p => p.Id == person).Select(p => p.Version).SingleAsync(Ct);

    internal static async Task<long> Recorded(TestHouse house, Given given, long person)
    {
        await using var scope = house.As(Roles.Csr);
        var recorded = await scope.Get<RecordContact>().Handle(new(given.HighBill, null, person, null, null, Channel.Phone, null, "High"), Ct);
        Assert.True(recorded.Ok, recorded.ToString());
        return recorded.Value.Id;
    }

    private static async Task ToDo(TestHouse house, Given given, long person)
    {
        await using var scope = house.As(Roles.Csr);
        var type = await scope.Db.Set<Tieline.ToDos.Types.ToDoType>().Select(t => t.Code).FirstAsync(Ct);
        var added = await scope.Get<AddToDo>().Handle(new(type, "Call", DateOnly.FromDateTime(scope.Db.Now).AddDays(3), RoleId: given.Role, PersonId: person), Ct);
        Assert.True(added.Ok, added.ToString());
    }

    internal static async Task<CustomerAccount> Account(CustomerDesk desk, long id) =>
        CustomerDesk.Ok(await desk.Run<GetAccount, GetAccount.Input, GetAccount.Found>(new(id))).Account;
}
