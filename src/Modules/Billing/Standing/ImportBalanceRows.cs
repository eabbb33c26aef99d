using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Billing.Standing;

/// <summary>
/// Imports a chunk of a file of balances in one transaction. A row replaces what is held of its account when it is newer; a row that is as old or older
/// changes nothing and counts as already there.
/// </summary>
internal sealed class ImportBalanceRows(AppDb db, CurrentActor actor, FeedRows feed, StandingBook book) : IUse<FeedInput, ImportBalanceRows.Imported>
{
    public sealed record Imported(IReadOnlyList<RowResult> Results);

    public async Task<Outcome<Imported>> Handle(FeedInput input, CancellationToken ct)
    {
        actor.Require(BillingPermissions.Standing);
        var results = new List<RowResult>();
        var read = await feed.Read(input, Read, results, ct);
        if (!read.Ok)
            return Outcome<Imported>.Broken(read.Problems);
        var (source, rows) = read.Value;
        // Of several rows about one account the newest counts, of those that are equally new the first.
        var last = rows.GroupBy(r => r.AccountId).ToDictionary(g => g.Key, g => g.MaxBy(r => r.Value.AsOfAt)!);
        var (now, from) = (db.Now, db.Actor.Ref);
        var written = await db.InTransaction(() => book.Keep([.. last.Values.Select(r => r.Value.Of(r.AccountId, source, now, from))], ct), ct);
        results.AddRange(rows.Select(r => new RowResult(r.Line, last[r.AccountId] == r && written.Contains(r.AccountId) ? RowOutcome.Imported : RowOutcome.AlreadyThere)));
        return new Imported(results);
    }

    private static Balance Read(RowFields row, DateTime asOf) => new(
        row.AsOf("as_of", asOf), row.RequiredAmount("balance"), row.Amount("past_due") ?? Money.Zero, row.Day("due_on"), row.Choice<DisconnectStatus>("disconnect"), row.Day("disconnect_on"),
        row.Yes("cash_only"), row.Choice<ArrangementState>("arrangement"), row.Amount("instalment"), row.Day("instalment_due_on"));
}

/// <summary>How an account stands, before it is known which.</summary>
internal sealed record Balance(
    DateTime AsOfAt, Money Amount, Money PastDue, DateOnly? DueOn, DisconnectStatus Disconnect, DateOnly? DisconnectOn, bool CashOnly,
    ArrangementState Arrangement, Money? Instalment, DateOnly? InstalmentDueOn)
{
    public AccountStanding Of(long account, string source, DateTime receivedAt, ActorRef from) => new()
    {
        AccountId = account, Source = source, AsOfAt = AsOfAt.TruncateToMicroseconds(), ReceivedAt = receivedAt, ReceivedFrom = from, Balance = Amount, PastDue = PastDue, DueOn = DueOn,
        Disconnect = Disconnect, DisconnectOn = DisconnectOn, CashOnly = CashOnly, Arrangement = Arrangement, Instalment = Instalment, InstalmentDueOn = InstalmentDueOn,
    };
}
