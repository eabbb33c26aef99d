namespace Tieline.Platform.Data;

/// <summary>What keeps this node from writing, and since when. Known here alone: where nothing can be written, no record can say so.</summary>
public sealed class DatabaseTrouble(Dialect dialect, TimeProvider time)
{
    /// <summary>A small row may still find room between two that do not.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    private readonly Lock turn = new();
    private Known? known;

    /// <param name="Words">As <see cref="Dialect.Fault"/> has them.</param>
    public sealed record Known(string Words, DateTime Since, DateTime LastAt);

    public Known? Now
    {
        get
        {
            lock (turn)
                return known;
        }
    }

    internal void Heard(Exception exception)
    {
        if (dialect.Fault(exception) is not { } words)
            return;
        var now = time.GetUtcNow().UtcDateTime;
        lock (turn)
            known = new Known(words, known?.Words == words ? known.Since : now, now);
    }

    /// <summary>Something has been written.</summary>
    internal void Wrote()
    {
        lock (turn)
        {
            if (known is { LastAt: var last } && time.GetUtcNow().UtcDateTime - last > Quiet)
                known = null;
        }
    }
}
