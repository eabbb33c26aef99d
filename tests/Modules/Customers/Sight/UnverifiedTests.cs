using Microsoft.EntityFrameworkCore;
using Tieline.Billing.Standing;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.Consents;
using Tieline.Customers.Flows;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.Tests.Modules.Customers.Flows;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>
/// What an employee changes who does not know who is calling: nothing, but for what is named here with its reason. A use that is new in the room
/// stands in one of the two lists, or the first test fails.
/// </summary>
public class UnverifiedTests
{
    /// <summary>No change of what is a customer's: what it is instead.</summary>
    private static readonly Dictionary<string, string[]> Open = new()
    {
        ["reads"] =
        [
            "ReportLooks", "FindCustomers", "CountCustomers", "ListAlerts", "GetAlert", "ReadAlerts", "GetAuthorisations", "ListAuthorisations", "ListFlows", "GetFlow", "ListCustomerFiles", "LookAtCustomerFile",
            "GetPersonAccounts", "GetPerson", "FindLikelyPeople", "ListPeople", "RevealIdentifier", "GetPremise", "FindLikelyPremises", "ListDuplicates", "GetDuplicate", "ReadTimeline", "ListMerges", "PreviewPeople",
            "PreviewPremises", "GetAgreement", "GetAccount", "FindAccount", "GetConsents", "GetRestriction", "ListRestricted", "ListGlassBreaks", "GetWarning", "ListWarnings", "GetCaller", "GetCallerQuestions",
            "ListQuestions", "GetQuestion",
        ],
        ["a right that those who answer calls do not have"] =
        [
            "AddAlert", "ChangeAlert", "MoveAlert", "BringCustomerFile", "RemoveCustomerFile", "CarryCustomerFile", "ImportCustomerRows", "SayNotTheSame", "UndoMerge", "MergePremises", "MergePeople", "RestrictPerson",
            "AddQuestion", "ChangeQuestion", "LetTryAgain",
        ],
        ["the way to verify, or to a reason"] = ["VerifyCaller", "EndCaller", "BreakGlass"],
        ["somebody who was not on record, typed in just now"] = ["AddPerson", "AskingAddPerson", "BeginNewCustomer", "AskingNewCustomer"],
        ["a place, not a person"] = ["AddPremise", "AskingPremise`2", "ChangePremise", "FlagPremise"],
        ["words of an employee"] = ["AddNote", "AddWarning", "ReviewWarning"],
        ["protects: somebody may do less"] = ["RevokeAuthorisation"],
        ["the list itself, not the record"] = ["BeginFlow", "SkipFlowStep", "FinishFlow", "SeeProof", "SayWhatIsNext", "AskingStart"],
        ["a death is told by whoever knows of it; its executor's papers are seen; a mistake is taken back"] = ["BeginDeath", "NameExecutor", "UndoFlow"],
    };

    [Theory, BothDatabases]
    public async Task Who_has_not_verified_the_caller_changes_nothing_of_the_customers(TestDatabase on)
    {
        await using var story = await Story.Of(on);
        var tried = new HashSet<string>();
        async Task Try<TUse, TInput, TResult>(TInput input) where TUse : class, IUse<TInput, TResult>
        {
            tried.Add(typeof(TUse).Name);
            await using var scope = story.As();
            var answer = await scope.Get<TUse>().Handle(input, Ct);
            Assert.True(answer.Problems is [{ Rule: RecordsInSight.NotVerifiedRule, Field: null }], $"{typeof(TUse).Name}: {(answer.Ok ? "was done" : string.Join(", ", answer.Problems.Select(p => p.Rule)))}");
        }
        var s = story;
        await Try<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(s.Account, 0, s.Bob, AccountRole.CoHolder));
        await Try<ChangePersonOnAccount, ChangePersonOnAccount.Input, Done>(new(s.Account, s.BeasEntry, 0, AccountRole.Main, true));
        await Try<EndPersonOnAccount, EndPersonOnAccount.Input, Done>(new(s.Account, s.BeasEntry, 0));
        await Try<OpenAccount, OpenAccount.Input, OpenAccount.Opened>(new(s.Ana, CustomerClass.Residential, "C05"));
        await Try<ChangeAccount, ChangeAccount.Input, Done>(new(s.Account, 0, CustomerClass.Commercial, "C06"));
        await Try<CloseAccount, CloseAccount.Input, Done>(new(s.Account, 0));
        await Try<ReopenAccount, ReopenAccount.Input, Done>(new(s.Account, 0));
        await Try<StartAgreement, StartAgreement.Input, StartAgreement.Started>(new(s.Account, s.Premise, ServiceType.Gas, s.Desk.Today));
        await Try<MoveAgreement, MoveAgreement.Input, Done>(new(s.Agreement, 0, AgreementState.Cancelled));
        await Try<GiveAuthorisation, GiveAuthorisation.Input, Added>(new(s.Ana, [AuthorisationScope.Everything], AuthorisationForm.Spoken, s.Desk.Today.AddDays(9), OtherPersonId: s.Bob));
        await Try<ChangeAuthorisation, ChangeAuthorisation.Input, Done>(new(s.Ana, s.Authorisation, 1, [AuthorisationScope.Everything], s.Desk.Today.AddDays(900)));
        await Try<RecordConsents, RecordConsents.Input, Done>(new(s.Ana, [new(ConsentPurpose.Marketing, ConsentChannel.Call, ConsentAnswer.Refused), new(ConsentPurpose.Surveys, ConsentChannel.Call, ConsentAnswer.Given)], ConsentSource.Call));
        await Try<RemoveNote, RemoveNote.Input, Done>(new(s.Note, 0));
        await Try<AddRelationship, AddRelationship.Input, AddRelationship.Added>(new(s.Ana, RelationshipKind.Guardian, s.Bob));
        await Try<EndRelationship, EndRelationship.Input, Done>(new(s.Ana, s.Carer, 0, s.Desk.Today));
        await Try<SetPassphrase, SetPassphrase.Input, Done>(new(s.Ana, 0, "blue heron"));
        await Try<ReplaceMainName, ReplaceMainName.Input, Done>(new(s.Ana, 0, "Bob", "Ruiz"));
        await Try<AddName, AddName.Input, Done>(new(s.Ana, 0, NameKind.Alternate, "Bob", "Ruiz"));
        await Try<EndName, EndName.Input, Done>(new(s.Ana, 1, 0, s.Desk.Today));
        await Try<AddPhone, AddPhone.Input, Done>(new(s.Ana, 0, "541 726 4499"));
        await Try<RemovePhone, RemovePhone.Input, Done>(new(s.Ana, 1, 0));
        await Try<MakePhonePrimary, MakePhonePrimary.Input, Done>(new(s.Ana, 1, 0));
        await Try<AddEmail, AddEmail.Input, Done>(new(s.Ana, 0, "bob@example.com"));
        await Try<WithdrawName, WithdrawName.Input, Done>(new(s.Ana, 1, 0));
        await Try<RemoveEmail, RemoveEmail.Input, Done>(new(s.Ana, 1, 0));
        await Try<MakeEmailPrimary, MakeEmailPrimary.Input, Done>(new(s.Ana, 1, 0));
        await Try<AddAddress, AddAddress.Input, Done>(new(s.Ana, 0, AddressKind.Mailing, "4 Oak Ave"));
        await Try<EndAddress, EndAddress.Input, Done>(new(s.Ana, 1, 0, s.Desk.Today));
        await Try<AddIdentifier, AddIdentifier.Input, Done>(new(s.Ana, 0, IdentifierKind.NationalId, "AB12CD34"));
        await Try<RemoveIdentifier, RemoveIdentifier.Input, Done>(new(s.Ana, 1, 0));
        await Try<ChangePerson, ChangePerson.Input, Done>(new(s.Ana, 0, null, "en", false, false, false, false, null, false, false));

        async Task Step<TStep, TInput>(FlowKind kind, string code, Func<long, int, TInput> input) where TStep : FlowStep<TInput> where TInput : class, IFlowStepInput
        {
            var flow = kind == FlowKind.Death ? await s.Desk.Death(s.Ana) : (await s.Desk.Begin(s.Ana, kind)).Id;
            await Try<TStep, TInput, FlowStepSaved>(input(flow, (await s.Desk.Step(flow, code)).Version));
        }
        await Step<StopHere, StopHere.Input>(FlowKind.Moving, FlowPlan.Stop, (f, v) => new(f, v, [s.Agreement], s.Desk.Today));
        await Step<StartThere, StartThere.Input>(FlowKind.Moving, FlowPlan.Start, (f, v) => new(f, v, [ServiceType.Gas], s.Desk.Today, s.Account, s.Premise));
        await Step<SendMailElsewhere, SendMailElsewhere.Input>(FlowKind.Moving, FlowPlan.Mail, (f, v) => new(f, v, "4 Oak Ave, Eugene", s.Desk.Today));
        await Step<LeaveAccount, LeaveAccount.Input>(FlowKind.Separation, FlowPlan.Leave, (f, v) => new(f, v, s.AnasEntry, s.BeasEntry));
        await Step<OpenNewAccount, OpenNewAccount.Input>(FlowKind.Separation, FlowPlan.Account, (f, v) => new(f, v, CustomerClass.Residential, "C05"));
        await Step<LookAtAuthorisations, LookAtAuthorisations.Input>(FlowKind.Separation, FlowPlan.Others, (f, v) => new(f, v, Relationships: [s.Carer]));
        await Step<TakeNewName, TakeNewName.Input>(FlowKind.NameChange, FlowPlan.NewName, (f, v) => new(f, v, "Ana", "Bell"));
        await Step<AddSeason, AddSeason.Input>(FlowKind.SeasonalAddress, FlowPlan.Season, (f, v) => new(f, v, "4 Oak Ave, Eugene", s.Desk.Today, s.Desk.Today.AddDays(30)));
        await Step<ReachThere, ReachThere.Input>(FlowKind.SeasonalAddress, FlowPlan.Reach, (f, v) => new(f, v, "541 726 4499"));
        await Step<AddCarer, AddCarer.Input>(FlowKind.Carer, FlowPlan.Carer, (f, v) => new(f, v, [AuthorisationScope.Information], AuthorisationForm.Spoken, s.Desk.Today.AddDays(9), Name: "Bob"));
        await Step<NoteLoads, NoteLoads.Input>(FlowKind.Carer, FlowPlan.Loads, (f, v) => new(f, v, false, false));
        await Try<AskConsents, AskConsents.Input, FlowStepSaved>(new(s.NewFlow, (await s.Desk.Step(s.NewFlow, FlowPlan.Consent)).Version, Marketing: [ConsentChannel.Call]));
        await Try<AgreePassphrase, AgreePassphrase.Input, FlowStepSaved>(new(s.NewFlow, (await s.Desk.Step(s.NewFlow, FlowPlan.Passphrase)).Version, "blue heron"));
        // What a verified colleague did is not taken back by who verified nobody: carers come back, answers count again.
        var separation = (await s.Desk.Begin(s.Ana, FlowKind.Separation)).Id;
        CustomerDesk.Ok(await s.Desk.Take<LookAtAuthorisations, LookAtAuthorisations.Input>(new(separation, (await s.Desk.Step(separation, FlowPlan.Others)).Version, [s.Authorisation])));
        await Try<TakeBackFlowStep, TakeBackFlowStep.Input, FlowStepSaved>(new(separation, FlowPlan.Others, (await s.Desk.Step(separation, FlowPlan.Others)).Version));

        Assert.Empty(tried.Intersect(Open.Values.SelectMany(u => u)));
        var uses = typeof(CustomersModule).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IUse<,>))).Select(t => t.Name);
        Assert.Equal([], uses.Except(tried).Except(Open.Values.SelectMany(u => u)).Order(StringComparer.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task Words_about_a_shared_account_tell_nothing_of_whoever_else_is_on_it(TestDatabase on)
    {
        await using var s = await Story.Of(on);
        await using (var scope = s.Desk.House.As(Roles.Supervisor))
        {
            var version = await scope.Db.Set<Person>().Where(p => p.Id == s.Bea).Select(p => p.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<AddAddress>().Handle(new(s.Bea, version, AddressKind.Mailing, "Box QX77, Eugene, OR 97401"), Ct));
            CustomerDesk.Ok(await scope.Get<AddNote>().Handle(new(null, s.Account, null, "Bills go to Box QX77"), Ct));
            Assert.Contains("QX77", Assert.Single((await scope.Get<ICustomers>().AccountsOf(s.Ana, Ct)).Notes).Body, StringComparison.Ordinal);
        }
        await using var csr = s.As();
        var customers = csr.Get<ICustomers>();
        Assert.Equal("Bills go to ••••", Assert.Single((await customers.AccountsOf(s.Ana, Ct)).Notes).Body);
        Assert.Equal("to ••••", (await customers.Masking([(null, s.Account)], Ct)).Of(null, s.Account).Text("to Box QX77"));
        // Of Ana's own record nobody asked for Bea.
        Assert.Equal("to Box QX77", (await customers.Masking([(s.Ana, null)], Ct)).Of(s.Ana).Text("to Box QX77"));

        // Ana is verified, and Bea is restricted beside her: closed by name and in words, and all that is Ana's is open.
        await using (var scope = s.Desk.House.As(Roles.Supervisor))
        {
            var version = await scope.Db.Set<Person>().Where(p => p.Id == s.Bea).Select(p => p.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<RestrictPerson>().Handle(new(s.Bea, version, PersonRestriction.Protected, "An order"), Ct));
            CustomerDesk.Ok(await scope.Get<AddNote>().Handle(new(null, s.Account, null, "Ana pays, not Mrs Bell"), Ct));
        }
        await using (var scope = s.As())
        {
            var phone = await scope.Db.Set<PersonPhone>().Where(p => p.PersonId == s.Ana).Select(p => p.Id).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<VerifyCaller>().Handle(new(s.Ana, CallerCapacity.Customer, CallBackPhoneId: phone, CallBackConfirmed: true), Ct));
        }
        var desk = await s.Desk.House.SignedIn(Roles.Csr, Story.Csr);
        foreach (var (path, open) in (ValueTuple<string, string>[])[($"/accounts/{s.Account}", "Ana pays, not Mrs"), ($"/customers/{s.Ana}", "726-4410"),
            ($"/api/v1/accounts/{s.Account}", "Ana pays, not Mrs"), ($"/api/v1/timeline?accountId={s.Account}", "\"items\"")])
        {
            var text = System.Net.WebUtility.HtmlDecode(await desk.GetStringAsync(path, Ct));
            Assert.True(text.Contains(open, StringComparison.Ordinal), path);
            Assert.False(text.Contains("QX77", StringComparison.Ordinal) || text.Contains("Bell", StringComparison.Ordinal), path);
        }
    }

    [Theory, BothDatabases]
    public async Task What_protects_the_customer_is_done_for_whoever_is_calling(TestDatabase on)
    {
        await using var s = await Story.Of(on);
        await using (var scope = s.As())
        {
            CustomerDesk.Ok(await scope.Get<RecordConsents>().Handle(new(s.Ana, [new(ConsentPurpose.Marketing, ConsentChannel.Text, ConsentAnswer.Refused)], ConsentSource.Call), Ct));
            CustomerDesk.Ok(await scope.Get<RevokeAuthorisation>().Handle(new(s.Ana, s.Authorisation, 1, "Says that they do not want it any more"), Ct));
        }
        var bob = await s.Desk.House.SignedIn(Roles.Csr, Story.Csr);
        Assert.Contains("Stop marketing and surveys", await bob.GetStringAsync($"/customers/{s.Ana}/consents"), StringComparison.Ordinal);
        foreach (var page in (string[])[$"/accounts/{s.Account}/people/new", $"/accounts/{s.Account}/close", $"/agreements/{s.Agreement}/move"])
        {
            var form = await bob.GetStringAsync(page);
            Assert.Contains($"/customers/{s.Ana}/caller/verify", form, StringComparison.Ordinal);
            Assert.DoesNotContain("data-submit", form, StringComparison.Ordinal);
        }
    }

    [Theory, BothDatabases]
    public async Task Nobody_who_was_put_on_record_in_a_call_shows_by_it_who_they_are(TestDatabase on)
    {
        await using var s = await Story.Of(on);
        long added;
        // By somebody who sees everyone: the caller has shown nothing.
        await using (var scope = s.Desk.House.As(Actors.Of(Roles.Supervisor, 9)))
        {
            await scope.Get<Tieline.Contacts.Interactions.StartInteraction>().Handle(new(PersonId: s.Ana), Ct);
            var version = await scope.Db.Set<Account>().Where(a => a.Id == s.Account).Select(a => a.Version).SingleAsync(Ct);
            added = CustomerDesk.Ok(await scope.Get<AddPersonToAccount>().Handle(new(s.Account, version, s.Bob, AccountRole.CoHolder), Ct)).Id;
            var given = new VerifyCaller.Input(s.Ana, CallerCapacity.PersonOnAccount, s.Bob, Answers: Story.BobKnows);
            Assert.Equal(VerifyCaller.NewRule, CustomerDesk.Rule(await scope.Get<VerifyCaller>().Handle(given, Ct)));
            // Who was on it before is asked as ever.
            Assert.Equal("caller.incomplete", CustomerDesk.Rule(await scope.Get<VerifyCaller>().Handle(given with { SpeakerId = s.Bea }, Ct)));
        }
        s.Desk.House.Clock.Advance(TimeSpan.FromMinutes(1));
        await using (var next = s.As())
        {
            await next.Get<Tieline.Contacts.Interactions.StartInteraction>().Handle(new(PersonId: s.Ana), Ct);
            CustomerDesk.Ok(await next.Get<VerifyCaller>().Handle(new(s.Ana, CallerCapacity.PersonOnAccount, s.Bob, Answers: Story.BobKnows), Ct));
        }
        Assert.NotEqual(0, added);
    }

    [Theory, BothDatabases]
    public async Task Who_speaks_for_a_customer_opens_what_is_theirs_and_no_more(TestDatabase on)
    {
        await using var s = await Story.Of(on);
        var other = (await s.Desk.Account(s.Ana)).Id;
        await using (var scope = s.Desk.House.As(Roles.Supervisor))
        {
            var version = await scope.Db.Set<Account>().Where(a => a.Id == s.Account).Select(a => a.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<AddPersonToAccount>().Handle(new(s.Account, version, s.Bob, AccountRole.CoHolder), Ct));
            foreach (var kind in (RelationshipKind[])[RelationshipKind.Landlord, RelationshipKind.Guardian])
                CustomerDesk.Ok(await scope.Get<AddRelationship>().Handle(new(s.Ana, kind, s.Bob), Ct));
        }
        s.Desk.House.Clock.Advance(TimeSpan.FromMinutes(31));
        async Task<string> Change(long account)
        {
            await using var scope = s.As();
            var version = await scope.Db.Set<Account>().Where(a => a.Id == account).Select(a => a.Version).SingleAsync(Ct);
            var answer = await scope.Get<ChangeAccount>().Handle(new(account, version, CustomerClass.Residential, "C09"), Ct);
            return answer.Ok ? "done" : CustomerDesk.Rule(answer);
        }
        async Task<Outcome<Done>> Begin()
        {
            await using var scope = s.As();
            var version = await scope.Db.Set<ServiceAgreement>().Where(a => a.Id == s.Agreement).Select(a => a.Version).SingleAsync(Ct);
            return await scope.Get<MoveAgreement>().Handle(new(s.Agreement, version, AgreementState.Active, s.Desk.Today), Ct);
        }
        async Task Speaks(CallerCapacity capacity, SightLevel shared)
        {
            await using (var scope = s.As())
                CustomerDesk.Ok(await scope.Get<VerifyCaller>().Handle(new(s.Ana, capacity, s.Bob, Answers: Story.BobKnows), Ct));
            await using var csr = s.As();
            var customers = csr.Get<ICustomers>();
            Assert.Equal(SightLevel.Masked, (await customers.Sight([s.Ana], Ct))[s.Ana]);
            var seen = (await customers.AccountsOf(s.Ana, Ct)).Accounts.ToDictionary(a => a.Id, a => a.Sight);
            Assert.Equal((shared, SightLevel.Masked), (seen[s.Account], seen[other]));
            Assert.Equal(KnownCallers.OutsideRule, CustomerDesk.Rule(await csr.Get<AddPhone>().Handle(new(s.Ana, 0, "541 726 4400"), Ct)));
            Assert.DoesNotContain("726", string.Join(' ', (await customers.FactsOf(s.Ana, Ct))!.Phones.Select(p => p.Number)), StringComparison.Ordinal);
        }
        await Speaks(CallerCapacity.AuthorisedThirdParty, SightLevel.Masked);
        var refused = Assert.Single((await Begin()).Problems);
        Assert.Equal(KnownCallers.OutsideRule, refused.Rule);
        Assert.Contains("until an authorisation is given", refused.Message, StringComparison.Ordinal);
        await Speaks(CallerCapacity.PersonOnAccount, SightLevel.Full);
        Assert.Equal(("done", KnownCallers.OutsideRule), (await Change(s.Account), await Change(other)));
        await Speaks(CallerCapacity.Landlord, SightLevel.Masked);
        Assert.Equal(KnownCallers.OutsideRule, await Change(s.Account));
        Assert.Contains("data-submit", await (await s.Desk.House.SignedIn(Roles.Csr, Story.Csr)).GetStringAsync($"/agreements/{s.Agreement}/move", Ct), StringComparison.Ordinal);
        CustomerDesk.Ok(await Begin());
        var elsewhere = (await s.Desk.Premise("4 Oak Ave, Eugene, OR 97401")).Id;
        async Task<string> Landlord<TUse, TInput, TResult>(TInput input) where TUse : class, IUse<TInput, TResult>
        {
            await using var scope = s.As();
            var answer = await scope.Get<TUse>().Handle(input, Ct);
            return answer.Ok ? "done" : CustomerDesk.Rule(answer);
        }
        Task<string> Start(long premise, ServiceType type) => Landlord<StartAgreement, StartAgreement.Input, StartAgreement.Started>(new(s.Account, premise, type, s.Desk.Today));
        Assert.Equal(KnownCallers.OutsideRule, await Landlord<OpenAccount, OpenAccount.Input, OpenAccount.Opened>(new(s.Ana, CustomerClass.Residential, "C05")));
        Assert.Equal(KnownCallers.OutsideRule, await Landlord<CloseAccount, CloseAccount.Input, Done>(new(other, 0)));
        Assert.Equal(KnownCallers.OutsideRule, await Landlord<ReopenAccount, ReopenAccount.Input, Done>(new(other, 0)));
        Assert.Equal((KnownCallers.OutsideRule, "done"), (await Start(elsewhere, ServiceType.Gas), await Start(s.Premise, ServiceType.Gas)));
        await using (var scope = s.Desk.House.As(Roles.Supervisor))
        {
            var landlord = await scope.Db.Set<Relationship>().SingleAsync(r => r.PersonId == s.Ana && r.Kind == RelationshipKind.Landlord, Ct);
            CustomerDesk.Ok(await scope.Get<EndRelationship>().Handle(new(s.Ana, landlord.Id, landlord.Version, s.Desk.Today.AddDays(-1)), Ct));
        }
        Assert.Equal(KnownCallers.OutsideRule, await Start(s.Premise, ServiceType.Water));

        // On a page of their own it is the same account: whoever holds it has it changed, who pays for it is told of it, who only lives there opens nothing of it.
        await using (var scope = s.Desk.House.As(Actor.Process("test")))
        {
            scope.Db.Add(new AccountStanding { AccountId = s.Account, Source = "CIS", AsOfAt = scope.Db.Now, ReceivedAt = scope.Db.Now, ReceivedFrom = scope.Db.Actor.Ref, Balance = new Money(8_420) });
            await scope.Db.SaveChangesAsync(Ct);
        }
        var number = (await s.Desk.Run<GetAccount, GetAccount.Input, GetAccount.Found>(new(s.Account))).Value.Account.Number;
        async Task Stands(AccountRole role, SightLevel account, string change, string asOnAccount)
        {
            await using (var scope = s.Desk.House.As(Roles.Supervisor))
            {
                var entry = await scope.Db.Set<AccountPerson>().Where(p => p.AccountId == s.Account && p.PersonId == s.Bob).SingleAsync(Ct);
                var version = await scope.Db.Set<Account>().Where(a => a.Id == s.Account).Select(a => a.Version).SingleAsync(Ct);
                if (entry.Role != role)
                    CustomerDesk.Ok(await scope.Get<ChangePersonOnAccount>().Handle(new(s.Account, entry.Id, version, role, false), Ct));
            }
            await using (var scope = s.As())
            {
                CustomerDesk.Ok(await scope.Get<EndCaller>().Handle(new(s.Ana), Ct));
                CustomerDesk.Ok(await scope.Get<VerifyCaller>().Handle(new(s.Bob, CallerCapacity.Customer, Answers: Story.BobKnows), Ct));
            }
            await using (var csr = s.As())
            {
                var customers = csr.Get<ICustomers>();
                Assert.Equal((SightLevel.Masked, SightLevel.Full), ((await customers.Sight([s.Ana, s.Bob], Ct))[s.Ana], (await customers.Sight([s.Bob], Ct))[s.Bob]));
                var sees = account == SightLevel.Full;
                Assert.Equal(account, Assert.Single((await customers.AccountsOf(s.Bob, Ct)).Accounts).Sight);
                Assert.Equal(account, (await customers.Masking([(null, s.Account)], Ct)).Of(null, s.Account).Level);
                Assert.Equal(sees, (await csr.Get<GetStanding>().Handle(new(number), Ct)).Ok);
                Assert.Equal(sees, (await csr.Get<IAlerts>().Of(s.Bob, Ct)).Any(a => a.Text.Contains("84.20", StringComparison.Ordinal)));
                Assert.Equal(sees, (await (await s.Desk.House.SignedIn(Roles.Csr, Story.Csr)).GetStringAsync($"/customers/{s.Bob}", Ct)).Contains("84.20", StringComparison.Ordinal));
            }
            Assert.Equal((change, RecordsInSight.NotVerifiedRule), (await Change(s.Account), await Change(other)));
            await using (var scope = s.As())
            {
                CustomerDesk.Ok(await scope.Get<EndCaller>().Handle(new(s.Bob), Ct));
                CustomerDesk.Ok(await scope.Get<VerifyCaller>().Handle(new(s.Ana, CallerCapacity.PersonOnAccount, s.Bob, Answers: Story.BobKnows), Ct));
            }
            await using (var csr = s.As())
            {
                Assert.Equal(account, (await csr.Get<ICustomers>().AccountsOf(s.Ana, Ct)).Accounts.Single(a => a.Id == s.Account).Sight);
                Assert.Contains(asOnAccount, (await csr.Get<ICustomers>().InHand(s.Ana, Ct))!.Speaker, StringComparison.Ordinal);
                Assert.Contains(asOnAccount, (await csr.Get<GetCaller>().Handle(new(s.Ana), Ct)).Value.Caller!.Who, StringComparison.Ordinal);
            }
            Assert.Equal(change == "done" ? change : KnownCallers.OutsideRule, await Change(s.Account));
        }
        await Stands(AccountRole.CoHolder, SightLevel.Full, "done", "what they hold is open");
        await Stands(AccountRole.Payer, SightLevel.Full, KnownCallers.OutsideRule, "is told of what they pay for");
        await Stands(AccountRole.Occupant, SightLevel.Masked, RecordsInSight.NotVerifiedRule, "without holding it");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Ana, her account with Bea, what hangs on it, and Bob, who is nothing to her.</summary>
    private sealed class Story(CustomerDesk desk) : IAsyncDisposable
    {
        public const long Csr = 77;
        public static readonly Dictionary<string, string> BobKnows = new() { ["BORN"] = "1970-01-02", ["PHONE"] = "541 726 4499" };

        public CustomerDesk Desk => desk;
        public long Ana { get; private set; }
        public long Bea { get; private set; }
        public long Bob { get; private set; }
        public long Account { get; private set; }
        public long AnasEntry { get; private set; }
        public long BeasEntry { get; private set; }
        public long Premise { get; private set; }
        public long Agreement { get; private set; }
        public long Authorisation { get; private set; }
        public long Carer { get; private set; }
        public long Note { get; private set; }
        public long NewFlow { get; private set; }

        /// <summary>Somebody at the desk who has verified nobody.</summary>
        public TestScope As() => desk.House.As(Actors.Of(Roles.Csr, Csr));

        public static async Task<Story> Of(TestDatabase on)
        {
            var desk = await CustomerDesk.Open(on);
            var s = new Story(desk);
            await using var scope = desk.House.As(Roles.Csr);
            var begun = CustomerDesk.Ok(await scope.Get<BeginNewCustomer>().Handle(new(PersonKind.Individual, "Ana", "Ruiz", Phones: [new("541 726 4410")]), Ct));
            (s.NewFlow, s.Ana) = (begun.Id, await scope.Db.Set<GuidedFlow>().Select(f => f.PersonId).SingleAsync(Ct));
            s.Bea = (await desk.Person("Bea", "Bell")).Id;
            s.Bob = CustomerDesk.Ok(await scope.Get<AddPerson>().Handle(new(PersonKind.Individual, "Bob", "Wolf", Phones: [new("541 726 4499")], BornOn: new(1970, 1, 2)), Ct)).Id;
            var opened = await desk.Account(s.Ana);
            s.Account = opened.Id;
            s.BeasEntry = CustomerDesk.Ok(await scope.Get<AddPersonToAccount>().Handle(new(s.Account, opened.Version, s.Bea, AccountRole.CoHolder), Ct)).Id;
            s.AnasEntry = await scope.Db.Set<AccountPerson>().Where(p => p.PersonId == s.Ana).Select(p => p.Id).SingleAsync(Ct);
            s.Premise = (await desk.Premise()).Id;
            s.Agreement = (await desk.Agreement(s.Account, s.Premise)).Id;
            s.Authorisation = CustomerDesk.Ok(await scope.Get<GiveAuthorisation>().Handle(new(s.Ana, [AuthorisationScope.Information], AuthorisationForm.Spoken, desk.Today.AddDays(30), Name: "Maria Cole"), Ct)).Id;
            s.Carer = CustomerDesk.Ok(await scope.Get<AddRelationship>().Handle(new(s.Ana, RelationshipKind.Carer, s.Bea), Ct)).Id;
            s.Note = CustomerDesk.Ok(await scope.Get<AddNote>().Handle(new(s.Ana, null, null, "Say nothing to her brother"), Ct)).Id;
            desk.House.Clock.Advance(TimeSpan.FromMinutes(1));
            return s;
        }

        public ValueTask DisposeAsync() => desk.DisposeAsync();
    }
}
