using System.Globalization;
using Tieline.Customers.Finding;
using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;

namespace Tieline.Customers.Demo;

/// <summary>
/// The demonstration's customers: person i lives at premise i, has the reference number i + 1 and the account number i + 1. Written
/// range by range, so that memory stays small however many there are.
/// </summary>
internal sealed class CustomersDemo(AppDb db, Ids ids, ISettings settings, ISearch search, ITimeline timeline, IProtectedValues secrets) : IDemoData
{
    private const int Range = 4 * DemoQuarter.Size;

    public int Order => 20;
    public string Name => "customers";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        var start = await Begin(plan, ct);
        for (var from = 0; from < plan.People; from += Range)
        {
            var to = Math.Min(from + Range, plan.People);
            await LoadRange(start, from, to, ct);
            progress.Report(string.Create(CultureInfo.InvariantCulture, $"{to:N0} of {plan.People:N0}"));
        }
    }

    /// <summary>Takes the keys and numbers. Ranges may then be loaded in any order, each in a unit of work of its own.</summary>
    internal async Task<DemoStart> Begin(DemoPlan plan, CancellationToken ct)
    {
        var start = new DemoStart(new DemoWorld(plan), ids.Take(plan.People), ids.Take(plan.People), ids.Take(plan.People));
        await settings.Set(DemoKeys.FirstPerson, start.FirstPerson, ct);
        await settings.Set(DemoKeys.FirstAccount, start.FirstAccount, ct);
        await settings.Set(DemoKeys.FirstPremise, start.FirstPremise, ct);
        await ids.ContinueNumbers(db, "person", plan.People + 1L, ct);
        await ids.ContinueNumbers(db, "account", (3L * plan.People) + 1, ct);
        await db.SaveChangesAsync(ct);
        return start;
    }

    /// <param name="from">A multiple of <see cref="DemoQuarter.Size"/>.</param>
    internal async Task LoadRange(DemoStart start, int from, int to, CancellationToken ct)
    {
        var quarters = new List<DemoQuarter>();
        var safety = new List<DemoSafety>();
        for (var first = from; first < to; first += DemoQuarter.Size)
        {
            quarters.Add(new DemoQuarter(start, first, Math.Min(first + DemoQuarter.Size, to), ids.Next, secrets));
            safety.Add(new DemoSafety(start, quarters[^1].People, first, ids.Next));
        }
        var people = quarters.SelectMany(q => q.People).ToList();
        await db.BulkInsert(people, ct);
        await db.BulkInsert(people.SelectMany(p => p.Names), ct);
        await db.BulkInsert(people.SelectMany(p => p.Phones), ct);
        await db.BulkInsert(people.SelectMany(p => p.Emails), ct);
        await db.BulkInsert(people.SelectMany(p => p.Addresses), ct);
        await db.BulkInsert(people.SelectMany(p => p.Identifiers), ct);
        await db.BulkInsert(quarters.SelectMany(q => q.Relationships), ct);
        var accounts = quarters.SelectMany(q => q.Accounts).ToList();
        await db.BulkInsert(accounts, ct);
        await db.BulkInsert(accounts.SelectMany(a => a.People), ct);
        await db.BulkInsert(quarters.SelectMany(q => q.Premises), ct);
        await db.BulkInsert(quarters.SelectMany(q => q.Agreements), ct);
        await db.BulkInsert(quarters.SelectMany(q => q.Notes), ct);
        await db.BulkInsert(safety.SelectMany(s => s.Authorisations), ct);
        var warnings = safety.SelectMany(s => s.Warnings).ToList();
        await db.BulkInsert(warnings, ct);
        await db.BulkInsert(warnings.SelectMany(w => w.Reviews), ct);
        await db.BulkInsert(safety.SelectMany(s => s.Consents), ct);
        await timeline.Load(safety.SelectMany(s => s.Timeline()), ct);
        await timeline.Load(quarters.SelectMany(q => q.Timeline()), ct);
        await search.Load(quarters.SelectMany(q => q.SearchRows()), ct);
    }
}

/// <summary>The world and where its keys begin.</summary>
internal sealed record DemoStart(DemoWorld World, long FirstPerson, long FirstAccount, long FirstPremise);
