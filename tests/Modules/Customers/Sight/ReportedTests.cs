using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Flows;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.Import;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Customers.Merging;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>What an employee does to a restricted record as a whole is reported as any other change of it: one act, one To Do.</summary>
public class ReportedTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task Restricting_lifting_merging_separating_and_flows_make_the_supervisors_work(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor, open) = (await desk.Person("Anna", "Ruis"), await desk.Person(), await desk.Person("Bo", "Quist"));
        await Restrict(desk, old.Id, PersonRestriction.Vip);
        await Told(desk, "restricted", (old.Id, 1));
        await Restrict(desk, survivor.Id, PersonRestriction.Vip);
        var merged = await MergeTests.Merge(desk, old.Id, survivor.Id);
        // What was about the one is the survivor's meanwhile: two who were restricted, and one merge.
        await Told(desk, "merged", (survivor.Id, 3));
        var begun = CustomerDesk.Ok(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(survivor.Id, "Her daughter"), Roles.Supervisor));
        await Told(desk, "death told", (survivor.Id, 4));
        Assert.True(CustomerDesk.Ok(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(survivor.Id, "Her son"), Roles.Supervisor)).Resumed);
        await Told(desk, "told again, and nothing changed", (survivor.Id, 4));
        await using (var scope = desk.House.As(Roles.Supervisor))
        {
            var version = await scope.Db.Set<GuidedFlow>().Where(f => f.Id == begun.Id).Select(f => f.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<UndoFlow>().Handle(new(begun.Id, version, "Not she"), Ct));
        }
        await Told(desk, "death undone", (survivor.Id, 5));
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "Two"), Roles.Supervisor));
        await Told(desk, "separated", (survivor.Id, 5), (old.Id, 1));
        await Restrict(desk, survivor.Id, PersonRestriction.None);
        await Told(desk, "lifted", (survivor.Id, 6), (old.Id, 1));
        CustomerDesk.Ok(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(open.Id, "A friend"), Roles.Supervisor));
        await Restrict(desk, open.Id, PersonRestriction.None);
        await Told(desk, "what is open", (survivor.Id, 6), (old.Id, 1));
    }

    [Theory, BothDatabases]
    public async Task Who_is_only_the_other_one_of_a_change_is_reported_with_it_once(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (ana, mayor, judge) = (await desk.Person(), await desk.Person("Anna", "Ruis"), await desk.Person("Bo", "Quist"));
        await Restrict(desk, mayor.Id, PersonRestriction.Vip);
        await Restrict(desk, judge.Id, PersonRestriction.Vip);
        var account = await desk.Account(ana.Id);

        var joined = await Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, account.Version, mayor.Id, AccountRole.CoHolder));
        await Told(desk, "joined", (mayor.Id, 2), (judge.Id, 1));
        await Run<ChangePersonOnAccount, ChangePersonOnAccount.Input, Done>(new(account.Id, joined.Id, account.Version + 1, AccountRole.Payer, false));
        await Run<ChangeAccount, ChangeAccount.Input, Done>(new(account.Id, account.Version + 2, CustomerClass.Residential, "C09"));
        await Run<EndPersonOnAccount, EndPersonOnAccount.Input, Done>(new(account.Id, joined.Id, account.Version + 3));
        await Told(desk, "another role, another cycle, left", (mayor.Id, 5), (judge.Id, 1));
        await Run<ChangeAccount, ChangeAccount.Input, Done>(new(account.Id, account.Version + 4, CustomerClass.Residential, "C05"));
        await Told(desk, "whose account it was", (mayor.Id, 5), (judge.Id, 1));

        var landlord = await Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(new(ana.Id, RelationshipKind.Landlord, mayor.Id));
        await Run<EndRelationship, EndRelationship.Input, Done>(new(ana.Id, landlord.Id, 0, desk.Today));
        await Told(desk, "landlord for a day", (mayor.Id, 7), (judge.Id, 1));
        var given = await Run<GiveAuthorisation, GiveAuthorisation.Input, Added>(new(ana.Id, [AuthorisationScope.Information], AuthorisationForm.Written, desk.Today.AddYears(1), OtherPersonId: mayor.Id));
        await Run<ChangeAuthorisation, ChangeAuthorisation.Input, Done>(new(ana.Id, given.Id, 1, [AuthorisationScope.Changes], desk.Today.AddYears(1)));
        await Run<RevokeAuthorisation, RevokeAuthorisation.Input, Done>(new(ana.Id, given.Id, 2, "By mistake"));
        await Told(desk, "let act, and not any more", (mayor.Id, 10), (judge.Id, 1));

        // A step that says two things of them, and one act in which both are restricted.
        var begun = await Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(ana.Id, "Her daughter"));
        await Run<NameExecutor, NameExecutor.Input, FlowStepSaved>(new(begun.Id, 0, mayor.Id, PapersSeen: true));
        await Told(desk, "executor", (mayor.Id, 11), (judge.Id, 1));
        await Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(new(judge.Id, RelationshipKind.Carer, mayor.Id));
        await Told(desk, "both of them", (mayor.Id, 11), (judge.Id, 2));

        // Brought in by a file that an employee sends, each of them; what was there already is no change.
        foreach (var (person, key) in new[] { (mayor.Id, "P1"), (judge.Id, "P2") })
            await FromCis(person, key);
        var brings = new Actor(ActorKind.Employee, 1, "Test supervisor", new HashSet<string>(Actors.PermissionsOf(Roles.Supervisor), StringComparer.Ordinal) { CustomersPermissions.Import });
        for (var again = 0; again < 2; again++)
        {
            await using (var scope = desk.House.As(brings))
                CustomerDesk.Ok(await scope.Get<ImportCustomerRows>().Handle(new("CIS", [.. new[] { "P1", "P2", "P3" }.Select((key, i) => new ImportRow(
                i + 2, new Dictionary<string, string> { ["person_id"] = key, ["full_name"] = $"Somebody {key}", ["account_id"] = $"A{key}" }))]), Ct));
            await Told(desk, "brought in", (mayor.Id, 12), (judge.Id, 3));
        }

        async Task<TResult> Run<TUse, TInput, TResult>(TInput input) where TUse : class, IUse<TInput, TResult> => CustomerDesk.Ok(await desk.Run<TUse, TInput, TResult>(input, Roles.Supervisor));

        async Task FromCis(long person, string key)
        {
            await using var scope = desk.House.As(Roles.Supervisor);
            await scope.Db.Set<Person>().Where(p => p.Id == person).ExecuteUpdateAsync(p => p.SetProperty(x => x.Source, "CIS").SetProperty(x => x.ExternalKey, key), Ct);
        }
    }

    private static async Task Restrict(CustomerDesk desk, long person, PersonRestriction restriction)
    {
        await using var scope = desk.House.As(Roles.Supervisor);
        CustomerDesk.Ok(await scope.Get<RestrictPerson>().Handle(new(person, await MergeTests.Version(scope, person), restriction, "The mayor"), Ct));
    }

    private static async Task Told(CustomerDesk desk, string after, params (long Person, int Count)[] expected)
    {
        await desk.House.RunJobs();
        await using var scope = desk.House.As(Roles.Supervisor);
        var told = await scope.Db.Set<ToDo>().Where(t => t.TypeCode == "RESTRICTED" && t.Subject == "Test supervisor changed a restricted record").Select(t => t.PersonId!.Value).ToListAsync(Ct);
        Assert.Equal((after, string.Join(' ', expected.OrderBy(e => e.Person))), (after, string.Join(' ', told.GroupBy(t => t).Select(g => (g.Key, g.Count())).OrderBy(t => t.Key))));
    }
}
