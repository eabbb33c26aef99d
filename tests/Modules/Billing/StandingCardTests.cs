using System.Globalization;
using Tieline.Billing;
using Tieline.Billing.Standing;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Customers;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Billing;

public sealed class StandingCardTests
{
    private const string Hostile = "<script>alert(1)</script>";

    [Theory, BothDatabases]
    public async Task The_customer_page_shows_balance_age_and_use_by_bill_cycle(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = (await desk.Person()).Id;
        var account = (await desk.Account(person)).Id;
        await Say(desk, account, TimeSpan.FromHours(2), bills: 3);
        var csr = await desk.House.SignedIn(Roles.Csr);
        var page = await csr.GetStringAsync($"/customers/{person}");

        foreach (var shown in new[] { "$84.20", "as of 2 h ago", "disconnection on 24 Dec 2026", "cash only", "$10.00 past due", "arrangement: $30.00", "by bill cycle", "<svg", "<table", "612.5", "$79.88" })
            Assert.Contains(shown, page, StringComparison.Ordinal);
        // What the bars show stands in words and in the table too.
        Assert.Contains("aria-label=\"Electricity, kWh by bill cycle: ", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split("<rect").Length - 1);
        Assert.DoesNotContain(Hostile, page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("tone-warning\" title=\"Older", page, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task What_is_old_is_marked_and_accounts_are_told_apart(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = (await desk.Person()).Id;
        await Say(desk, (await desk.Account(person)).Id, TimeSpan.FromDays(4), bills: 0);
        var csr = await desk.House.SignedIn(Roles.Csr);
        var one = await csr.GetStringAsync($"/customers/{person}");
        Assert.Contains("as of 4 days ago", one, StringComparison.Ordinal);
        Assert.Contains("Older than it should be", one, StringComparison.Ordinal);
        Assert.DoesNotContain("Balance and bills of", one, StringComparison.Ordinal);

        await Say(desk, (await desk.Account(person)).Id, TimeSpan.FromMinutes(1), bills: 1);
        var two = await csr.GetStringAsync($"/customers/{person}");
        Assert.Equal(2, two.Split("Balance and bills of").Length - 1);
        Assert.Contains("just now", two, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30, "just now")]
    [InlineData(59 * 60, "59 min ago")]
    [InlineData(2 * 3600, "2 h ago")]
    [InlineData(47 * 3600, "47 h ago")]
    [InlineData(72 * 3600, "3 days ago")]
    [InlineData(-60, "just now")]
    public void Age_is_said_in_words(int seconds, string words) => Assert.Equal(words, Age.Words(TimeSpan.FromSeconds(seconds)));

    private static async Task Say(CustomerDesk desk, long account, TimeSpan ago, int bills)
    {
        await using var scope = desk.House.As(Roles.Operator);
        var db = scope.Db;
        db.Add(new AccountStanding
        {
            AccountId = account, Source = Hostile, AsOfAt = db.Now - ago, ReceivedAt = db.Now, ReceivedFrom = db.Actor.Ref, Balance = new Money(8_420), PastDue = new Money(1_000),
            DueOn = new DateOnly(2026, 12, 4), Disconnect = DisconnectStatus.Scheduled, DisconnectOn = new DateOnly(2026, 12, 24), CashOnly = true, Arrangement = ArrangementState.Active,
            Instalment = new Money(3_000),
        });
        for (var i = 0; i < bills; i++)
            db.Add(new AccountBill
            {
                Id = db.NextId(), AccountId = account, Service = "Electricity", Number = $"{i}{Hostile}", Cycle = i == 0 ? Hostile : null, ToOn = new DateOnly(2026, 8 + i, 2), Usage = 612_500_000 - i,
                Unit = "kWh", Amount = new Money(7_988), AsOfAt = db.Now,
            });
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }
}
