using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Finding;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Agreements;

/// <summary>Moves an agreement along its lifecycle: activate, ask to stop, stop, close, reactivate, cancel.</summary>
internal sealed class MoveAgreement(AppDb db, RecordsInSight records, CurrentActor actor, CustomerIndex index, ITimeline timeline, IEvents events, IUtilityClock clock) : IUse<MoveAgreement.Input, Done>
{
    /// <param name="On">The day of the move; of <see cref="AgreementState.PendingStop"/> the last day, which may be yet to come. Today when left out.</param>
    public sealed record Input(long Id, int Version, AgreementState? To, DateOnly? On = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        if (await db.Set<ServiceAgreement>().SingleOrDefaultAsync(a => a.Id == input.Id, ct) is not { } agreement)
            return Problem.NotFound("The service agreement");
        var found = await records.Service(agreement.AccountId, agreement.PremiseId, ct);
        if (!found.Ok)
            return Outcome<Done>.Broken(found.Problems);
        var account = found.Value;
        var problems = new Problems();
        var to = problems.Choice(nameof(Input.To), "State", input.To);
        var today = await clock.Today(ct);
        var on = input.On ?? today;
        if (to == AgreementState.PendingStop)
            problems.Day(nameof(Input.On), on);
        else
            problems.NotAfter(nameof(Input.On), on, today);
        if (problems.Any)
            return problems;
        var from = agreement.State;
        if (!ServiceAgreement.MovesFrom(from).Contains(to))
            return new Problem(nameof(Input.To), NoWay(from, to), "agreement.move");
        if (from != AgreementState.PendingStart && on < agreement.StartOn)
            return new Problem(nameof(Input.On), $"The supply began on {agreement.StartOn:d MMM yyyy}.", "date.order");
        if (to == AgreementState.Reactivated && on < agreement.StopOn)
            return new Problem(nameof(Input.On), $"The supply stopped on {agreement.StopOn:d MMM yyyy}.", "date.order");
        if (to is AgreementState.Active or AgreementState.Reactivated && await Obstacle(agreement, account, ct) is { } obstacle)
            return obstacle;

        db.Expect(agreement, input.Version);
        agreement.MoveTo(to, on);
        index.AccountChanges(agreement.AccountId);
        index.PremiseChanges(agreement.PremiseId);
        var premise = await db.Set<Premise>().SingleAsync(p => p.Id == agreement.PremiseId, ct);
        premise.Supply();
        timeline.Tell(
            new RecordRef("agreement", agreement.Id), "agreement", db.Now, $"{InWords(agreement.Type)}: {InWords(to).ToLowerInvariant()} on {on:d MMM yyyy}", premise.OneLine, false,
            account.Standing.FirstOrDefault(p => p.Role == AccountRole.Main)?.PersonId, account.Id, agreement.PremiseId);
        await events.Publish(
            new AgreementMoved(agreement.Id, account.Id, agreement.PremiseId, from.ToString(), to.ToString(), on), ct,
            new RecordRef("agreement", agreement.Id), new RecordRef("account", account.Id), new RecordRef("premise", agreement.PremiseId));
        await db.SaveChangesAsync(ct);
        return Done.It;
    }

    private async Task<Problem?> Obstacle(ServiceAgreement agreement, Account account, CancellationToken ct)
    {
        if (account.Status == AccountStatus.Closed)
            return new Problem(null, $"Account {account.Number} is closed: open it again first.", "account.closed");
        var others = await db.Set<ServiceAgreement>().AsNoTracking()
            .Where(a => a.PremiseId == agreement.PremiseId && a.Type == agreement.Type && a.Id != agreement.Id).ToListAsync(ct);
        return others.Exists(a => a.IsRunning)
            ? new Problem(null, $"Another agreement supplies {InWords(agreement.Type).ToLowerInvariant()} at this premise: it must stop first.", "agreement.running")
            : null;
    }

    private static string NoWay(AgreementState from, AgreementState to)
    {
        var moves = ServiceAgreement.MovesFrom(from);
        var possible = moves.Count == 0 ? "nothing follows on it" : $"it can become {string.Join(" or ", moves.Select(m => InWords(m).ToLowerInvariant()))}";
        return $"An agreement that is {InWords(from).ToLowerInvariant()} cannot become {InWords(to).ToLowerInvariant()}: {possible}.";
    }

    private static string InWords<T>(T value) where T : struct, Enum => Platform.Ui.Option.InWords(value.ToString());
}
