using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Consents;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Customers.Merging;

/// <summary>Two were not one after all: each has again what was theirs, and keeps what was said since.</summary>
public class UndoMergeTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

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
        var merged = await MergeTests.Merge(desk, old.Id, survivor.Id);
        var both = await desk.Facts(survivor.Id);
        Assert.True(both is { LifeSupport: true, Interpreter: true, BornOn.Year: 1980 });
        Assert.Equal(2, both.Emails.Count);
        Assert.Single(both.Phones);
        Assert.Empty(CustomerDesk.Ok(await desk.Run<GetConsents, GetConsents.Input, GetConsents.Found>(new(survivor.Id))).Conflicts);
        Assert.DoesNotContain(both.Relationships, r => r.OtherId == survivor.Id);
        // What was changed on an account of the one alone goes back as it is now.
        CustomerDesk.Ok(await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, (await MergeTests.Account(desk, account.Id)).Version, landlord.Id, AccountRole.Main, true)));
        CustomerDesk.Ok(await desk.Do<CloseAccount, CloseAccount.Input>(new(account.Id, (await MergeTests.Account(desk, account.Id)).Version)));

        var undone = await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "Mother and daughter"), Roles.Supervisor);
        Assert.True(undone.Ok, undone.ToString());
        Assert.Equal(one, Seen(await desk.Facts(old.Id)));
        Assert.Equal(other, Seen(await desk.Facts(survivor.Id)));
        Assert.Equal([(landlord.Id, "Main"), (old.Id, "CoHolder")], (await MergeTests.Account(desk, account.Id)).People.Select(p => (p.PersonId, p.Role)));
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
        var unseen = await MergeTests.Try(desk, old.Id, survivor.Id, seen: false);
        Assert.Equal(MergePeople.UnseenRule, CustomerDesk.Rule(unseen));
        var merged = CustomerDesk.Ok(await MergeTests.Try(desk, old.Id, survivor.Id));

        var entry = Assert.Single((await MergeTests.Account(desk, account.Id)).People);
        Assert.Equal((survivor.Id, "Main", true, null), (entry.PersonId, entry.Role, entry.FinanciallyResponsible, entry.ToOn));
        var version = (await MergeTests.Account(desk, account.Id)).Version;
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
        var merged = CustomerDesk.Ok(await MergeTests.Try(desk, old.Id, survivor.Id));
        // A third entry becomes one with theirs: that goes apart first.
        var again = CustomerDesk.Ok(await MergeTests.Try(desk, third.Id, survivor.Id));
        Assert.Equal(UndoMerge.ContradictedRule, CustomerDesk.Rule(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "No"), Roles.Supervisor)));
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(again.Id, "No"), Roles.Supervisor));
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "No"), Roles.Supervisor));
        Assert.Equal(
            [(old.Id, "Main", true), (survivor.Id, "Occupant", false), (third.Id, "Payer", false)], (await MergeTests.Account(desk, account.Id)).People.Select(p => (p.PersonId, p.Role, p.FinanciallyResponsible)));
    }

    [Theory, BothDatabases]
    public async Task Who_was_merged_into_the_one_follows_and_the_first_merge_waits_for_the_second_to_be_undone(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (first, second, third) = (await desk.Person("Ann", "Ruis"), await desk.Person("Anna", "Ruiz"), await desk.Person());
        var account = await desk.Account(first.Id);
        var one = await MergeTests.Merge(desk, first.Id, second.Id);
        var two = await MergeTests.Merge(desk, second.Id, third.Id);
        Assert.Equal(third.Id, (await desk.Facts(first.Id)).Id);
        Assert.Equal(2, (await desk.Facts(third.Id)).Merged.Count);
        Assert.Equal(UndoMerge.ContradictedRule, CustomerDesk.Rule(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(one.Id, "No"), Roles.Supervisor)));
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(two.Id, "No"), Roles.Supervisor));
        Assert.Equal(second.Id, (await desk.Facts(first.Id)).Id);
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(one.Id, "No"), Roles.Supervisor));
        Assert.Equal(("Ann Ruis", "Anna Ruiz"), ((await desk.Facts(first.Id)).Name, (await desk.Facts(second.Id)).Name));
        Assert.Equal((first.Id, "Main"), Assert.Single((await MergeTests.Account(desk, account.Id)).People) is var entry ? (entry.PersonId, entry.Role) : default);
    }

    [Theory, BothDatabases]
    public async Task Who_was_restricted_while_they_were_one_stays_closed_on_both_records(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor, carer) = (await desk.Person("Anna", "Ruis", "541 555 0142"), await desk.Person("Ana", "Ruiz", "541 555 0143"), await desk.Person("Bo", "Quist"));
        var account = await desk.Account(old.Id);
        await desk.Agreement(account.Id, (await desk.Premise()).Id);
        CustomerDesk.Ok(await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(new(carer.Id, RelationshipKind.Carer, old.Id)));
        var merged = await MergeTests.Merge(desk, old.Id, survivor.Id);
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
            CustomerDesk.Ok(await supervisor.Get<Tieline.Customers.Sight.RestrictPerson>().Handle(new(survivor.Id, await MergeTests.Version(supervisor, survivor.Id), restriction, reason), Ct));
        }
    }

    [Theory, BothDatabases]
    public async Task Life_support_that_was_said_of_the_survivor_since_or_by_another_merge_stays(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, third, survivor) = (await desk.Person("Anna", "Ruis"), await desk.Person("Anne", "Ruyz"), await desk.Person());
        foreach (var person in (AddPerson.Added[])[old, third])
            await LifeSupport(person.Id, true);
        var (first, second) = (await MergeTests.Merge(desk, old.Id, survivor.Id), await MergeTests.Merge(desk, third.Id, survivor.Id));
        await Undo(first.Id);
        Assert.True((await desk.Facts(survivor.Id)).LifeSupport);
        await Undo(second.Id);
        Assert.True((await desk.Facts(third.Id)).LifeSupport);

        await LifeSupport(survivor.Id, false);
        var again = await MergeTests.Merge(desk, old.Id, survivor.Id);
        await LifeSupport(survivor.Id, false);
        await LifeSupport(survivor.Id, true);
        await Undo(again.Id);
        Assert.True((await desk.Facts(survivor.Id)).LifeSupport);

        await LifeSupport(survivor.Id, false);
        await Undo((await MergeTests.Merge(desk, old.Id, survivor.Id)).Id);
        Assert.False((await desk.Facts(survivor.Id)).LifeSupport);
        await using var scope = desk.House.As(Roles.Csr);
        Assert.Single((await scope.Get<ITimeline>().Read(new(PersonId: survivor.Id), null, 20, Ct)).Items, l => l.Title.EndsWith("life support is on record there alone from now on", StringComparison.Ordinal));

        async Task LifeSupport(long person, bool yes)
        {
            await using var csr = desk.House.As(Roles.Supervisor);
            CustomerDesk.Ok(await csr.Get<ChangePerson>().Handle(new(person, await MergeTests.Version(csr, person), null, "en", false, false, false, false, null, yes, false), Ct));
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
        var merged = await MergeTests.Merge(desk, old.Id, survivor.Id);
        Assert.Equal((false, true), await Opens("blue heron"));
        await Undo(merged.Id);
        Assert.Equal((true, false), await Opens("blue heron"));

        // Withdrawn while they were one: it opens neither of them.
        merged = await MergeTests.Merge(desk, old.Id, survivor.Id);
        await Agree(survivor.Id, "grey goose");
        await Undo(merged.Id);
        Assert.Equal((false, false), await Opens("blue heron"));
        Assert.Equal((false, true), await Opens("grey goose"));

        await Agree(old.Id, "red robin");
        Assert.Contains(CustomerDesk.Ok(await Preview()).Conflicts, c => c.Text == "Both have a passphrase: the survivor's stays.");
        Assert.Equal(MergePeople.UnseenRule, CustomerDesk.Rule(await MergeTests.Try(desk, old.Id, survivor.Id, seen: false)));
        merged = await MergeTests.Merge(desk, old.Id, survivor.Id);
        Assert.Equal((false, true), await Opens("grey goose"));
        await Undo(merged.Id);
        Assert.Equal((true, false), await Opens("red robin"));
        Assert.Equal((false, true), await Opens("grey goose"));

        Task<Outcome<PreviewPeople.Forecast>> Preview() => desk.Run<PreviewPeople, PreviewPeople.Input, PreviewPeople.Forecast>(new(old.Id, survivor.Id), Roles.Supervisor);

        async Task Agree(long person, string word)
        {
            await using var csr = desk.House.As(Roles.Supervisor);
            CustomerDesk.Ok(await csr.Get<Tieline.Customers.Callers.SetPassphrase>().Handle(new(person, await MergeTests.Version(csr, person), word), Ct));
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
}
