using Microsoft.Extensions.Logging;

namespace Tieline.Platform.Data;

/// <summary>What keeps this node from writing, and since when. Known here alone: where nothing can be written, no record can say so.</summary>
public sealed partial class DatabaseTrouble(Dialect dialect, TimeProvider time, ILogger<DatabaseTrouble> log)
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

    /// <summary>Logged when it begins: while it lasts, all that is tried fails, every second.</summary>
    /// <returns>Whether the database itself is at fault.</returns>
    internal bool Heard(Exception exception)
    {
        if (dialect.Fault(exception) is not { } words)
            return false;
        var now = time.GetUtcNow().UtcDateTime;
        bool begins;
        lock (turn)
        {
            begins = known is null;
            known = new Known(words, known?.Words == words ? known.Since : now, now);
        }
        if (begins)
            LogBegins(exception, words);
        return true;
    }

    /// <summary>Something has been written.</summary>
    internal void Wrote()
    {
        Known over;
        lock (turn)
        {
            if (known is not { LastAt: var last } || time.GetUtcNow().UtcDateTime - last <= Quiet)
                return;
            (over, known) = (known, null);
        }
        LogOver(over.Words, over.Since, over.LastAt);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Words} It is tried on; no more is said until that is over")]
    private partial void LogBegins(Exception exception, string words);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database can be written again. Since {Since:u}, and last at {LastAt:u}: {Words}")]
    private partial void LogOver(string words, DateTime since, DateTime lastAt);
}
