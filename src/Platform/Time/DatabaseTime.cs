using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Data;

namespace Tieline.Platform.Time;

/// <summary>The clock of the database, as far as this node knows it: nodes whose own clocks differ agree on what is due, late, or came first.</summary>
/// <param name="own">The node's clock, which goes on between two looks at the database's.</param>
internal sealed partial class DatabaseTime(Dialect dialect, TimeProvider own, ILogger<DatabaseTime> log) : TimeProvider
{
    /// <summary>Less is not worth a word.</summary>
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1);

    private long shift;

    public override DateTimeOffset GetUtcNow() => own.GetUtcNow().AddTicks(Volatile.Read(ref shift));

    /// <summary>Looks at the database's clock. Behind it by what the answer took, never ahead: what is due now must be due there as well.</summary>
    public async Task Look(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        if (await dialect.Clock(ct) is not { } read)
            return;
        var (now, took) = (own.GetUtcNow().UtcDateTime, Stopwatch.GetElapsedTime(began));
        // An answer that was long under way tells little.
        if (took > Noticeable && Volatile.Read(ref shift) != 0)
            return;
        var behind = read - now;
        if ((behind - TimeSpan.FromTicks(Interlocked.Exchange(ref shift, behind.Ticks))).Duration() > Noticeable)
            LogOff(-behind.TotalSeconds);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock of this node is {Seconds:0.0} s ahead of the database's, by which it goes")]
    private partial void LogOff(double seconds);
}

/// <summary>Looks again and again: clocks drift, and somebody may set one right.</summary>
internal sealed partial class FollowDatabaseTime(DatabaseTime time, ILogger<FollowDatabaseTime> log) : BackgroundService
{
    // The start itself has looked.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Again.Every(TimeSpan.FromSeconds(10), time.Look, LogUnread, stoppingToken, atOnce: false);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock of the database could not be read")]
    private partial void LogUnread(Exception exception);
}
