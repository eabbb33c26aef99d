using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Billing.Standing;

/// <summary>By what they were billed and what they owe a customer shows who they are. Two SELECTs.</summary>
internal sealed class HeldAmounts(AppDb db) : IHeldAmounts
{
    public async Task<IReadOnlyList<Money>> Of(IReadOnlyCollection<long> accountIds, CancellationToken ct)
    {
        var owed = await db.Set<AccountStanding>().AsNoTracking().Where(s => accountIds.Contains(s.AccountId)).Select(s => s.Balance).ToListAsync(ct);
        var bills = await db.Set<AccountBill>().AsNoTracking().Where(b => accountIds.Contains(b.AccountId)).Select(b => new { b.AccountId, b.Number, b.ToOn, b.Amount }).ToListAsync(ct);
        // A bill of several services is one amount to whoever pays it, and the amount of one of them is as good.
        var last = bills.GroupBy(b => b.AccountId).Select(g => g.OrderByDescending(b => b.ToOn).First()).SelectMany(l => bills.Where(b => b.AccountId == l.AccountId && b.Number == l.Number)).ToArray();
        var whole = last.GroupBy(b => b.AccountId).Select(g => new Money(g.Sum(b => b.Amount.Minor)));
        return [.. owed.Concat(last.Select(b => b.Amount)).Concat(whole).Where(m => m.Minor > 0).Distinct()];
    }
}
