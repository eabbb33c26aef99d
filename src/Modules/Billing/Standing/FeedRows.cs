using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Import;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Billing.Standing;

/// <summary>A chunk of one of the billing system's files.</summary>
/// <param name="Source">Name of the billing system.</param>
/// <param name="AsOf">When rows without <c>as_of</c> were so; with a zone or in the utility's.</param>
internal sealed record FeedInput(string? Source, string? AsOf, IReadOnlyList<ImportRow> Rows);

/// <summary>A row that could be read, and whom it is about: the account's key in the source, or else its number.</summary>
internal sealed record FeedRow<T>(long Line, string? Key, string? Number, T Value)
{
    /// <summary>Found out last, for all rows at once.</summary>
    public long AccountId { get; init; }
}

/// <summary>What the imports of balances and of bills have in common: reading rows, and finding the accounts that they name.</summary>
internal sealed class FeedRows(ICustomers customers, ISettings settings, IUtilityClock clock)
{
    /// <summary>By how much the billing system's clock may be ahead of ours.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    private const int MostRows = 5_000;

    /// <summary>Reads <paramref name="input"/>; rows that cannot be used are in <paramref name="rejected"/> with the reason.</summary>
    public async Task<Outcome<(string Source, IReadOnlyList<FeedRow<T>> Rows)>> Read<T>(
        FeedInput input, Func<RowFields, DateTime, T> read, List<RowResult> rejected, CancellationToken ct)
    {
        var problems = new Problems();
        var source = problems.Text(nameof(FeedInput.Source), "Source", input.Source, 50);
        var dates = new ImportDates(null, await clock.Zone(ct));
        if (string.IsNullOrWhiteSpace(input.AsOf) || !dates.TryInstant(input.AsOf.Trim(), out var asOf))
            problems.Add(nameof(FeedInput.AsOf), "Say when the file was so: 2026-11-21 06:00.", "import.as_of");
        else if (asOf > clock.Now + Ahead)
            problems.Add(nameof(FeedInput.AsOf), $"{input.AsOf} is yet to come.", "import.future");
        else if (input.Rows is null || input.Rows.Any(r => r?.Values is null))
            problems.Add(nameof(FeedInput.Rows), "A row is missing.", "import.row.missing");
        else if (input.Rows.Count > MostRows)
            problems.Add(nameof(FeedInput.Rows), $"At most {MostRows:N0} rows at once.", "import.too_many");
        else if (!problems.Any)
            return (source, await Known(source, await Readable(input.Rows, asOf!.Value, dates, read, rejected, ct), rejected, ct));
        return problems;
    }

    private async Task<List<FeedRow<T>>> Readable<T>(
        IReadOnlyList<ImportRow> rows, DateTime asOf, ImportDates dates, Func<RowFields, DateTime, T> read, List<RowResult> rejected, CancellationToken ct)
    {
        var currency = Currency.Of(await settings.Get(HouseSettings.Currency, ct));
        var readable = new List<FeedRow<T>>(rows.Count);
        foreach (var row in rows)
        {
            var problems = new Problems();
            var fields = new RowFields(row, dates, currency, clock.Now + Ahead, problems);
            var (key, number) = (fields.Text("account_id", 100), fields.Text("account_number", 30));
            if (key is null && number is null)
                problems.Add("account_id", "account_id or account_number is missing.", "required");
            var value = read(fields, asOf);
            if (problems.Any)
                rejected.Add(new RowResult(row.Line, RowOutcome.Rejected, string.Join(" ", problems.List.Select(p => p.Message))));
            else
                readable.Add(new FeedRow<T>(row.Line, key, number, value));
        }
        return readable;
    }

    private async Task<IReadOnlyList<FeedRow<T>>> Known<T>(string source, List<FeedRow<T>> rows, List<RowResult> rejected, CancellationToken ct)
    {
        var byKey = await customers.AccountIds(source, [.. rows.Select(r => r.Key).OfType<string>().Distinct(StringComparer.Ordinal)], ct);
        var byNumber = await customers.AccountIds(null, [.. rows.Where(r => r.Key is null).Select(r => r.Number!).Distinct(StringComparer.Ordinal)], ct);
        // A machine's feed may be about everybody; an employee who sends one says nothing of their own or a relative's account.
        var own = await customers.OwnAccounts([.. byKey.Values.Concat(byNumber.Values)], ct);
        var known = new List<FeedRow<T>>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Key is { } key ? byKey.TryGetValue(key, out var id) : byNumber.TryGetValue(row.Number!, out id))
            {
                if (own.Contains(id))
                    rejected.Add(new RowResult(row.Line, RowOutcome.Rejected, "This account is closed to you: you or a relative stand on it."));
                else
                    known.Add(row with { AccountId = id });
            }
            else
                rejected.Add(new RowResult(row.Line, RowOutcome.Rejected, row.Key is null ? $"There is no account {row.Number}." : $"There is no account {row.Key} of {source}."));
        }
        return known;
    }
}
