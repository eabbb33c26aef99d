using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.Consents;
using Tieline.Customers.Flows;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.People;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Flows;

/// <summary>A death acts at once, and a mistaken one is put back exactly.</summary>
public sealed class DeathTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Messages_stop_at_once_the_back_office_hears_of_it_and_a_mistake_puts_every_answer_back(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        // A couple with one telephone; one of them would rather have e-mail.
        var (person, widower) = (await desk.Person(phone: "541 726 4410", email: "ana@example.org"), await desk.Person("Otto", "Ruiz", phone: "541 726 4410"));
        CustomerDesk.Ok(await desk.Do<ChangePerson, ChangePerson.Input>(new(person.Id, person.Version, null, "en", false, false, false, false, PreferredChannel.Email, false, false), Roles.Supervisor));
        CustomerDesk.Ok(await desk.Do<RecordConsents, RecordConsents.Input>(new(widower.Id, [new(ConsentPurpose.Marketing, ConsentChannel.Call, ConsentAnswer.Given)], ConsentSource.Call)));
        CustomerDesk.Ok(await desk.Do<RecordConsents, RecordConsents.Input>(new(person.Id,
            [new(ConsentPurpose.Marketing, ConsentChannel.Email, ConsentAnswer.Given), new(ConsentPurpose.Outages, ConsentChannel.Text, ConsentAnswer.Refused)], ConsentSource.Call)));
        var before = await Answers(desk, person.Id);

        var id = await desk.Death(person.Id, desk.Today.AddDays(-3));
        Assert.All(await Answers(desk, person.Id), a => Assert.Equal(a is { Purpose: ConsentPurpose.Billing or ConsentPurpose.Outages, Channel: ConsentChannel.Letter }, a.May));
        // Not one by one either: nobody is there who could have said so.
        async Task<string> Given(ConsentPurpose purpose, ConsentChannel channel) =>
            CustomerDesk.Rule(await desk.Do<RecordConsents, RecordConsents.Input>(new(person.Id, [new(purpose, channel, ConsentAnswer.Given)], ConsentSource.Letter), Roles.BackOffice));
        Assert.Equal(("consent.died", "consent.died"), (await Given(ConsentPurpose.Marketing, ConsentChannel.Letter), await Given(ConsentPurpose.Outages, ConsentChannel.Text)));
        var flow = await desk.Flow(id);
        Assert.Equal([FlowStepState.Done, FlowStepState.Done, FlowStepState.Open, FlowStepState.Open, FlowStepState.Open], flow.Steps.Select(s => s.State));
        Assert.Contains("Estates", flow.Steps[1].Words, StringComparison.Ordinal);
        Assert.Equal(("Open", 1), (await Work(desk, person.Id)).State is var state ? (state.ToString(), (int)await desk.Count("to_do", $"person_id = {person.Id}")) : default);
        Assert.Contains(await Alerts(desk, person.Id), a => a.Code == "customers.death" && a.Text.EndsWith("2 of 5 done", StringComparison.Ordinal));
        // Stopped is not refused: nobody is asked why the two say otherwise.
        Assert.DoesNotContain((await Alerts(desk, person.Id)).Concat(await Alerts(desk, widower.Id)), a => a.Code == "customers.consent_conflict");

        // A second report goes on with the first; nothing happens twice.
        Assert.Equal(new FlowBegun(id, Resumed: true), CustomerDesk.Ok(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(person.Id, "a neighbour"))));
        Assert.Equal("flow.automatic", CustomerDesk.Rule(await desk.TakeBack(id, FlowPlan.Messages)));
        Assert.Equal("flow.needed", CustomerDesk.Rule(await desk.Run<SkipFlowStep, SkipFlowStep.Input, FlowStepSaved>(new(id, FlowPlan.BackOffice, flow.Steps[1].Version))));

        CustomerDesk.Ok(await desk.Undo(id));
        Assert.Equal(before, await Answers(desk, person.Id));
        Assert.Equal(ToDoState.Complete, (await Work(desk, person.Id)).State);
        Assert.DoesNotContain(await Alerts(desk, person.Id), a => a.Code == "customers.death");
        Assert.Equal(FlowDesk.OverRule, CustomerDesk.Rule(await desk.Skip(id, FlowPlan.Told)));
        Assert.False(CustomerDesk.Ok(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(person.Id, "now it is true"))).Resumed);
    }

    [Theory, BothDatabases]
    public async Task An_executor_may_act_once_their_papers_were_seen_and_is_taken_back_unless_somebody_changed_it(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (person, daughter) = (await desk.Person(phone: "541 726 4410"), await desk.Person("Mara", "Quill", phone: "541 726 4499"));
        async Task<string> Speaks(CallerCapacity capacity, long whose)
        {
            await using var scope = desk.House.As(Actors.Of(Roles.Csr, 77));
            var phone = await scope.Db.Set<PersonPhone>().Where(p => p.PersonId == whose).Select(p => p.Id).SingleAsync();
            var answer = await scope.Get<VerifyCaller>().Handle(new(person.Id, capacity, capacity == CallerCapacity.Customer ? null : whose, CallBackPhoneId: phone, CallBackConfirmed: true), CancellationToken.None);
            return answer.Ok ? (await scope.Get<ICustomers>().Sight([person.Id], CancellationToken.None))[person.Id].ToString() : CustomerDesk.Rule(answer);
        }
        Assert.Equal("Full", await Speaks(CallerCapacity.Customer, person.Id));
        var id = await desk.Death(person.Id);
        // Whoever speaks now is not the customer, and was not.
        await using (var csr = desk.House.As(Actors.Of(Roles.Csr, 77)))
            Assert.Equal(SightLevel.Masked, (await csr.Get<ICustomers>().Sight([person.Id], CancellationToken.None))[person.Id]);
        Assert.Equal(VerifyCaller.DiedRule, await Speaks(CallerCapacity.Customer, person.Id));
        var form = await (await desk.House.SignedIn(Roles.Csr, 77)).GetStringAsync($"/customers/{person.Id}/caller/verify");
        Assert.Contains($"href=\"/flows/{id}\"", form, StringComparison.Ordinal);
        Assert.DoesNotContain("CallBackPhoneId", form, StringComparison.Ordinal);
        var version = (await desk.Step(id, FlowPlan.Executor)).Version;
        CustomerDesk.Ok(await desk.Take<NameExecutor, NameExecutor.Input>(new(id, version, Name: "Mr Bell", Organisation: "Bell & Ortega")));
        Assert.Equal(0, await desk.Count("authorisation"));
        Assert.Contains("executor named, papers not seen yet", (await Work(desk, person.Id)).Subject, StringComparison.Ordinal);
        CustomerDesk.Ok(await desk.TakeBack(id, FlowPlan.Executor));

        CustomerDesk.Ok(await desk.Take<NameExecutor, NameExecutor.Input>(new(id, (await desk.Step(id, FlowPlan.Executor)).Version, daughter.Id, PapersSeen: true)));
        var facts = await desk.Facts(person.Id, Roles.Supervisor);
        Assert.Equal(("Everything", daughter.Id), (Assert.Single(facts.Authorisations).Scopes, facts.Authorisations[0].OtherId));
        Assert.Equal("Executor", Assert.Single(facts.Relationships).Kind);
        desk.House.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal("Full", await Speaks(CallerCapacity.AuthorisedThirdParty, daughter.Id));

        // Back office agrees on another end: the step cannot be taken back any more, and neither can the whole.
        CustomerDesk.Ok(await desk.Do<ChangeAuthorisation, ChangeAuthorisation.Input>(new(person.Id, facts.Authorisations[0].Id, 1, [AuthorisationScope.Information], desk.Today.AddDays(30)), Roles.BackOffice));
        Assert.Equal(FlowDesk.ContradictedRule, CustomerDesk.Rule(await desk.TakeBack(id, FlowPlan.Executor)));
        Assert.Equal(FlowDesk.ContradictedRule, CustomerDesk.Rule(await desk.Undo(id)));
        Assert.Single((await desk.Facts(person.Id, Roles.Supervisor)).Relationships);
        Assert.Equal(FlowState.Open, (await desk.Flow(id)).State);
        // Once that is settled by hand the way is free.
        CustomerDesk.Ok(await desk.Do<RevokeAuthorisation, RevokeAuthorisation.Input>(new(person.Id, facts.Authorisations[0].Id, 2, "Never was"), Roles.BackOffice));
        CustomerDesk.Ok(await desk.Undo(id));
        Assert.Empty((await desk.Facts(person.Id, Roles.Supervisor)).Relationships);
        Assert.Equal("Full", await Speaks(CallerCapacity.Customer, person.Id));
    }

    [Theory, BothDatabases]
    public async Task A_death_that_everybody_believed_is_undone_by_those_who_have_the_right(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        var before = await Answers(desk, person.Id);
        var id = await desk.Death(person.Id);
        CustomerDesk.Ok(await desk.Take<SendMailElsewhere, SendMailElsewhere.Input>(new(id, 0, "4 Oak Ave, Eugene")));
        await desk.SkipRest(id);
        CustomerDesk.Ok(await desk.Finish(id));
        // The estates' To Do is there because of it: one cause is told once.
        Assert.Equal("Has died", Assert.Single(await Alerts(desk, person.Id), a => a.Code is "customers.death" or "todos.open").Text);
        Assert.Equal("flow.death_known", CustomerDesk.Rule(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(person.Id, "once more"))));
        Assert.Equal(FlowDesk.OverRule, CustomerDesk.Rule(await desk.Do<UndoFlow, UndoFlow.Input>(new(id, (await desk.Flow(id)).Version, "He called himself"))));
        Assert.Equal(FlowDesk.OverRule, CustomerDesk.Rule(await desk.TakeBack(id, FlowPlan.Mail)));
        Assert.Contains("A mistake?", await (await desk.House.SignedIn(Roles.Supervisor)).GetStringAsync($"/flows/{id}", Ct), StringComparison.Ordinal);
        CustomerDesk.Ok(await desk.Undo(id));
        Assert.Equal(before, await Answers(desk, person.Id));
        Assert.Empty(await Addresses(desk, person.Id));
        Assert.DoesNotContain(await Alerts(desk, person.Id), a => a.Code == "customers.death");
    }

    [Theory, BothDatabases]
    public async Task Mail_goes_elsewhere_and_back(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await desk.Do<AddAddress, AddAddress.Input>(new(person.Id, person.Version, AddressKind.Mailing, "PO Box 9, Springfield")));
        var id = await desk.Death(person.Id);
        var step = await desk.Step(id, FlowPlan.Mail);
        Assert.Equal("required", CustomerDesk.Rule(await desk.Take<SendMailElsewhere, SendMailElsewhere.Input>(new(id, step.Version, " "))));
        Assert.Equal("date.impossible", CustomerDesk.Rule(await desk.Take<SendMailElsewhere, SendMailElsewhere.Input>(new(id, step.Version, "4 Oak Ave", new DateOnly(1, 1, 2)))));
        CustomerDesk.Ok(await desk.Take<SendMailElsewhere, SendMailElsewhere.Input>(new(id, step.Version, "4 Oak Ave, Eugene", desk.Today)));
        // The same once more, from a page that stood open: the second hears of the first.
        Assert.Equal("conflict", CustomerDesk.Rule(await desk.Take<SendMailElsewhere, SendMailElsewhere.Input>(new(id, step.Version, "5 Oak Ave, Eugene"))));
        Assert.Equal([("4 Oak Ave, Eugene", null), ("PO Box 9, Springfield", desk.Today.AddDays(-1))], await Addresses(desk, person.Id));
        CustomerDesk.Ok(await desk.TakeBack(id, FlowPlan.Mail));
        Assert.Equal([("PO Box 9, Springfield", null)], await Addresses(desk, person.Id));

        CustomerDesk.Ok(await desk.Take<SendMailElsewhere, SendMailElsewhere.Input>(new(id, (await desk.Step(id, FlowPlan.Mail)).Version, "4 Oak Ave, Eugene", desk.Today)));
        var facts = await desk.Facts(person.Id, Roles.Supervisor);
        CustomerDesk.Ok(await desk.Do<EndAddress, EndAddress.Input>(new(person.Id, facts.Addresses.Single(a => a.ToOn is null).Id, facts.Version, desk.Today.AddDays(9)), Roles.Supervisor));
        Assert.Equal(FlowDesk.ContradictedRule, CustomerDesk.Rule(await desk.TakeBack(id, FlowPlan.Mail)));
    }

    [Theory, BothDatabases]
    public async Task Nobody_begins_changes_or_sees_what_they_must_not(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person(phone: "541 726 4410");
        await Assert.ThrowsAsync<ForbiddenException>(async () => await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(person.Id, "x"), Roles.Operator));
        Assert.Equal("not_found", CustomerDesk.Rule(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(1, "x"))));
        Assert.Equal("required", CustomerDesk.Rule(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(person.Id, " "))));
        Assert.Equal("date.future", CustomerDesk.Rule(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(person.Id, "x", desk.Today.AddDays(1)))));
        Assert.Equal("flow.kind", CustomerDesk.Rule(await desk.Run<BeginFlow, BeginFlow.Input, FlowBegun>(new(person.Id, FlowKind.Death))));
        var id = await desk.Death(person.Id, desk.Today);
        var version = (await desk.Step(id, FlowPlan.Mail)).Version;
        await Assert.ThrowsAsync<ForbiddenException>(async () => await desk.Run<UndoFlow, UndoFlow.Input, Tieline.Platform.Uses.Done>(new(id, 0, "x"), Roles.Operator));

        // Somebody who has not made sure who is calling may write down an executor by name, and send mail nowhere.
        await using (var scope = desk.House.As(Actors.Of(Roles.Csr, 77)))
        {
            var masked = await scope.Get<SendMailElsewhere>().Handle(new(id, version, "4 Oak Ave"), Ct);
            Assert.Equal("person.not_verified", CustomerDesk.Rule(masked));
            CustomerDesk.Ok(await scope.Get<NameExecutor>().Handle(new(id, (await desk.Step(id, FlowPlan.Executor)).Version, Name: "Mr Bell", Phone: "541 726 4499"), Ct));
            var seen = CustomerDesk.Ok(await scope.Get<GetFlow>().Handle(new(id), Ct));
            Assert.DoesNotContain("726-4499", seen.Steps.Single(s => s.Code == FlowPlan.Executor).Words, StringComparison.Ordinal);
            Assert.Null(seen.Steps.Single(s => s.Code == FlowPlan.Executor).Typed);
        }
        Assert.Equal("not_found", CustomerDesk.Rule(await desk.Run<TakeBackFlowStep, TakeBackFlowStep.Input, FlowStepSaved>(new(id, "stop", 0))));
        Assert.Equal("not_found", CustomerDesk.Rule(await desk.Run<GetFlow, GetFlow.Input, FlowView>(new(1))));
        Assert.Equal(FinishFlow.OpenRule, CustomerDesk.Rule(await desk.Finish(id)));

        var facts = await desk.Facts(person.Id, Roles.Supervisor);
        CustomerDesk.Ok(await desk.Do<Tieline.Customers.Sight.RestrictPerson, Tieline.Customers.Sight.RestrictPerson.Input>(new(person.Id, facts.Version, PersonRestriction.Vip, "Mayor"), Roles.Supervisor));
        await using var closed = desk.House.As(Actors.Of(Roles.Csr, 77));
        Assert.True((await closed.Get<GetFlow>().Handle(new(id), Ct)).IsClosed);
        await Assert.ThrowsAsync<ForbiddenException>(() => closed.Get<TakeBackFlowStep>().Handle(new(id, FlowPlan.Executor, 1), Ct));
        var listed = Assert.Single((await closed.Get<ListFlows>().Handle(new(), Ct)).Value.Items);
        Assert.Equal((Tieline.Customers.Sight.Masks.Closed, null, 0, null), (listed.Person, listed.Reference, listed.PersonId, listed.EventOn));
        Assert.True((await closed.Get<ListFlows>().Handle(new(PersonId: person.Id), Ct)).IsClosed);
    }

    private static async Task<List<(ConsentPurpose Purpose, ConsentChannel Channel, bool May)>> Answers(CustomerDesk desk, long person)
    {
        await using var scope = desk.House.As(Roles.Csr);
        var answers = new List<(ConsentPurpose, ConsentChannel, bool)>();
        foreach (var purpose in Enum.GetValues<ConsentPurpose>())
        {
            foreach (var channel in Enum.GetValues<ConsentChannel>())
                answers.Add((purpose, channel, await scope.Get<ICustomers>().MayContact(person, purpose, channel, Ct)));
        }
        return answers;
    }

    private static async Task<ToDo> Work(CustomerDesk desk, long person)
    {
        await using var scope = desk.House.As(Roles.Supervisor);
        return await scope.Db.Set<ToDo>().AsNoTracking().Where(t => t.PersonId == person && t.TypeCode == "DEATH").OrderBy(t => t.Id).FirstAsync(Ct);
    }

    private static async Task<IReadOnlyList<AlertLine>> Alerts(CustomerDesk desk, long person)
    {
        await using var scope = desk.House.As(Roles.Csr);
        return await scope.Get<IAlerts>().Of(person, Ct);
    }

    private static async Task<IEnumerable<(string Line, DateOnly? ToOn)>> Addresses(CustomerDesk desk, long person) =>
        (await desk.Facts(person, Roles.Supervisor)).Addresses.OrderBy(a => a.Line, StringComparer.Ordinal).Select(a => (a.Line, a.ToOn));
}
