namespace Tieline.Platform.Data;

/// <summary>
/// Hands out keys from blocks, so that a key is known before its row is inserted. One sequence for all tables; gaps mean nothing.
/// </summary>
public sealed class Ids(Dialect dialect)
{
    private readonly Lock gate = new();
    private long next;
    private long end;

    public long Next()
    {
        lock (gate)
        {
            if (next == end)
                (next, end) = dialect.TakeIds("id", dialect.IdBlockSize);
            return next++;
        }
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
}
