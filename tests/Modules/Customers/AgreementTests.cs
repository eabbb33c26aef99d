using FsCheck;
using FsCheck.Fluent;
using Tieline.Customers.Agreements;
using Tieline.Customers;
using Tieline.Customers.Premises;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public class AgreementTests
{
    // The picture of the lifecycle, drawn a second time: what the entity may never leave.
    private static readonly HashSet<(AgreementState, AgreementState)> Legal =
    [
        (AgreementState.PendingStart, AgreementState.Active), (AgreementState.PendingStart, AgreementState.Cancelled), (AgreementState.Active, AgreementState.PendingStop),
        (AgreementState.PendingStop, AgreementState.Stopped), (AgreementState.PendingStop, AgreementState.Active), (AgreementState.Stopped, AgreementState.Closed),
        (AgreementState.Stopped, AgreementState.Reactivated), (AgreementState.Closed, AgreementState.Reactivated), (AgreementState.Reactivated, AgreementState.PendingStop),
    ];

    [Fact]
    public void No_sequence_of_moves_reaches_an_illegal_state()
    {
        var moves = Gen.ListOf(Gen.Zip(Gen.Elements(Enum.GetValues<AgreementState>()), Gen.Choose(-400, 400)));
        Prop.ForAll(moves.ToArbitrary(), steps =>
        {
            var start = new DateOnly(2025, 1, 1);
            var agreement = new ServiceAgreement(1, 2, 3, ServiceType.Water, start);
            foreach (var (to, days) in steps)
            {
                var (from, version, on) = (agreement.State, agreement.Version, start.AddDays(days));
                var (startOn, stopOn) = (agreement.StartOn, agreement.StopOn);
                var moved = agreement.MoveTo(to, on);
                var legal = Legal.Contains((from, to)) && (from == AgreementState.PendingStart || on >= startOn);
                if (moved != legal)
                    return false;
                if (!moved && (agreement.State, agreement.Version, agreement.StartOn, agreement.StopOn) != (from, version, startOn, stopOn))
                    return false;
                if (moved && (agreement.State != to || agreement.Version != version + 1))
                    return false;
                var stops = agreement.State is AgreementState.PendingStop or AgreementState.Stopped or AgreementState.Closed;
                if (stops != agreement.StopOn is not null || agreement.StopOn < agreement.StartOn || (agreement.IsOver && agreement.IsRunning))
                    return false;
            }
            return true;
        }).MustHold(2_000);
    }

    [Theory, BothDatabases]
    public async Task An_agreement_lives(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        var account = await desk.Account(person.Id);
        var premise = await desk.Premise();
        var agreement = await desk.Agreement(account.Id, premise.Id);
        await desk.Move(
            agreement.Id, agreement.Version, AgreementState.Active, AgreementState.PendingStop, AgreementState.Stopped, AgreementState.Closed,
            AgreementState.Reactivated, AgreementState.PendingStop);
        await using var scope = desk.House.As(Roles.Csr);
        var told = await scope.Get<ITimeline>().Read(new(PersonId: person.Id, Kind: "agreement"), null, 20, CancellationToken.None);

        Assert.Equal(7, told.Items.Count);
        Assert.Equal(7, (await scope.Get<ITimeline>().Read(new(PremiseId: premise.Id, Kind: "agreement"), null, 20, CancellationToken.None)).Items.Count);
        Assert.Equal(6, await desk.Count("event", "name = 'agreement.moved'"));
    }

    [Theory, BothDatabases]
    public async Task Moves_that_are_none_are_refused_in_words(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var account = await desk.Account((await desk.Person()).Id);
        var agreement = await desk.Agreement(account.Id, (await desk.Premise()).Id);
        var outcome = await desk.Do<MoveAgreement, MoveAgreement.Input>(new(agreement.Id, agreement.Version, AgreementState.Stopped));
        Assert.Equal(("agreement.move", "An agreement that is pending start cannot become stopped: it can become active or cancelled."), (outcome.Problems[0].Rule, outcome.Problems[0].Message));
        Assert.Equal("date.future", CustomerDesk.Rule(await desk.Do<MoveAgreement, MoveAgreement.Input>(new(agreement.Id, 0, AgreementState.Active, desk.Today.AddDays(1)))));
        Assert.Equal("date.impossible", CustomerDesk.Rule(await desk.Do<MoveAgreement, MoveAgreement.Input>(new(agreement.Id, 0, AgreementState.PendingStop, new(1, 1, 1)))));
        Assert.Equal("choice.unknown", CustomerDesk.Rule(await desk.Do<MoveAgreement, MoveAgreement.Input>(new(agreement.Id, 0, (AgreementState)42))));
        await desk.Move(agreement.Id, agreement.Version, AgreementState.Active);
        Assert.Equal("date.order", CustomerDesk.Rule(await desk.Do<MoveAgreement, MoveAgreement.Input>(new(agreement.Id, 1, AgreementState.PendingStop, desk.Today.AddDays(-1)))));
        // The last day may be yet to come.
        CustomerDesk.Ok(await desk.Do<MoveAgreement, MoveAgreement.Input>(new(agreement.Id, 1, AgreementState.PendingStop, desk.Today.AddDays(30))));
    }

    [Theory, BothDatabases]
    public async Task Two_of_a_type_never_run_at_one_premise(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, next) = (await desk.Account((await desk.Person()).Id), await desk.Account((await desk.Person("Ben", "Bell")).Id));
        var premise = await desk.Premise();
        var first = await desk.Agreement(old.Id, premise.Id);
        StartAgreement.Input second = new(next.Id, premise.Id, ServiceType.Electricity, desk.Today.AddDays(10));
        Assert.Equal("agreement.running", CustomerDesk.Rule(await desk.Run<StartAgreement, StartAgreement.Input, StartAgreement.Started>(second)));
        await desk.Agreement(next.Id, premise.Id, ServiceType.Water);
        await desk.Move(first.Id, first.Version, AgreementState.Active);
        Assert.Equal("agreement.running", CustomerDesk.Rule(await desk.Run<StartAgreement, StartAgreement.Input, StartAgreement.Started>(second)));
        CustomerDesk.Ok(await desk.Do<MoveAgreement, MoveAgreement.Input>(new(first.Id, first.Version + 1, AgreementState.PendingStop, desk.Today.AddDays(10))));
        // The next tenant agrees while the last one's end is known, and is supplied when it has come.
        var started = CustomerDesk.Ok(await desk.Run<StartAgreement, StartAgreement.Input, StartAgreement.Started>(second));
        Assert.Equal("agreement.running", CustomerDesk.Rule(await desk.Do<MoveAgreement, MoveAgreement.Input>(new(started.Id, started.Version, AgreementState.Active))));
        await desk.Move(first.Id, first.Version + 2, AgreementState.Stopped);
        await desk.Move(started.Id, started.Version, AgreementState.Active);
        Assert.Equal("agreement.running", CustomerDesk.Rule(await desk.Do<MoveAgreement, MoveAgreement.Input>(new(first.Id, first.Version + 3, AgreementState.Reactivated))));
        var there = CustomerDesk.Ok(await desk.Run<GetPremise, GetPremise.Input, GetPremise.Found>(new(premise.Id)));
        Assert.Equal([next.Id, old.Id], there.Accounts.Select(a => a.Id));
    }

    [Theory, BothDatabases]
    public async Task Unknown_and_closed_records_are_refused(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var account = await desk.Account((await desk.Person()).Id);
        CustomerDesk.Ok(await desk.Do<Tieline.Customers.Accounts.CloseAccount, Tieline.Customers.Accounts.CloseAccount.Input>(new(account.Id, account.Version)));
        var unknown = await desk.Run<StartAgreement, StartAgreement.Input, StartAgreement.Started>(new(1, 2, null, null));
        var closed = await desk.Run<StartAgreement, StartAgreement.Input, StartAgreement.Started>(new(account.Id, (await desk.Premise()).Id, ServiceType.Gas, desk.Today));

        Assert.Equal(["Type", "StartOn", "AccountId", "PremiseId"], unknown.Problems.Select(p => p.Field));
        Assert.Equal("account.closed", CustomerDesk.Rule(closed));
    }
}
