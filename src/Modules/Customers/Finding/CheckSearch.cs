using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Search;

namespace Tieline.Customers.Finding;

/// <summary>SEARCH-CHECK: people and premises are found as they are on record, and nothing is found that is not there any more.</summary>
/// <remarks>
/// What is right is never held. What seems wrong is held as whoever changes it holds it, and looked at again: so nobody's change is called wrong
/// while it is on its way, and nothing older is written over it.
/// </remarks>
internal sealed class CheckSearch(AppDb db, CustomerIndex index) : IBatchProcess
{
    public const string BatchCode = "SEARCH-CHECK";
    public const string How = "how";
    public const string Mend = "mend";
    public const string Report = "report";
    public const string Rebuild = "rebuild";

    // Also what was written by whoever is no person and no premise (any more).
    private const string Owners = $"select id as \"Value\" from person union select id from premise union select owner_id from search_row where kind in ('{CustomerRows.PersonKind}', '{CustomerRows.PremiseKind}')";

    public string Code => BatchCode;

    public string Description => "What the search finds is what is on record";

    // Sunday, after the night's other work. Few at once: SQLite lets nobody else write meanwhile.
    public BatchUsual Usual => new("0 0 4 ? * SUN", Threads: 2, Records: 250);

    public IReadOnlyList<BatchParameter> Parameters =>
    [
        new(How, "What to do", BatchParameterKind.Choice, "wrong search rows are mended",
            Options: [new(Mend, "Mend what is wrong"), new(Report, "Report what is wrong, change nothing"), new(Rebuild, "Write all anew, without comparing")]),
    ];

    public Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct) => db.CutKeys(db.Database.SqlQueryRaw<long>(Owners), parts, ct);

    public async Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        var next = await Next(slice with { Records = 1 }, ct);
        return next.Keys.Count == 0 ? null : new BatchRecord(next.Keys[0], await next.About(db, next.Keys[0], ct));
    }

    /// <summary>Whichever way it goes: every owner is looked at.</summary>
    public bool ComesPast(BatchInput input, long key) => true;

    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        var next = await Next(slice, ct);
        if (next.Keys.Count == 0)
            return new BatchStep(slice.After, 0, 0, Last: true);
        var last = next.Keys.Count < slice.Records;
        if (input.Text(How) == Rebuild)
        {
            await index.Hold(next.People, next.Premises, ct);
            await index.Mend(next.People, next.Premises, next.Gone, ct);
            return new BatchStep(next.Keys[^1], next.Keys.Count, 0, last);
        }
        var seeming = next.Only(await index.Compare(next.People, next.Premises, next.Gone, ct));
        if (seeming.Keys.Count == 0)
            return new BatchStep(next.Keys[^1], 0, next.Keys.Count, last);
        await index.Hold(seeming.People, seeming.Premises, ct);
        var faults = await index.Compare(seeming.People, seeming.Premises, seeming.Gone, ct);
        var wrong = seeming.Only(faults);
        if (input.Text(How) != Report)
        {
            if (wrong.Keys.Count > 0)
                await index.Mend(wrong.People, wrong.Premises, wrong.Gone, ct);
            return new BatchStep(next.Keys[^1], wrong.Keys.Count, next.Keys.Count - wrong.Keys.Count, last);
        }
        var told = wrong.Keys.Take(BatchStep.MostInError).ToList();
        var upTo = told.Count < wrong.Keys.Count ? told[^1] : next.Keys[^1];
        var found = new List<RecordInError>();
        foreach (var key in told)
            found.Add(new(new(key, await wrong.About(db, key, ct)), wrong.Gone.Contains(key) ? "It is found, and is not on record any more." : faults[key]));
        return new BatchStep(upTo, 0, next.Keys.Count(k => k <= upTo) - told.Count, last && upTo == next.Keys[^1]) { InError = found };
    }

    /// <param name="Keys">All of them, in their order; people and premises have keys of one series.</param>
    /// <param name="Gone">Neither, and yet in the index.</param>
    private sealed record Slice(IReadOnlyList<long> Keys, IReadOnlyList<long> People, IReadOnlyList<long> Premises, IReadOnlyList<long> Gone)
    {
        public Slice Only(IReadOnlyDictionary<long, string> faults) => new(
            [.. Keys.Where(faults.ContainsKey)], [.. People.Where(faults.ContainsKey)], [.. Premises.Where(faults.ContainsKey)], [.. Gone.Where(faults.ContainsKey)]);

        /// <summary>What a person opens; of what is gone, what it was.</summary>
        public async Task<RecordRef> About(AppDb db, long key, CancellationToken ct)
        {
            if (!Gone.Contains(key))
                return new RecordRef(People.Contains(key) ? "person" : "premise", key);
            var (connection, transaction) = await db.Sql(ct);
            var kind = await connection.QueryFirstAsync<string>(new CommandDefinition("select kind from search_row where owner_id = @key limit 1", new { key }, transaction, cancellationToken: ct));
            return new RecordRef(kind == CustomerRows.PremiseKind ? "premise" : "person", key);
        }
    }

    private async Task<Slice> Next(BatchSlice slice, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var keys = (await connection.QueryAsync<long>(new CommandDefinition($"""
            select id from (
                select id from (select id from person where id > @After and id <= @UpTo order by id limit @Records) people
                union
                select id from (select id from premise where id > @After and id <= @UpTo order by id limit @Records) places
                union
                select owner_id from (
                    select distinct owner_id from search_row where owner_id > @After and owner_id <= @UpTo and kind in ('{CustomerRows.PersonKind}', '{CustomerRows.PremiseKind}')
                    order by owner_id limit @Records) found) owners
            order by id limit @Records
            """, slice, transaction, cancellationToken: ct))).AsList();
        var people = await db.Set<Person>().Where(p => keys.Contains(p.Id)).Select(p => p.Id).ToListAsync(ct);
        var premises = await db.Set<Premise>().Where(p => keys.Contains(p.Id)).Select(p => p.Id).ToListAsync(ct);
        return new Slice(keys, people, premises, [.. keys.Except(people).Except(premises)]);
    }
}
