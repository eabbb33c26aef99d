using Dapper;
using Tieline.Platform.Data;
using Tieline.Platform.Settings;

namespace Tieline.Billing.Standing;

/// <summary>Keeps what the billing system says, set by set and in the caller's transaction. What was said earlier than what is held changes nothing.</summary>
internal sealed class StandingBook(AppDb db, ISettings settings)
{
    /// <param name="standings">One for each account at most.</param>
    /// <returns>The accounts whose standing was written.</returns>
    public async Task<IReadOnlySet<long>> Keep(IReadOnlyCollection<AccountStanding> standings, CancellationToken ct)
    {
        // In one order, so that two imports wait for each other instead of locking each other out.
        var written = await db.BulkUpsert([.. standings.OrderBy(s => s.AccountId)], [nameof(AccountStanding.AccountId)], nameof(AccountStanding.AsOfAt), ct);
        return written.Select(s => s.AccountId).ToHashSet();
    }

    /// <summary>Of each account and service only the last bills are kept.</summary>
    /// <param name="bills">No two with the same key.</param>
    /// <returns>Those that were written and are among the last.</returns>
    public async Task<IReadOnlySet<BillKey>> Keep(IReadOnlyCollection<AccountBill> bills, CancellationToken ct)
    {
        var written = await db.BulkUpsert(
            [.. bills.OrderBy(b => b.AccountId).ThenBy(b => b.Service, StringComparer.Ordinal).ThenBy(b => b.Number, StringComparer.Ordinal)],
            [nameof(AccountBill.AccountId), nameof(AccountBill.Service), nameof(AccountBill.Number)], nameof(AccountBill.AsOfAt), ct);
        var kept = written.Select(BillKey.Of).ToHashSet();
        if (written.Count == 0)
            return kept;
        var (connection, transaction) = await db.Sql(ct);
        // Whole numbers, not text: they may stand in the statement, which then needs no thousands of parameters.
        var dropped = await connection.QueryAsync<BillKey>(new CommandDefinition($"""
            delete from account_bill where id in (
                select id from (
                    select id, row_number() over (partition by account_id, service order by to_on desc, id desc) as place
                    from account_bill where account_id in ({string.Join(',', written.Select(b => b.AccountId).Distinct())})
                ) ranked where place > @kept)
            returning account_id as AccountId, service as Service, number as Number
            """, new { kept = await settings.Get(BillingSettings.BillsKept, ct) }, transaction, cancellationToken: ct));
        kept.ExceptWith(dropped);
        return kept;
    }
}

internal readonly record struct BillKey(long AccountId, string Service, string Number)
{
    public static BillKey Of(AccountBill bill) => new(bill.AccountId, bill.Service, bill.Number);
}
