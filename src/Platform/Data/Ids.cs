using Dapper;

namespace Tieline.Platform.Data;

/// <summary>
/// Hands out keys from blocks, so that a key is known before its row is inserted. One sequence for all tables; gaps mean nothing.
/// </summary>
public sealed class Ids(Dialect dialect)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Next, long End)> numbers = new(StringComparer.Ordinal);
    private long next;
    private long end;

    /// <summary>Fetches the first block, which must not happen within a transaction of the only writer.</summary>
    public void Ready()
    {
        lock (gate)
        {
            if (next == end)
                (next, end) = dialect.TakeIds("id", dialect.IdBlockSize);
        }
    }

    public long Next()
    {
        lock (gate)
        {
            if (next == end)
                (next, end) = dialect.TakeIds("id", dialect.IdBlockSize);
            return next++;
        }
    }

    /// <summary>The next number of a series that people read out; see <see cref="ReferenceNumber"/>.</summary>
    public async Task<long> NextNumber(AppDb db, string series, CancellationToken ct)
    {
        lock (gate)
        {
            if (numbers.TryGetValue(series, out var left) && left.Next < left.End)
            {
                numbers[series] = (left.Next + 1, left.End);
                return left.Next;
            }
        }
        var (connection, transaction) = await db.Sql(ct);
        var (first, last) = await dialect.TakeNumbers(connection, transaction, series, ct);
        lock (gate)
            numbers[series] = (first + 1, last);
        return first;
    }

    /// <summary>The first of <paramref name="count"/> consecutive keys, for bulk loads.</summary>
    public long Take(long count)
    {
        lock (gate)
        {
            if (end - next < count)
                (next, end) = dialect.TakeIds("id", Math.Max(count, dialect.IdBlockSize));
            next += count;
            return next - count;
        }
    }

    /// <summary>Lets the series go on at <paramref name="next"/>, for loaders that number records themselves; never backwards.</summary>
    public async Task ContinueNumbers(AppDb db, string series, long next, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into id_block (name, next) values (@series, @next) on conflict (name) do update set next = excluded.next where id_block.next < excluded.next",
            new { series, next }, transaction, cancellationToken: ct));
        lock (gate)
            numbers.Remove(series);
    }
}
