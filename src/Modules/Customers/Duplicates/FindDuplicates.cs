using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;

namespace Tieline.Customers.Duplicates;

/// <summary>DUP-FIND: looks through the whole base for people and premises that are on record twice.</summary>
internal sealed class FindDuplicates(AppDb db, DuplicateFinder finder) : IBatchProcess
{
    public const string BatchCode = "DUP-FIND";

    public string Code => BatchCode;

    public string Description => "People and premises that may be on record twice";

    public BatchUsual Usual => new("0 30 2 * * ?", Threads: 2, Records: 2_000);

    public Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct) =>
        db.CutKeys(db.Set<Person>().Select(p => p.Id).Concat(db.Set<Premise>().Select(p => p.Id)), parts, ct);

    public async Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct) =>
        await Next(db, slice with { Records = 1 }, ct) is [var id] ? new BatchRecord(id, new RecordRef(await db.Set<Person>().AnyAsync(p => p.Id == id, ct) ? "person" : "premise", id)) : null;

    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        var next = await Next(db, slice, ct);
        if (next.Count == 0)
            return new BatchStep(slice.After, 0, 0, Last: true);
        var found = await finder.Look(slice.After, next[^1], ct);
        return new BatchStep(next[^1], found.Records, next.Count - found.Records, Last: next.Count < slice.Records);
    }

    /// <summary>The keys of the next records; people and premises have keys of one series.</summary>
    internal static async Task<List<long>> Next(AppDb db, BatchSlice slice, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        return (await connection.QueryAsync<long>(new CommandDefinition("""
            select id from (
                select id from (select id from person where id > @After and id <= @UpTo order by id limit @Records) people
                union all
                select id from (select id from premise where id > @After and id <= @UpTo order by id limit @Records) places) both_kinds
            order by id limit @Records
            """, slice, transaction, cancellationToken: ct))).AsList();
    }
}
