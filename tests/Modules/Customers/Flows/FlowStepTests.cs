using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Flows;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.People;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Flows;

/// <summary>What each flow does beyond moving and a death, and that it comes back.</summary>
public sealed class FlowStepTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task A_new_name_since_a_day_leaves_the_old_one_findable_and_comes_back_unless_it_was_changed_again(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person("Nadia", "Quillfeather");
        var id = (await desk.Begin(person.Id, FlowKind.NameChange)).Id;
        CustomerDesk.Ok(await desk.Take<SeeProof, SeeProof.Input>(new(id, 0, "marriage certificate")));
        async Task<Outcome<FlowStepSaved>> Name(string family, DateOnly? from = null) =>
            await desk.Take<TakeNewName, TakeNewName.Input>(new(id, (await desk.Step(id, FlowPlan.NewName)).Version, "Nadia", family, FromOn: from));
        Assert.Equal("date.far", CustomerDesk.Rule(await Name("Okafor", desk.Today.AddYears(1).AddDays(1))));
        Assert.Equal("name.same", CustomerDesk.Rule(await Name("Quillfeather")));
        CustomerDesk.Ok(await Name("Okafor", desk.Today.AddDays(-10)));
        var facts = await desk.Facts(person.Id, Roles.Supervisor);
        Assert.Equal([("Main", "Nadia Okafor", desk.Today.AddDays(-10), null), ("Former", "Nadia Quillfeather", null, desk.Today.AddDays(-11))], facts.Names.Select(n => (n.Kind, n.Name, n.FromOn, n.ToOn)));
        Assert.Contains("Nadia Okafor", await (await desk.House.SignedIn(Roles.Supervisor)).GetStringAsync("/search/panel?q=quillfeather", Ct), StringComparison.Ordinal);

        CustomerDesk.Ok(await desk.TakeBack(id, FlowPlan.NewName));
        Assert.Equal([("Main", "Nadia Quillfeather", null, null)], (await desk.Facts(person.Id, Roles.Supervisor)).Names.Select(n => (n.Kind, n.Name, n.FromOn, n.ToOn)));
        CustomerDesk.Ok(await Name("Okafor"));
        facts = await desk.Facts(person.Id, Roles.Supervisor);
        CustomerDesk.Ok(await desk.Do<ReplaceMainName, ReplaceMainName.Input>(new(person.Id, facts.Version, "Nadia", "Bell"), Roles.Supervisor));
        Assert.Equal(FlowDesk.ContradictedRule, CustomerDesk.Rule(await desk.TakeBack(id, FlowPlan.NewName)));
    }

    [Theory, BothDatabases]
    public async Task A_new_customer_is_looked_for_first_and_what_they_were_given_ends_when_it_was_a_mistake(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        await desk.Person("Nadia", "Quillfeather", phone: "541 726 4410");
        Task<Outcome<FlowBegun>> Begin(bool confirmed) => desk.Run<BeginNewCustomer, AddPerson.Input, FlowBegun>(
            new(PersonKind.Individual, "Nadia", "Quillfeather", Phones: [new("541 726 4410")], ConfirmedNew: confirmed), Roles.Supervisor);
        Assert.Equal(AddPerson.LikelyRule, CustomerDesk.Rule(await Begin(false)));
        Assert.Equal(0, await desk.Count("guided_flow"));
        var id = CustomerDesk.Ok(await Begin(true)).Id;
        var person = (await desk.Flow(id)).PersonId;
        Assert.Equal("required", CustomerDesk.Rule(await desk.Take<StartThere, StartThere.Input>(new(id, 0, [ServiceType.Water], desk.Today, Line: "4 Oak Ave, Eugene, OR 97401"))));
        CustomerDesk.Ok(await desk.Take<OpenNewAccount, OpenNewAccount.Input>(new(id, 0, CustomerClass.Residential, "C05")));
        CustomerDesk.Ok(await desk.Take<StartThere, StartThere.Input>(new(id, 0, [ServiceType.Water], desk.Today.AddDays(2), Line: "4 Oak Ave, Eugene, OR 97401")));
        CustomerDesk.Ok(await desk.Take<AskConsents, AskConsents.Input>(new(id, 0, [ConsentChannel.Email])));
        CustomerDesk.Ok(await desk.Take<AgreePassphrase, AgreePassphrase.Input>(new(id, 0, "blue heron")));
        Assert.Null((await desk.Step(id, FlowPlan.Passphrase)).Typed);
        Assert.Equal((1L, 8L), (await desk.Count("person", $"id = {person} and passphrase_hash is not null"), await desk.Count("consent", $"person_id = {person} and superseded_at is null")));

        // The account goes with what hangs on it, in the right order only.
        Assert.Equal(FlowDesk.ContradictedRule, CustomerDesk.Rule(await desk.TakeBack(id, FlowPlan.Account)));
        CustomerDesk.Ok(await desk.Undo(id));
        Assert.Equal((0L, 0L), (await desk.Count("person", $"id = {person} and passphrase_hash is not null"), await desk.Count("consent", $"person_id = {person} and superseded_at is null")));
        Assert.Equal((1L, 1L), (await desk.Count("account", "status = 'Closed'"), await desk.Count("service_agreement", "state = 'Cancelled'")));
    }

    [Theory, BothDatabases]
    public async Task A_carer_may_act_until_their_day_and_what_the_customer_depends_on_shows_at_the_premise(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (person, carer) = (await desk.Person(), await desk.Person("Carla", "Carer"));
        var (account, premise, elsewhere) = (await desk.Account(person.Id), await desk.Premise(), await desk.Premise("99 Far Rd, Springfield, OR 97477"));
        await desk.Agreement(account.Id, premise.Id);
        var id = (await desk.Begin(person.Id, FlowKind.Carer)).Id;
        Task<Outcome<FlowStepSaved>> Add(DateOnly? to) => desk.Take<AddCarer, AddCarer.Input>(new(id, 0, [AuthorisationScope.Changes], AuthorisationForm.Spoken, to, OtherPersonId: carer.Id));
        Assert.Equal("authorisation.ends_before_start", CustomerDesk.Rule(await Add(desk.Today.AddDays(-1))));
        CustomerDesk.Ok(await Add(desk.Today.AddDays(90)));
        Assert.Equal("premise.not_of_person", CustomerDesk.Rule(await desk.Take<NoteLoads, NoteLoads.Input>(new(id, 0, true, false, elsewhere.Id))));
        CustomerDesk.Ok(await desk.Take<NoteLoads, NoteLoads.Input>(new(id, 0, true, false, premise.Id)));
        var facts = await desk.Facts(person.Id, Roles.Supervisor);
        Assert.Equal(("Carer", "Changes", true), (Assert.Single(facts.Relationships).Kind, Assert.Single(facts.Authorisations).Scopes, facts.LifeSupport));
        Assert.Equal(1, await desk.Count("premise", $"id = {premise.Id} and life_support"));
        // That the customer was merged is no change of what was said.
        await Merging.MergeTests.Merge(desk, person.Id, (await desk.Person("Anna", "Ruis")).Id);
        CustomerDesk.Ok(await desk.Undo(id));
        facts = await desk.Facts(person.Id, Roles.Supervisor);
        Assert.Equal((0, 0, false), (facts.Relationships.Count, facts.Authorisations.Count, facts.LifeSupport));
        Assert.Equal(0, await desk.Count("premise", $"id = {premise.Id} and life_support"));
        // The same once more on the same day; the carer is restricted now, and no words about the customer name them.
        var version = (await desk.Facts(carer.Id, Roles.Supervisor)).Version;
        CustomerDesk.Ok(await desk.Do<Tieline.Customers.Sight.RestrictPerson, Tieline.Customers.Sight.RestrictPerson.Input>(new(carer.Id, version, PersonRestriction.Protected, "Order"), Roles.Supervisor));
        id = (await desk.Begin(person.Id, FlowKind.Carer)).Id;
        CustomerDesk.Ok(await Add(desk.Today.AddDays(90)));
        Assert.StartsWith("Restricted customer may act", (await desk.Step(id, FlowPlan.Carer)).Words, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Who_leaves_an_account_leaves_somebody_who_answers_for_it(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (nadia, ben) = (await desk.Person("Nadia", "Quill"), await desk.Person("Ben", "Quill"));
        var account = await desk.Account(nadia.Id);
        var entry = CustomerDesk.Ok(await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, account.Version, ben.Id, AccountRole.CoHolder))).Id;
        long main;
        await using (var scope = desk.House.As(Roles.Csr))
            main = await scope.Db.Set<AccountPerson>().Where(p => p.PersonId == nadia.Id).Select(p => p.Id).SingleAsync(Ct);
        var carer = CustomerDesk.Ok(await desk.Run<GiveAuthorisation, GiveAuthorisation.Input, Added>(new(nadia.Id, [AuthorisationScope.Everything], AuthorisationForm.Written, desk.Today.AddDays(30), OtherPersonId: ben.Id))).Id;
        var id = (await desk.Begin(nadia.Id, FlowKind.Separation)).Id;
        Task<Outcome<FlowStepSaved>> Leave(long? leaves, long? stays, DateOnly? day = null) => desk.Take<LeaveAccount, LeaveAccount.Input>(new(id, 0, leaves, stays, day));
        Assert.Equal("account.responsible.missing", CustomerDesk.Rule(await Leave(main, main)));
        Assert.Equal("date.future", CustomerDesk.Rule(await Leave(main, entry, desk.Today.AddDays(1))));
        CustomerDesk.Ok(await Leave(main, entry));
        Assert.Equal(1, await desk.Count("account_person", $"id = {entry} and role = 'Main' and financially_responsible"));
        // It is Ben who has to say so, whoever is on the phone.
        await using (var colleague = desk.House.As(Actors.Of(Roles.Csr, 77)))
        {
            var unsaid = Assert.Single((await colleague.Get<OpenNewAccount>().Handle(new(id, 0, CustomerClass.Residential, "C05", ForPersonId: ben.Id), Ct)).Problems);
            Assert.Equal((nameof(OpenNewAccount.Input.ForPersonId), true), (unsaid.Field, unsaid.Message.Contains("Ben Quill", StringComparison.Ordinal)));
        }
        CustomerDesk.Ok(await desk.Take<OpenNewAccount, OpenNewAccount.Input>(new(id, 0, CustomerClass.Residential, "C05", ForPersonId: ben.Id)));
        var there = await desk.Premise("9 Oak Ave, Springfield, OR 97477");
        var opened = (await desk.Flow(id)).Steps.Single(s => s.Code == FlowPlan.Account).OpenedAccount;
        CustomerDesk.Ok(await desk.Take<StartThere, StartThere.Input>(new(id, 0, [ServiceType.Gas], desk.Today, opened, there.Id)));
        Assert.Equal("authorisation.not_of_person", CustomerDesk.Rule(await desk.Take<LookAtAuthorisations, LookAtAuthorisations.Input>(new(id, 0, [1]))));
        CustomerDesk.Ok(await desk.Take<LookAtAuthorisations, LookAtAuthorisations.Input>(new(id, 0, [carer])));
        Assert.Empty((await desk.Facts(nadia.Id, Roles.Supervisor)).Authorisations);

        await Merging.MergeTests.Merge(desk, nadia.Id, (await desk.Person("Nadja", "Quill")).Id);
        CustomerDesk.Ok(await desk.Undo(id));
        Assert.Equal(1, await desk.Count("account_person", $"id = {main} and role = 'Main' and financially_responsible and to_on is null"));
        Assert.Equal(1, await desk.Count("account_person", $"id = {entry} and role = 'CoHolder' and not financially_responsible and to_on is null"));
        Assert.Equal(carer, Assert.Single((await desk.Facts(nadia.Id, Roles.Supervisor)).Authorisations).Id);
        Assert.Equal(1, await desk.Count("account", "status = 'Closed'"));
    }

    [Theory, BothDatabases]
    public async Task Who_is_restricted_after_a_flow_named_them_stands_in_its_words_and_in_the_story_no_more(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (nadia, ben, maria) = (await desk.Person("Nadia", "Quill"), await desk.Person("Ben", "Quill"), await desk.Person("Maria", "Ruiz"));
        var account = await desk.Account(nadia.Id);
        var stays = CustomerDesk.Ok(await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, account.Version, ben.Id, AccountRole.CoHolder))).Id;
        long leaves;
        await using (var scope = desk.House.As(Roles.Csr))
            leaves = await scope.Db.Set<AccountPerson>().Where(p => p.PersonId == nadia.Id).Select(p => p.Id).SingleAsync(Ct);
        var carer = (await desk.Begin(nadia.Id, FlowKind.Carer)).Id;
        CustomerDesk.Ok(await desk.Take<AddCarer, AddCarer.Input>(new(carer, 0, [AuthorisationScope.Changes], AuthorisationForm.Spoken, desk.Today.AddDays(90), OtherPersonId: maria.Id)));
        await desk.SkipRest(carer);
        CustomerDesk.Ok(await desk.Finish(carer));
        var separation = (await desk.Begin(nadia.Id, FlowKind.Separation)).Id;
        CustomerDesk.Ok(await desk.Take<LeaveAccount, LeaveAccount.Input>(new(separation, 0, leaves, stays)));
        CustomerDesk.Ok(await desk.Take<OpenNewAccount, OpenNewAccount.Input>(new(separation, 0, CustomerClass.Residential, "C05", ForPersonId: ben.Id)));
        foreach (var other in new[] { maria.Id, ben.Id })
            CustomerDesk.Ok(await desk.Do<Tieline.Customers.Sight.RestrictPerson, Tieline.Customers.Sight.RestrictPerson.Input>(new(other, (await desk.Facts(other, Roles.Supervisor)).Version, PersonRestriction.Protected, "Order"), Roles.Supervisor));

        var words = (await desk.Flow(carer, Roles.Csr)).Steps.Concat((await desk.Flow(separation, Roles.Csr)).Steps).Select(s => s.Words).OfType<string>().ToList();
        Assert.Contains(words, w => w.StartsWith("Restricted customer may act", StringComparison.Ordinal));
        Assert.Contains(words, w => w.StartsWith("Nadia Quill leaves account", StringComparison.Ordinal) && w.Contains("Restricted customer answers", StringComparison.Ordinal));
        Assert.Contains(words, w => w.EndsWith("for Restricted customer", StringComparison.Ordinal));
        await using var csr = desk.House.As(Roles.Csr);
        var told = (await csr.Get<ITimeline>().Read(new(PersonId: nadia.Id), null, 50, Ct)).Items;
        Assert.Contains(told, l => l.Body?.Contains("Restricted customer may act", StringComparison.Ordinal) == true);
        Assert.All(told.Select(l => $"{l.Title} {l.Body}").Concat(words), text => Assert.DoesNotMatch("Maria Ruiz|Ben Quill", text));
    }
}
