using System.Globalization;
using Tieline.Billing.Standing;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;

namespace Tieline.Billing.Demo;

/// <summary>What the demonstration's billing system said last night: how accounts stand, and a year of bills of every other one that is supplied. Written range by range.</summary>
internal sealed class BillingDemo(AppDb db, Ids ids, ICustomers customers, ISettings settings) : IDemoData
{
    private const int Range = 2_000;
    private const string Source = "CIS";
    private static readonly ActorRef Feed = new(ActorKind.Process, 0, "billing feed");

    // In the Northwest most heat with electricity: January costs more than August.
    private static readonly double[] Season = [1.55, 1.4, 1.2, 0.95, 0.8, 0.75, 0.85, 0.85, 0.75, 0.85, 1.1, 1.4];

    public int Order => 35;
    public string Name => "balances";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        var first = await settings.Get(DemoKeys.FirstAccount, ct);
        for (var from = 0; from < plan.People; from += Range)
        {
            var to = Math.Min(from + Range, plan.People);
            await LoadRange(plan, first, from, to, bills: true, ct);
            progress.Report(string.Create(CultureInfo.InvariantCulture, $"{to:N0} of {plan.People:N0}"));
        }
    }

    internal async Task LoadRange(DemoPlan plan, long firstAccount, int from, int to, bool bills, CancellationToken ct)
    {
        var (standings, written) = (new List<AccountStanding>(to - from), new List<AccountBill>((to - from) * 16));
        var random = new DemoStream(plan.Seed, "billing");
        var known = await customers.Accounts([.. Enumerable.Range(from, to - from).Select(i => firstAccount + i)], ct);
        for (var i = from; i < to; i++)
        {
            if (!known.TryGetValue(firstAccount + i, out var account))
                continue;
            // Half of them are enough to look at, and the first start should not wait for the others.
            var own = account.Status == "Active" && bills && i % 2 == 0 ? Bills(account.Id, plan.AsOf, i, random.At(i)) : [];
            written.AddRange(own);
            standings.Add(Standing(account, plan.AsOf, own, random.At(-i - 1)));
        }
        await db.BulkInsert(standings, ct);
        await db.BulkInsert(written, ct);
    }

    /// <summary>Eight in the evening before, as the night run of an old system has it.</summary>
    private static DateTime LastNight(DateOnly today) => today.ToDateTime(new TimeOnly(4, 0), DateTimeKind.Utc);

    private List<AccountBill> Bills(long account, DateOnly today, int index, DemoRandom random)
    {
        var bills = new List<AccountBill>(13);
        var size = 350 + random.Next(700);
        var water = random.Chance(0.2);
        var last = new DateOnly(today.Year, today.Month, 1 + (index % 20));
        if (last > today.AddDays(-3))
            last = last.AddMonths(-1);
        for (var month = -12; month <= 0; month++)
        {
            var (from, to) = (last.AddMonths(month - 1).AddDays(1), last.AddMonths(month));
            // Somebody has a month that nobody believes: what callers ring about.
            var usage = (long)(size * Season[to.Month - 1] * (0.85 + (random.NextDouble() * 0.3)) * (random.Chance(0.008) ? 2.4 : 1));
            bills.Add(Bill(account, "Electricity", to, from, usage, "kWh", 1_250 + (usage * 11)));
            if (water)
                bills.Add(Bill(account, "Water", to, from, 3 + random.Next(9), "CCF", 2_100 + (random.Next(40) * 45)));
        }
        return bills;
    }

    private AccountBill Bill(long account, string service, DateOnly to, DateOnly from, long usage, string unit, long cents) => new()
    {
        Id = ids.Next(), AccountId = account, Service = service, Number = string.Create(CultureInfo.InvariantCulture, $"{to:yyMM}{account % 10_000_000:0000000}"),
        Cycle = string.Create(CultureInfo.InvariantCulture, $"{to:yyyy-MM}"), FromOn = from, ToOn = to, Usage = usage * 1_000_000, Unit = unit, Amount = new Money(cents),
        BilledOn = to.AddDays(2), PaidOn = null, AsOfAt = LastNight(to.AddDays(2)),
    };

    private static AccountStanding Standing(AccountLine account, DateOnly today, List<AccountBill> bills, DemoRandom random)
    {
        var mood = random.NextDouble();
        var closed = account.Status != "Active";
        var newest = bills.Count > 0 ? bills[^1].ToOn : closed ? today.AddDays(-400) : today.AddDays(-random.Next(29));
        long Of(DateOnly on) => bills.Where(b => b.ToOn == on).Sum(b => b.Amount.Minor);
        var size = bills.Count > 0 || (closed && mood < 0.97) ? 0 : 4_000 + random.Next(14_000);
        var current = mood < 0.3 || (mood < 0.55 && newest.AddDays(21) < today) ? 0 : Of(newest) + size;
        var behind = mood > 0.9 ? Of(newest.AddMonths(-1)) + size : 0;
        var disconnect = mood switch { > 0.996 => DisconnectStatus.Disconnected, > 0.99 => DisconnectStatus.Scheduled, > 0.97 => DisconnectStatus.Notice, _ => DisconnectStatus.None };
        var arrangement = behind == 0 ? ArrangementState.None : random.NextDouble() switch { > 0.9 => ArrangementState.Broken, > 0.6 => ArrangementState.Active, _ => ArrangementState.None };
        if (behind == 0)
            disconnect = DisconnectStatus.None;
        if (current + behind == 0 && random.Chance(0.04))
            current = -1_000 - (random.Next(60) * 100);
        return new AccountStanding
        {
            AccountId = account.Id, Source = Source, AsOfAt = LastNight(random.Chance(0.01) ? today.AddDays(-5) : today), ReceivedAt = LastNight(today).AddMinutes(40), ReceivedFrom = Feed,
            Balance = new Money(current + behind), PastDue = new Money(behind), DueOn = current + behind > 0 ? newest.AddDays(21) : null,
            Disconnect = disconnect,
            DisconnectOn = disconnect switch { DisconnectStatus.Disconnected => today.AddDays(-1 - random.Next(6)), DisconnectStatus.None => null, _ => today.AddDays(2 + random.Next(10)) },
            CashOnly = random.Chance(0.012), Arrangement = arrangement,
            Instalment = arrangement == ArrangementState.None ? null : new Money(behind / 3), InstalmentDueOn = arrangement switch
            {
                ArrangementState.Active => today.AddDays(1 + random.Next(20)), ArrangementState.Broken => today.AddDays(-3 - random.Next(12)), _ => null,
            },
        };
    }
}
