using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using Tieline.Billing;
using Tieline.Billing.Standing;
using Tieline.Platform.Data;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Customers;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Billing;

/// <summary>What the company's billing system says, by file and by API.</summary>
public sealed class FeedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task A_newer_row_replaces_what_is_held_and_others_change_nothing(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (id, number) = await Account(desk);
        var file = $"account_number,balance,past_due,due_on,disconnect,disconnect_on,cash_only,arrangement,instalment,instalment_due_on\n{number},\"1,284.20\",640.10,2026-12-01,notice,12/08/2026,yes,Broken,210,2026-11-28\n";
        Assert.Equal([RowOutcome.Imported], await Outcomes(desk, file, Hours(-3)));
        var first = await Standing(desk, id);
        Assert.Equal((128_420, 64_010, 21_000), (first.Balance.Minor, first.PastDue.Minor, first.Instalment!.Value.Minor));
        Assert.Equal(("Notice", new DateOnly(2026, 12, 8), true, "Broken", new DateOnly(2026, 11, 28)), (first.Disconnect, first.DisconnectOn, first.CashOnly, first.Arrangement, first.InstalmentDueOn));

        Assert.Equal([RowOutcome.AlreadyThere], await Outcomes(desk, file, first.AsOf.ToString("O", CultureInfo.InvariantCulture)));
        Assert.Equal([RowOutcome.AlreadyThere], await Outcomes(desk, file.Replace("1,284.20", "7", StringComparison.Ordinal), Hours(-4)));
        Assert.Equal(first, await Standing(desk, id) with { Bills = first.Bills });

        Assert.Equal([RowOutcome.Imported], await Outcomes(desk, $"account_number,balance\n{number},-12\n", Hours(-1)));
        var last = await Standing(desk, id);
        Assert.Equal((-1_200, 0, "None", false, "None"), (last.Balance.Minor, last.PastDue.Minor, last.Disconnect, last.CashOnly, last.Arrangement));
    }

    [Theory, BothDatabases]
    public async Task Of_rows_about_one_account_the_newest_counts_wherever_it_stands(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (id, number) = await Account(desk);
        var file = $"account_number,as_of,balance\n{number},{Hours(-5)},5\n{number},{Hours(-2)},2\n{number},{Hours(-3)},3\n{number},{Hours(-2)},9\n";
        Assert.Equal([RowOutcome.AlreadyThere, RowOutcome.Imported, RowOutcome.AlreadyThere, RowOutcome.AlreadyThere], await Outcomes(desk, file, Hours(-9)));
        Assert.Equal(200, (await Standing(desk, id)).Balance.Minor);
    }

    [Theory, BothDatabases]
    public async Task Rows_that_cannot_be_used_are_rejected_with_the_reason(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (_, number) = await Account(desk);
        var results = await Import(desk, $"""
            account_id,account_number,as_of,balance,due_on,disconnect,cash_only,instalment
            ,9999-9999-9,,1,,,,
            X-1,{number},,1,,,,
            ,,,1,,,,
            ,{number},,,,,,
            ,{number},,=1+1,,,,
            ,{number},,"=HYPERLINK(""http://x"")",,,,
            ,{number},,"84,20",,,,
            ,{number},2999-01-01 06:00,1,,,,
            ,{number},,1,31/12/2026,,,
            ,{number},,1,,Soon,,
            ,{number},,1,,1,,
            ,{number},,1,,,maybe,
            ,{number},,1,,,,1.005

            """, Hours(-1));
        string[] reasons =
        [
            "There is no account 9999-9999-9", "There is no account X-1 of old", "account_id or account_number is missing", "balance is missing", "'=1+1' in balance", "no amount of USD",
            "'84,20' in balance", "yet to come", "is no day", "none of None, Notice", "none of None, Notice", "neither yes nor no", "'1.005' in instalment",
        ];
        Assert.Equal(reasons.Length, results.Count);
        for (var i = 0; i < reasons.Length; i++)
            Assert.Contains(reasons[i], results[i].Reason!, StringComparison.Ordinal);
        Assert.Equal(0, await desk.Count("account_standing"));
    }

    [Theory, BothDatabases]
    public async Task A_file_of_three_hundred_columns_is_read_by_those_it_knows(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (id, number) = await Account(desk);
        var more = string.Join(',', Enumerable.Range(0, 298).Select(i => $"column{i}"));
        var cells = string.Join(',', Enumerable.Range(0, 298).Select(i => i % 2 == 0 ? "=cmd|'/c calc'!A1" : "Ñandú"));
        Assert.Equal([RowOutcome.Imported], await Outcomes(desk, $"\uFEFFaccount_number,{more},BALANCE\n{number},{cells},3\n", Hours(-1)));
        Assert.Equal(300, (await Standing(desk, id)).Balance.Minor);
    }

    [Theory, BothDatabases]
    public async Task Of_the_bills_the_last_are_kept_and_newer_ones_replace_them(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (id, number) = await Account(desk);
        Assert.Equal([RowOutcome.Imported], await Outcomes(desk, $"account_number,balance\n{number},0\n", Hours(-1)));
        var file = new StringBuilder("account_number,bill_number,service,to_on,usage,unit,amount\n");
        for (var i = 0; i < 30; i++)
            file.Append(CultureInfo.InvariantCulture, $"{number},B{i},Electricity,{new DateOnly(2024, 1, 31).AddMonths(i):yyyy-MM-dd},{i}.5,kWh,{i}\n");
        file.Append(CultureInfo.InvariantCulture, $"{number},B29,Water,2026-06-30,3,CCF,20\n");
        var first = await Bills(desk, file.ToString(), Hours(-2));
        Assert.Equal((6, 25), (first.Take(6).Count(r => r.Outcome == RowOutcome.AlreadyThere), first.Skip(6).Count(r => r.Outcome == RowOutcome.Imported)));
        Assert.Equal(25, await desk.Count("account_bill"));
        Assert.All(await Bills(desk, file.ToString(), Hours(-2)), r => Assert.Equal(RowOutcome.AlreadyThere, r.Outcome));

        var paid = $"account_number,bill_number,service,to_on,usage,unit,amount,paid_on\n{number},B29,Electricity,2026-06-30,29.5,kWh,31,2026-07-12\n";
        Assert.Equal([RowOutcome.Imported], (await Bills(desk, paid, Hours(-1))).Select(r => r.Outcome));
        Assert.Equal([RowOutcome.AlreadyThere], (await Bills(desk, paid, Hours(-3))).Select(r => r.Outcome));
        var shown = (await Standing(desk, id)).Bills;
        Assert.Equal((13, 1), (shown.Count(b => b.Service == "Electricity"), shown.Count(b => b.Service == "Water")));
        Assert.Equal(("B29", 29.5m, 3_100, new DateOnly(2026, 7, 12)), shown.Where(b => b.Service == "Electricity").Select(b => (b.Number, b.Usage!.Value, b.Amount.Minor, b.PaidOn!.Value)).First());
        Assert.Contains("bill_number is missing", (await Bills(desk, $"account_number,to_on,amount,usage\n{number},2026-01-01,1,=2\n", Hours(-1)))[0].Reason!, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_machine_sets_the_standing_of_one_account_as_often_as_it_likes(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (id, number) = await Account(desk);
        using var feed = await desk.House.Machine(BillingPermissions.Standing);
        using var reader = await desk.House.Machine(BillingPermissions.Read, "customers.unmasked");
        var path = $"/api/v1/accounts/{number}/standing";
        var (early, late) = (DateTime.Parse(Hours(-5), CultureInfo.InvariantCulture).ToUniversalTime(), DateTime.Parse(Hours(-2), CultureInfo.InvariantCulture).ToUniversalTime());
        Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync(path, Ct)).StatusCode);
        var said = new
        {
            source = "CIS", asOf = late, balance = 84.20m, pastDue = 10m, dueOn = "2026-12-04", disconnect = "Scheduled", disconnectOn = "2026-12-24", cashOnly = true,
            bills = new object[] { new { number = "1", toOn = "2026-11-02", usage = 612.5m, unit = "kWh", amount = 79.88m } },
        };
        Assert.True(await Stored(feed, path, said));
        Assert.False(await Stored(feed, path, said));
        Assert.False(await Stored(feed, path, new { source = "CIS", asOf = early, balance = 1m, bills = new object[] { new { number = "2", toOn = "2026-11-02", amount = 1m } } }));
        var found = (await reader.GetFromJsonAsync<JsonElement>(path, Ct));
        Assert.Equal((84.20m, "USD", "Scheduled", 1), (found.GetProperty("balance").GetDecimal(), found.GetProperty("currency").GetString(), found.GetProperty("disconnect").GetString(), found.GetProperty("bills").GetArrayLength()));
        Assert.Equal(612.5m, found.GetProperty("bills")[0].GetProperty("usage").GetDecimal());
        await using var scope = desk.House.As(Roles.Csr);
        Assert.Single(await scope.LooksAt(new("account", id)));

        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PutAsJsonAsync(path, said, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await feed.GetAsync(path, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await feed.PutAsJsonAsync("/api/v1/accounts/9999-9999-9/standing", said, Ct)).StatusCode);
        foreach (var wrong in new object[]
                 {
                     new { source = "CIS", asOf = late }, new { source = "CIS", balance = 1m }, new { asOf = late, balance = 1m }, new { source = "CIS", asOf = late, balance = 1.005m },
                     new { source = "CIS", asOf = late.AddYears(3), balance = 1m }, new { source = "CIS", asOf = late, balance = 1e20m }, new { source = "CIS", asOf = late, balance = 1m, bills = new object?[] { null } },
                     new { source = "CIS", asOf = late, balance = 1m, bills = new object[] { new { number = "1", amount = 1m } } },
                 })
            Assert.Equal((JsonSerializer.Serialize(wrong), HttpStatusCode.UnprocessableEntity), (JsonSerializer.Serialize(wrong), (await feed.PutAsJsonAsync(path, wrong, Ct)).StatusCode));
    }

    [Theory, BothDatabases]
    public async Task Two_feeds_at_the_same_moment_leave_the_newest(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var accounts = new List<(long Id, string Number)>();
        for (var i = 0; i < 5; i++)
            accounts.Add(await Account(desk));
        string File(IEnumerable<(long, string Number)> of, int balance) => "account_number,balance\n" + string.Concat(of.Select(a => $"{a.Number},{balance}\n"));
        await Task.WhenAll(
            Task.Run(() => Import(desk, File(accounts, 1), Hours(-2)), Ct), Task.Run(() => Import(desk, File(accounts.AsEnumerable().Reverse(), 2), Hours(-1)), Ct));
        foreach (var (id, _) in accounts)
            Assert.Equal(200, (await Standing(desk, id)).Balance.Minor);
    }

    [Theory, BothDatabases]
    public async Task Only_those_with_the_right_bring_balances_in(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        await using var csr = desk.House.As(Roles.Csr);
        await Assert.ThrowsAsync<ForbiddenException>(() => csr.Get<ImportBalanceRows>().Handle(new("old", Hours(-1), []), Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => csr.Get<ImportBillRows>().Handle(new("old", Hours(-1), []), Ct));
        await using var @operator = desk.House.As(Roles.Operator);
        await Assert.ThrowsAsync<ForbiddenException>(() => @operator.Get<IBilling>().StandingOf([1], Ct));
        Assert.Equal("import.as_of", CustomerDesk.Rule(await @operator.Get<ImportBalanceRows>().Handle(new("old", "yesterday", []), Ct)));
    }

    private static async Task<bool> Stored(HttpClient feed, string path, object said)
    {
        var answer = await feed.PutAsJsonAsync(path, said, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("stored").GetBoolean();
    }

    internal static async Task<(long Id, string Number)> Account(CustomerDesk desk)
    {
        var account = await desk.Account((await desk.Person()).Id);
        await using var scope = desk.House.As(Roles.Csr);
        return (account.Id, (await (await scope.Connection()).QuerySingleAsync<string>("select number from account where id = @id", new { id = account.Id })));
    }

    // One hour for all of a run: twice the same is the same, also when the clock strikes meanwhile.
    private static readonly DateTime Hour = DateTime.UtcNow.Date.AddHours(DateTime.UtcNow.Hour);

    /// <summary>Of the machine's clock, which is that of the test.</summary>
    private static string Hours(int from) => Hour.AddHours(from).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    internal static async Task<StandingFact> Standing(CustomerDesk desk, long account)
    {
        await using var scope = desk.House.As(Roles.Csr);
        return Assert.Single(await scope.Get<IBilling>().StandingOf([account], Ct));
    }

    private static async Task<IEnumerable<RowOutcome>> Outcomes(CustomerDesk desk, string file, string asOf) => (await Import(desk, file, asOf)).Select(r => r.Outcome);

    private static Task<IReadOnlyList<RowResult>> Import(CustomerDesk desk, string file, string asOf) =>
        Feed(desk, file, async (scope, rows) => CustomerDesk.Ok(await scope.Get<ImportBalanceRows>().Handle(new("old", asOf, rows), Ct)).Results);

    private static Task<IReadOnlyList<RowResult>> Bills(CustomerDesk desk, string file, string asOf) =>
        Feed(desk, file, async (scope, rows) => CustomerDesk.Ok(await scope.Get<ImportBillRows>().Handle(new("old", asOf, rows), Ct)).Results);

    private static async Task<IReadOnlyList<RowResult>> Feed(CustomerDesk desk, string file, Func<TestScope, IReadOnlyList<ImportRow>, Task<IReadOnlyList<RowResult>>> import)
    {
        using var source = new CsvSource(new MemoryStream(Encoding.UTF8.GetBytes(file)));
        await using var scope = desk.House.As(Roles.Operator);
        return [.. (await import(scope, [.. source.Rows().Select(r => r.Row)])).OrderBy(r => r.Line)];
    }
}
