using Dapper;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;

namespace Tieline.Customers.Duplicates;

/// <summary>DUP-FIND: looks through the whole base for people and premises that are on record twice.</summary>
internal sealed class FindDuplicates(AppDb db, DuplicateFinder finder) : IBatchProcess
{
    public const string BatchCode = "DUP-FIND";
    private const string Records = "records";
    private const int ChunkSize = 2_000;

    public string Code => BatchCode;

    public string Description => "People and premises that may be on record twice";

    public string? Cron => "0 30 2 * * ?";

    public string? Check(BatchInput input) =>
        input.Parameters.Keys.FirstOrDefault(k => k != Records) is { } unknown ? $"{Code} has no parameter {unknown}; it has {Records} (between commits)."
        : input.Parameters.TryGetValue(Records, out var size) && (!int.TryParse(size, out var records) || records is < 10 or > 20_000) ? $"{Records} must be a number from 10 to 20000."
        : null;

    public async Task<BatchChunk> RunChunk(BatchInput input, long position, CancellationToken ct)
    {
        var size = input.Number(Records, ChunkSize);
        var next = await Next(db, position, size, ct);
        if (next.Count == 0)
            return new BatchChunk(position, 0, 0, Last: true);
        var found = await finder.Look(position, next[^1], ct);
        return new BatchChunk(next[^1], found.Records, next.Count - found.Records, Last: next.Count < size);
    }

    /// <summary>The keys of the next records; people and premises have keys of one series.</summary>
    internal static async Task<List<long>> Next(AppDb db, long position, int size, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        return (await connection.QueryAsync<long>(new CommandDefinition("""
            select id from (
                select id from (select id from person where id > @position order by id limit @size) people
                union all
                select id from (select id from premise where id > @position order by id limit @size) places) both_kinds
            order by id limit @size
            """, new { position, size }, transaction, cancellationToken: ct))).AsList();
    }
}
