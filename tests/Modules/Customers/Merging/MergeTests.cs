using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.Consents;
using Tieline.Customers.Finding;
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
using Xunit;

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
    public async Task Undone_both_are_as_they_were_before(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor) = (await desk.Person("Anna", "Ruis", "541 555 0142", "anna@example.org"), await desk.Person("Ana", "Ruiz", "541 555 0142", "ana@example.org"));
        await desk.Do<ChangePerson, ChangePerson.Input>(new(old.Id, old.Version, new(1980, 2, 29), "en", true, false, false, false, null, true, false));
        var landlord = await desk.Person("Lea", "Lord");
        await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(new(old.Id, RelationshipKind.Landlord, landlord.Id));
        await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(new(survivor.Id, RelationshipKind.Carer, old.Id));
        var account = await desk.Account(old.Id);
        foreach (var (person, answer) in new[] { (old.Id, ConsentAnswer.Given), (survivor.Id, ConsentAnswer.Refused) })
            CustomerDesk.Ok(await desk.Do<RecordConsents, RecordConsents.Input>(new(person, [new(ConsentPurpose.Marketing, ConsentChannel.Call, answer)], ConsentSource.Call), Roles.Supervisor));
        var (one, other) = (Seen(await desk.Facts(old.Id)), Seen(await desk.Facts(survivor.Id)));
        var merged = await Merge(desk, old.Id, survivor.Id);
        var both = await desk.Facts(survivor.Id);
        Assert.True(both is { LifeSupport: true, Interpreter: true, BornOn.Year: 1980 });
        Assert.Equal(2, both.Emails.Count);
        Assert.Single(both.Phones);
        Assert.Empty(CustomerDesk.Ok(await desk.Run<GetConsents, GetConsents.Input, GetConsents.Found>(new(survivor.Id))).Conflicts);
        Assert.DoesNotContain(both.Relationships, r => r.OtherId == survivor.Id);
        // What was changed on an account of the one alone goes back as it is now.
        CustomerDesk.Ok(await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, (await Account(desk, account.Id)).Version, landlord.Id, AccountRole.Main, true)));
        CustomerDesk.Ok(await desk.Do<CloseAccount, CloseAccount.Input>(new(account.Id, (await Account(desk, account.Id)).Version)));

        var undone = await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "Mother and daughter"), Roles.Supervisor);
        Assert.True(undone.Ok, undone.ToString());
        Assert.Equal(one, Seen(await desk.Facts(old.Id)));
        Assert.Equal(other, Seen(await desk.Facts(survivor.Id)));
        Assert.Equal([(landlord.Id, "Main"), (old.Id, "CoHolder")], (await Account(desk, account.Id)).People.Select(p => (p.PersonId, p.Role)));
        await using var scope = desk.House.As(Roles.Csr);
        Assert.Equal([old.Id, landlord.Id], (await scope.Get<ISearch>().Find(old.Reference, null, 10, Ct)).Hits.Select(h => h.OwnerId).Order());
        Assert.Equal(Problem.ConflictRule, CustomerDesk.Rule(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "Twice"), Roles.Supervisor)));

        static string Seen(CustomerPerson p) => string.Join('\n', [
            $"{p.Id} {p.Name} {p.BornOn} {p.LifeSupport} {p.Interpreter} {p.Merged.Count}", .. p.Names.Select(n => $"{n.Kind} {n.Name}"), .. p.Phones.Select(x => $"{x.Number} {x.Primary}"),
            .. p.Emails.Select(e => $"{e.Address} {e.Primary}"), .. p.Relationships.Select(r => $"{r.Kind} {r.Inverse} {r.Other}")]);
    }

    [Theory, BothDatabases]
    public async Task Two_on_one_account_are_one_entry_and_a_change_of_it_since_contradicts_undoing(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor, other) = (await desk.Person("Anna", "Ruis"), await desk.Person(), await desk.Person("Bo", "Quist"));
        var account = await desk.Account(old.Id);
        await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, account.Version, survivor.Id, AccountRole.Occupant));
        var unseen = await Try(desk, old.Id, survivor.Id, seen: false);
        Assert.Equal(MergePeople.UnseenRule, CustomerDesk.Rule(unseen));
        var merged = CustomerDesk.Ok(await Try(desk, old.Id, survivor.Id));

        var entry = Assert.Single((await Account(desk, account.Id)).People);
        Assert.Equal((survivor.Id, "Main", true, null), (entry.PersonId, entry.Role, entry.FinanciallyResponsible, entry.ToOn));
        var version = (await Account(desk, account.Id)).Version;
        CustomerDesk.Ok(await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, version, other.Id, AccountRole.Main, true)));
        var refused = await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "No"), Roles.Supervisor);
        Assert.Equal(UndoMerge.ContradictedRule, CustomerDesk.Rule(refused));
        Assert.Contains(account.Number, refused.ToString(), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task The_two_entries_of_one_account_come_back(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor, third) = (await desk.Person("Anna", "Ruis"), await desk.Person(), await desk.Person("Anne", "Ruyz"));
        var account = await desk.Account(old.Id);
        await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, account.Version, survivor.Id, AccountRole.Occupant));
        await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, account.Version + 1, third.Id, AccountRole.Payer));
        var merged = CustomerDesk.Ok(await Try(desk, old.Id, survivor.Id));
        // A third entry becomes one with theirs: that goes apart first.
        var again = CustomerDesk.Ok(await Try(desk, third.Id, survivor.Id));
        Assert.Equal(UndoMerge.ContradictedRule, CustomerDesk.Rule(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "No"), Roles.Supervisor)));
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(again.Id, "No"), Roles.Supervisor));
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "No"), Roles.Supervisor));
        Assert.Equal(
            [(old.Id, "Main", true), (survivor.Id, "Occupant", false), (third.Id, "Payer", false)], (await Account(desk, account.Id)).People.Select(p => (p.PersonId, p.Role, p.FinanciallyResponsible)));
    }

    [Theory, BothDatabases]
    public async Task Who_was_merged_into_the_one_follows_and_the_first_merge_waits_for_the_second_to_be_undone(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (first, second, third) = (await desk.Person("Ann", "Ruis"), await desk.Person("Anna", "Ruiz"), await desk.Person());
        var account = await desk.Account(first.Id);
        var one = await Merge(desk, first.Id, second.Id);
        var two = await Merge(desk, second.Id, third.Id);
        Assert.Equal(third.Id, (await desk.Facts(first.Id)).Id);
        Assert.Equal(2, (await desk.Facts(third.Id)).Merged.Count);
        Assert.Equal(UndoMerge.ContradictedRule, CustomerDesk.Rule(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(one.Id, "No"), Roles.Supervisor)));
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(two.Id, "No"), Roles.Supervisor));
        Assert.Equal(second.Id, (await desk.Facts(first.Id)).Id);
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(one.Id, "No"), Roles.Supervisor));
        Assert.Equal(("Ann Ruis", "Anna Ruiz"), ((await desk.Facts(first.Id)).Name, (await desk.Facts(second.Id)).Name));
        Assert.Equal((first.Id, "Main"), Assert.Single((await Account(desk, account.Id)).People) is var entry ? (entry.PersonId, entry.Role) : default);
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

    [Theory, BothDatabases]
    public async Task Who_was_restricted_while_they_were_one_stays_closed_on_both_records(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor, carer) = (await desk.Person("Anna", "Ruis", "541 555 0142"), await desk.Person("Ana", "Ruiz", "541 555 0143"), await desk.Person("Bo", "Quist"));
        var account = await desk.Account(old.Id);
        await desk.Agreement(account.Id, (await desk.Premise()).Id);
        CustomerDesk.Ok(await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(new(carer.Id, RelationshipKind.Carer, old.Id)));
        var merged = await Merge(desk, old.Id, survivor.Id);
        await Restrict(PersonRestriction.Protected, "Order 4711");
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "Mother and daughter"), Roles.Supervisor));

        await using var scope = desk.House.As(Roles.Csr);
        var separated = await scope.Db.Set<Person>().AsNoTracking().SingleAsync(p => p.Id == old.Id, Ct);
        Assert.Equal((PersonRestriction.Protected, "Order 4711", null), (separated.Restriction, separated.RestrictionReason, separated.MergedIntoId));
        foreach (var typed in (string[])["ruis anna", "5550142", old.Reference, survivor.Reference, "ruiz", "12 elm"])
            Assert.DoesNotContain((await scope.Get<ISearch>().Find(typed, null, 10, Ct)).Hits, h => h.OwnerId == old.Id || h.OwnerId == survivor.Id);
        Assert.Equal(Problem.ClosedRule, CustomerDesk.Rule(await scope.Get<GetPerson>().Handle(new(old.Id), Ct)));
        Assert.DoesNotContain((await scope.Get<ITimeline>().Read(new(PersonId: carer.Id), null, 20, Ct)).Items, l => l.Title.Contains("Ruis", StringComparison.Ordinal) || l.Title.Contains(old.Reference, StringComparison.Ordinal));
        Assert.Contains(await scope.Get<IAuditTrail>().Of(new RecordRef("person", old.Id), 20, null, Ct), e => e.Actor.Name == "Test supervisor" && e.Changes!.Contains("\"Restriction\":[\"None\",\"Protected\"]", StringComparison.Ordinal));

        async Task Restrict(PersonRestriction restriction, string reason)
        {
            await using var supervisor = desk.House.As(Roles.Supervisor);
            CustomerDesk.Ok(await supervisor.Get<Tieline.Customers.Sight.RestrictPerson>().Handle(new(survivor.Id, await Version(supervisor, survivor.Id), restriction, reason), Ct));
        }
    }

    [Theory, BothDatabases]
    public async Task Life_support_that_was_said_of_the_survivor_since_or_by_another_merge_stays(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, third, survivor) = (await desk.Person("Anna", "Ruis"), await desk.Person("Anne", "Ruyz"), await desk.Person());
        foreach (var person in (AddPerson.Added[])[old, third])
            await LifeSupport(person.Id, true);
        var (first, second) = (await Merge(desk, old.Id, survivor.Id), await Merge(desk, third.Id, survivor.Id));
        await Undo(first.Id);
        Assert.True((await desk.Facts(survivor.Id)).LifeSupport);
        await Undo(second.Id);
        Assert.True((await desk.Facts(third.Id)).LifeSupport);

        await LifeSupport(survivor.Id, false);
        var again = await Merge(desk, old.Id, survivor.Id);
        await LifeSupport(survivor.Id, false);
        await LifeSupport(survivor.Id, true);
        await Undo(again.Id);
        Assert.True((await desk.Facts(survivor.Id)).LifeSupport);

        await LifeSupport(survivor.Id, false);
        await Undo((await Merge(desk, old.Id, survivor.Id)).Id);
        Assert.False((await desk.Facts(survivor.Id)).LifeSupport);
        await using var scope = desk.House.As(Roles.Csr);
        Assert.Single((await scope.Get<ITimeline>().Read(new(PersonId: survivor.Id), null, 20, Ct)).Items, l => l.Title.EndsWith("life support is on record there alone from now on", StringComparison.Ordinal));

        async Task LifeSupport(long person, bool yes)
        {
            await using var csr = desk.House.As(Roles.Supervisor);
            CustomerDesk.Ok(await csr.Get<ChangePerson>().Handle(new(person, await Version(csr, person), null, "en", false, false, false, false, null, yes, false), Ct));
        }

        async Task Undo(long merge) => CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merge, "Two people"), Roles.Supervisor));
    }

    [Theory, BothDatabases]
    public async Task A_passphrase_goes_along_where_there_is_none_and_comes_back_unless_it_was_changed(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor) = (await desk.Person("Anna", "Ruis"), await desk.Person());
        await Agree(old.Id, "blue heron");
        Assert.Contains(CustomerDesk.Ok(await Preview()).Follows, f => f is { What: "passphrase", Count: 1 });
        var merged = await Merge(desk, old.Id, survivor.Id);
        Assert.Equal((false, true), await Opens("blue heron"));
        await Undo(merged.Id);
        Assert.Equal((true, false), await Opens("blue heron"));

        // Withdrawn while they were one: it opens neither of them.
        merged = await Merge(desk, old.Id, survivor.Id);
        await Agree(survivor.Id, "grey goose");
        await Undo(merged.Id);
        Assert.Equal((false, false), await Opens("blue heron"));
        Assert.Equal((false, true), await Opens("grey goose"));

        await Agree(old.Id, "red robin");
        Assert.Contains(CustomerDesk.Ok(await Preview()).Conflicts, c => c.Text == "Both have a passphrase: the survivor's stays.");
        Assert.Equal(MergePeople.UnseenRule, CustomerDesk.Rule(await Try(desk, old.Id, survivor.Id, seen: false)));
        merged = await Merge(desk, old.Id, survivor.Id);
        Assert.Equal((false, true), await Opens("grey goose"));
        await Undo(merged.Id);
        Assert.Equal((true, false), await Opens("red robin"));
        Assert.Equal((false, true), await Opens("grey goose"));

        Task<Outcome<PreviewPeople.Forecast>> Preview() => desk.Run<PreviewPeople, PreviewPeople.Input, PreviewPeople.Forecast>(new(old.Id, survivor.Id), Roles.Supervisor);

        async Task Agree(long person, string word)
        {
            await using var csr = desk.House.As(Roles.Supervisor);
            CustomerDesk.Ok(await csr.Get<Tieline.Customers.Callers.SetPassphrase>().Handle(new(person, await Version(csr, person), word), Ct));
        }

        async Task Undo(long merge) => CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merge, "Two people"), Roles.Supervisor));

        // Of the one and of the survivor; who was merged is not asked.
        async Task<(bool Old, bool Survivor)> Opens(string word)
        {
            await using var scope = desk.House.As(Roles.Csr);
            var opens = new List<bool>();
            foreach (var person in (long[])[old.Id, survivor.Id])
            {
                var merged = await scope.Db.Set<Person>().AnyAsync(p => p.Id == person && p.MergedIntoId != null, Ct);
                opens.Add(!merged && (await scope.Get<Tieline.Customers.Callers.HeldAnswers>().Of(person, Ct)).TryGetValue(Tieline.Customers.Callers.HeldValue.Passphrase, out var test) && test(word));
            }
            return (opens[0], opens[1]);
        }
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

    private static async Task<CustomerAccount> Account(CustomerDesk desk, long id) =>
        CustomerDesk.Ok(await desk.Run<GetAccount, GetAccount.Input, GetAccount.Found>(new(id))).Account;
}
