using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Flows;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Flows;

/// <summary>What every guided flow owes: it resumes, is done once, is finished or undone as a whole, and hears of what others do.</summary>
public sealed class FlowTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Moving_stops_here_starts_there_and_comes_back(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (person, other) = (await desk.Person(), await desk.Person("Ben", "Okafor"));
        var (account, foreign) = (await desk.Account(person.Id), await desk.Account(other.Id));
        var (here, there) = (await desk.Premise(), await desk.Premise("9 Oak Ave, Springfield, OR 97477"));
        var supply = await desk.Agreement(account.Id, here.Id);
        await desk.Move(supply.Id, supply.Version, AgreementState.Active);
        var id = (await desk.Begin(person.Id, FlowKind.Moving)).Id;
        Assert.Equal(new FlowBegun(id, Resumed: true), await desk.Begin(person.Id, FlowKind.Moving));

        Task<Outcome<FlowStepSaved>> Stop(DateOnly? day, params long[] which) => desk.Take<StopHere, StopHere.Input>(new(id, 0, which, day));
        Assert.Equal("required", CustomerDesk.Rule(await Stop(desk.Today)));
        Assert.Equal("required", CustomerDesk.Rule(await Stop(null, supply.Id)));
        Assert.Equal("agreement.not_of_person", CustomerDesk.Rule(await Stop(desk.Today, supply.Id, 1)));
        Assert.Equal((nameof(StopHere.Input.StopOn), "date.order"), (await Stop(desk.Today.AddYears(-3), supply.Id)).Problems.Select(p => (p.Field, p.Rule)).Single());
        CustomerDesk.Ok(await Stop(desk.Today.AddDays(5), supply.Id));

        Task<Outcome<FlowStepSaved>> Start(long? premise, string? line = null, long? billed = null, bool confirmed = false) =>
            desk.Take<StartThere, StartThere.Input>(new(id, 0, [ServiceType.Electricity, ServiceType.Water], desk.Today.AddDays(5), billed, premise, line, confirmed));
        Assert.Equal("account.not_of_person", CustomerDesk.Rule(await Start(there.Id, billed: foreign.Id)));
        Assert.Equal("required", CustomerDesk.Rule(await Start(null)));
        Assert.Equal(Tieline.Customers.Premises.AddPremise.LikelyRule, CustomerDesk.Rule(await Start(null, "9 Oak Av, Springfield, OR 97477")));
        CustomerDesk.Ok(await Start(there.Id));
        Assert.Equal(2, await desk.Count("service_agreement", $"premise_id = {there.Id} and state = 'PendingStart'"));

        // Both come back; the agreement runs as it ran, what was agreed on there is cancelled.
        CustomerDesk.Ok(await desk.TakeBack(id, FlowPlan.Start));
        Assert.Equal(2, await desk.Count("service_agreement", $"premise_id = {there.Id} and state = 'Cancelled'"));
        Assert.Contains("\"premiseId\":" + there.Id, (await desk.Step(id, FlowPlan.Start)).Typed, StringComparison.Ordinal);
        CustomerDesk.Ok(await desk.Undo(id));
        Assert.Equal(1, await desk.Count("service_agreement", $"id = {supply.Id} and state = 'Active' and stop_on is null"));
        Assert.Equal(0, await desk.Count("guided_flow_step", "typed is not null or kept is not null"));
    }

    [Theory, BothDatabases]
    public async Task What_went_on_meanwhile_is_not_taken_back(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        var account = await desk.Account(person.Id);
        var supply = await desk.Agreement(account.Id, (await desk.Premise()).Id);
        await desk.Move(supply.Id, supply.Version, AgreementState.Active);
        var id = (await desk.Begin(person.Id, FlowKind.Moving)).Id;
        CustomerDesk.Ok(await desk.Take<StopHere, StopHere.Input>(new(id, 0, [supply.Id], desk.Today)));
        await desk.Move(supply.Id, 2, AgreementState.Stopped);
        var refused = await desk.Undo(id);
        Assert.Equal(FlowDesk.ContradictedRule, CustomerDesk.Rule(refused));
        Assert.StartsWith("Stop here: Electricity is stopped since", refused.Problems[0].Message, StringComparison.Ordinal);

        // Finished, with what does not apply left out; a line tells the customer's story.
        await desk.SkipRest(id);
        CustomerDesk.Ok(await desk.Finish(id));
        Assert.Equal(1, await desk.Count("timeline_entry", $"about = 'guided_flow:{id}' and title = 'Moving' and not is_open and body like 'Stop here: Electricity at 12 Elm%'"));
        Assert.Equal(FlowDesk.OverRule, CustomerDesk.Rule(await desk.TakeBack(id, FlowPlan.Stop)));
        Assert.False((await desk.Begin(person.Id, FlowKind.Moving)).Resumed);
    }

    [Theory, BothDatabases]
    public async Task Two_who_work_on_one_list_hear_of_each_other(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        // Both begin it in the same moment: it is one list.
        var begun = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => desk.Begin(person.Id, FlowKind.SeasonalAddress)));
        var id = Assert.Single(begun, f => !f.Resumed).Id;
        Assert.All(begun, f => Assert.Equal(id, f.Id));
        var seen = await desk.Flow(id);
        async Task<Outcome<FlowStepSaved>> As(long employee, string line)
        {
            await using var scope = desk.House.As(Actors.Of(Roles.Supervisor, employee));
            return await scope.Get<IOnce>().Run($"flow {id}", $"key-{employee}", line, () => scope.Get<AddSeason>().Handle(
                new(id, 0, line, new(2026, 11, 1), new(2027, 3, 31), true, MailKind.Bills), Ct), Ct);
        }
        var both = await Task.WhenAll(As(11, "1 Beach Rd, Florence"), As(12, "2 Beach Rd, Florence"));
        Assert.Single(both, o => o.Ok);
        Assert.Equal("conflict", CustomerDesk.Rule(Assert.Single(both, o => !o.Ok)));
        // A double click is one.
        var again = await Task.WhenAll(As(11, "1 Beach Rd, Florence"), As(11, "1 Beach Rd, Florence"), As(12, "2 Beach Rd, Florence"));
        Assert.Equal(both[0].Ok ? 2 : 1, again.Count(o => o.Ok));
        var address = Assert.Single((await desk.Facts(person.Id, Roles.Supervisor)).Addresses);
        Assert.Equal(("Seasonal", true, "Bills"), (address.Kind, address.EveryYear, address.Carries));
        // Whoever finishes upon an old look hears of it.
        Assert.Equal("conflict", CustomerDesk.Rule(await desk.Do<FinishFlow, FinishFlow.Input>(new(id, seen.Version), Roles.Supervisor)));
        Assert.Equal("flow.needed", CustomerDesk.Rule(await desk.Run<SkipFlowStep, SkipFlowStep.Input, FlowStepSaved>(new(id, FlowPlan.Season, (await desk.Step(id, FlowPlan.Season)).Version))));
        CustomerDesk.Ok(await desk.TakeBack(id, FlowPlan.Season));
        Assert.Empty((await desk.Facts(person.Id, Roles.Supervisor)).Addresses);
    }

    [Theory, BothDatabases]
    public async Task A_flow_follows_its_person_when_they_are_merged(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (person, same) = (await desk.Person(), await desk.Person());
        var id = (await desk.Begin(same.Id, FlowKind.NameChange)).Id;
        CustomerDesk.Ok(await desk.Run<Tieline.Customers.Merging.MergePeople, Tieline.Customers.Merging.MergePeople.Input, Tieline.Customers.Merging.MergePeople.Merged>(
            new(same.Id, same.Version, person.Id, person.Version, "Twice on record", true), Roles.Supervisor));
        Assert.Equal(person.Id, (await desk.Flow(id)).PersonId);
        CustomerDesk.Ok(await desk.Take<TakeNewName, TakeNewName.Input>(new(id, 0, "Ana", "Quill")));
        Assert.Equal("Ana Quill", (await desk.Facts(person.Id, Roles.Supervisor)).Name);
        CustomerDesk.Ok(await desk.Undo(id));
        Assert.Equal("Ana Ruiz", (await desk.Facts(person.Id, Roles.Supervisor)).Name);
    }

    [Theory, BothDatabases]
    public async Task The_list_of_what_was_left_unfinished_is_narrowed_and_exported(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (person, other) = (await desk.Person(), await desk.Person("=1+1", "Okafor"));
        var first = (await desk.Begin(person.Id, FlowKind.Moving)).Id;
        desk.House.Clock.Advance(TimeSpan.FromDays(8));
        var second = await desk.Death(other.Id);
        async Task<long[]> Ids(ListFlows.Input input, long employee = 1)
        {
            await using var scope = desk.House.As(Actors.Of(Roles.Supervisor, employee));
            return [.. CustomerDesk.Ok(await scope.Get<ListFlows>().Handle(input, Ct)).Items.Select(f => f.Id)];
        }
        Assert.Equal([first, second], await Ids(new()));
        Assert.Equal([first], await Ids(new(Days: 7)));
        Assert.Equal([second], await Ids(new(Kind: FlowKind.Death)));
        Assert.Empty(await Ids(new(Mine: true), 2));
        Assert.Equal([first, second], await Ids(new(Mine: true)));
        var page = CustomerDesk.Ok(await desk.Run<ListFlows, ListFlows.Input, Page<FlowLine>>(new(Size: 1)));
        Assert.Equal([second], await Ids(new(After: page.Next)));
        CustomerDesk.Ok(await desk.Undo(first));
        Assert.Equal([first], await Ids(new(FlowState.Undone)));

        var supervisor = await desk.House.SignedIn(Roles.Supervisor);
        var csv = await supervisor.GetStringAsync("/flows/export", Ct);
        Assert.Contains("Death,", csv, StringComparison.Ordinal);
        Assert.DoesNotContain(",=1+1", csv, StringComparison.Ordinal);
        Assert.Equal(1, await desk.Count("audit_entry", "action = 'exported' and subject = 'search:0'"));
        var csr = await desk.House.SignedIn(Roles.Csr);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await csr.GetAsync("/flows/export", Ct)).StatusCode);
    }
}
