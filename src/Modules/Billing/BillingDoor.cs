using Dapper;
using Tieline.Billing.Standing;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Billing;

internal sealed class BillingDoor(AppDb db, CurrentActor actor) : IBilling
{
    /// <summary>A year of monthly bills and the one before, of each service.</summary>
    private const int BillsShown = 13;

    public async Task<IReadOnlyList<StandingFact>> StandingOf(IReadOnlyCollection<long> accountIds, CancellationToken ct)
    {
        actor.Require(BillingPermissions.Read);
        if (accountIds.Count == 0)
            return [];
        var (connection, transaction) = await db.Sql(ct);
        var values = new DynamicParameters(new { shown = BillsShown });
        // A parameter for each: lists are written in another way on each database, and there are one or two accounts as a rule.
        var names = string.Join(", ", accountIds.Select((account, i) =>
        {
            values.Add($"a{i}", account);
            return $"@a{i}";
        }));
        var lines = await connection.QueryAsync<Line>(new CommandDefinition($"""
            select s.account_id as AccountId, s.source as Source, s.as_of_at as AsOfAt, s.received_at as ReceivedAt, s.balance as Balance, s.past_due as PastDue, s.due_on as DueOn,
                s.disconnect as Disconnect, s.disconnect_on as DisconnectOn, s.cash_only as CashOnly, s.arrangement as Arrangement, s.instalment as Instalment,
                s.instalment_due_on as InstalmentDueOn, b.service as Service, b.number as Number, b.cycle as Cycle, b.from_on as FromOn, b.to_on as ToOn, b.usage as Usage,
                b.unit as Unit, b.amount as Amount, b.billed_on as BilledOn, b.paid_on as PaidOn
            from account_standing s
            left join (
                select *, row_number() over (partition by account_id, service order by to_on desc, id desc) as place from account_bill where account_id in ({names})
            ) b on b.account_id = s.account_id and b.place <= @shown
            where s.account_id in ({names})
            order by s.account_id, b.to_on desc, b.service
            """, values, transaction, cancellationToken: ct));
        return [.. lines.GroupBy(l => l.AccountId).Select(Standing)];
    }

    private static StandingFact Standing(IEnumerable<Line> lines)
    {
        var s = lines.First();
        return new StandingFact(
            s.AccountId, s.Source, s.AsOfAt, s.ReceivedAt, new Money(s.Balance), new Money(s.PastDue), s.DueOn, s.Disconnect, s.DisconnectOn, s.CashOnly, s.Arrangement,
            s.Instalment is { } instalment ? new Money(instalment) : null, s.InstalmentDueOn,
            [.. lines.Where(b => b.Number is not null).Select(b => new BillFact(
                b.Service!, b.Number!, b.Cycle, b.FromOn, b.ToOn!.Value, b.Usage is { } usage ? Quantity.Amount(usage) : null, b.Unit, new Money(b.Amount!.Value), b.BilledOn, b.PaidOn))]);
    }

    // Column names as the statement has them; those of a bill are null where there is none.
    private sealed class Line
    {
        public long AccountId { get; init; }
        public string Source { get; init; } = "";
        public DateTime AsOfAt { get; init; }
        public DateTime ReceivedAt { get; init; }
        public long Balance { get; init; }
        public long PastDue { get; init; }
        public DateOnly? DueOn { get; init; }
        public string Disconnect { get; init; } = "";
        public DateOnly? DisconnectOn { get; init; }
        public bool CashOnly { get; init; }
        public string Arrangement { get; init; } = "";
        public long? Instalment { get; init; }
        public DateOnly? InstalmentDueOn { get; init; }
        public string? Service { get; init; }
        public string? Number { get; init; }
        public string? Cycle { get; init; }
        public DateOnly? FromOn { get; init; }
        public DateOnly? ToOn { get; init; }
        public long? Usage { get; init; }
        public string? Unit { get; init; }
        public long? Amount { get; init; }
        public DateOnly? BilledOn { get; init; }
        public DateOnly? PaidOn { get; init; }
    }
}
