using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Billing.Standing;

/// <summary>
/// Imports a chunk of a file of bills in one transaction. A bill is known again by account, service and number; what is newer replaces it. A bill that is not
/// among the last of its account is left out and counts as already there.
/// </summary>
internal sealed class ImportBillRows(AppDb db, CurrentActor actor, FeedRows feed, StandingBook book) : IUse<FeedInput, ImportBillRows.Imported>
{
    public sealed record Imported(IReadOnlyList<RowResult> Results);

    public async Task<Outcome<Imported>> Handle(FeedInput input, CancellationToken ct)
    {
        actor.Require(BillingPermissions.Standing);
        var results = new List<RowResult>();
        var read = await feed.Read(input, Read, results, ct);
        if (!read.Ok)
            return Outcome<Imported>.Broken(read.Problems);
        var rows = read.Value.Rows;
        var last = rows.GroupBy(Key).ToDictionary(g => g.Key, g => g.MaxBy(r => r.Value.AsOfAt)!);
        var kept = await db.InTransaction(() => book.Keep([.. last.Values.Select(r => r.Value.Of(db.NextId(), r.AccountId))], ct), ct);
        results.AddRange(rows.Select(r => new RowResult(r.Line, last[Key(r)] == r && kept.Contains(Key(r)) ? RowOutcome.Imported : RowOutcome.AlreadyThere)));
        return new Imported(results);
    }

    private static BillKey Key(FeedRow<Bill> row) => new(row.AccountId, row.Value.Service, row.Value.Number);

    private static Bill Read(RowFields row, DateTime asOf) => new(
        row.AsOf("as_of", asOf), row.Text("service", 30) ?? "", row.RequiredText("bill_number", 50), row.Text("cycle", 20), row.Day("from_on"), row.RequiredDay("to_on"),
        row.Quantity("usage"), row.Text("unit", 20), row.RequiredAmount("amount"), row.Day("billed_on"), row.Day("paid_on"));
}

/// <summary>A bill, before it is known whose.</summary>
internal sealed record Bill(
    DateTime AsOfAt, string Service, string Number, string? Cycle, DateOnly? FromOn, DateOnly ToOn, long? Usage, string? Unit, Money Amount, DateOnly? BilledOn, DateOnly? PaidOn)
{
    public AccountBill Of(long id, long account) => new()
    {
        Id = id, AccountId = account, Service = Service, Number = Number, Cycle = Cycle, FromOn = FromOn, ToOn = ToOn, Usage = Usage, Unit = Unit, Amount = Amount,
        BilledOn = BilledOn, PaidOn = PaidOn, AsOfAt = AsOfAt.TruncateToMicroseconds(),
    };
}
