using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Finding;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Agreements;

/// <summary>Where agreements move, by hand and in the night to their day: the rules, and all that is told of it.</summary>
internal sealed class AgreementBook(AppDb db, CustomerIndex index, ITimeline timeline, IEvents events)
{
    /// <summary>Places with the accounts that are supplied there, in the order in which everybody holds them: what runs there is seen as it is, until the commit.</summary>
    public static async Task HoldPlaces(AppDb db, IReadOnlyCollection<long> premises, CancellationToken ct)
    {
        await db.Hold("premise", premises, ct);
        await db.Hold("account", await db.Set<ServiceAgreement>().Where(a => premises.Contains(a.PremiseId)).Select(a => a.AccountId).Distinct().ToListAsync(ct), ct);
    }

    /// <summary>Moves an agreement whose place is held. The caller saves.</summary>
    /// <returns>What stands in the way; nothing is changed then.</returns>
    public async Task<Problem?> Move(ServiceAgreement agreement, Account account, AgreementState to, DateOnly on, CancellationToken ct)
    {
        var from = agreement.State;
        if (!ServiceAgreement.MovesFrom(from).Contains(to))
            return new Problem(nameof(MoveAgreement.Input.To), NoWay(from, to), "agreement.move");
        if (from != AgreementState.PendingStart && on < agreement.StartOn)
            return new Problem(nameof(MoveAgreement.Input.On), $"The supply began on {agreement.StartOn:d MMM yyyy}.", "date.order");
        if (to == AgreementState.Reactivated && on < agreement.StopOn)
            return new Problem(nameof(MoveAgreement.Input.On), $"The supply stopped on {agreement.StopOn:d MMM yyyy}.", "date.order");
        if (to is AgreementState.Active or AgreementState.Reactivated && await Obstacle(agreement, account, ct) is { } obstacle)
            return obstacle;

        agreement.MoveTo(to, on);
        index.AccountChanges(agreement.AccountId);
        index.PremiseChanges(agreement.PremiseId);
        var premise = (await db.Set<Premise>().FindAsync([agreement.PremiseId], ct))!;
        premise.Supply();
        timeline.Tell(
            new RecordRef("agreement", agreement.Id), "agreement", db.Now, $"{InWords(agreement.Type)}: {InWords(to).ToLowerInvariant()} on {on:d MMM yyyy}", premise.OneLine, false,
            account.Standing.FirstOrDefault(p => p.Role == AccountRole.Main)?.PersonId, account.Id, agreement.PremiseId);
        await events.Publish(
            new AgreementMoved(agreement.Id, account.Id, agreement.PremiseId, from.ToString(), to.ToString(), on), ct,
            new RecordRef("agreement", agreement.Id), new RecordRef("account", account.Id), new RecordRef("premise", agreement.PremiseId));
        return null;
    }

    private async Task<Problem?> Obstacle(ServiceAgreement agreement, Account account, CancellationToken ct)
    {
        if (account.Status == AccountStatus.Closed)
            return new Problem(null, $"Account {account.Number} is closed: open it again first.", "account.closed");
        // Tracked: one that ends in the same transaction is over.
        var others = await db.Set<ServiceAgreement>().Where(a => a.PremiseId == agreement.PremiseId && a.Type == agreement.Type && a.Id != agreement.Id).ToListAsync(ct);
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
