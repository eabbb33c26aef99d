using System.Collections.Concurrent;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;

namespace Tieline.Platform.Security;

/// <param name="LastAt">When they last opened a page or sent something; not what their pages ask by themselves.</param>
public sealed record SignedInPerson(long UserId, long? EmployeeId, string Name, DateTime LastAt);

/// <summary>Who is signed in and has done something of late.</summary>
public interface ISignedIn
{
    /// <summary>The latest first. What was done on other nodes is known within half a minute.</summary>
    Task<IReadOnlyList<SignedInPerson>> Since(DateTime at, CancellationToken ct);
}

/// <summary>When sessions were last used: remembered by this node and written together, so that no request waits for a write.</summary>
internal sealed class SeenSessions(Dialect dialect, TimeProvider time)
{
    private ConcurrentDictionary<string, DateTime> seen = new(StringComparer.Ordinal);

    public void Saw(string session, HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || !http.IsFragment() || http.InDrawer())
            seen[session] = time.GetUtcNow().UtcDateTime.TruncateToMicroseconds();
    }

    public async Task Write(CancellationToken ct)
    {
        if (seen.IsEmpty)
            return;
        var used = Interlocked.Exchange(ref seen, new(StringComparer.Ordinal));
        using var turn = await dialect.WriterTurn(ct);
        await using var connection = await dialect.OpenBeside(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            "update session set seen_at = @at where id = @id and (seen_at is null or seen_at < @at)", used.Select(u => new { id = u.Key, at = u.Value }).ToList(), cancellationToken: ct));
    }
}

internal sealed class SignedInPeople(AppDb db, SeenSessions seen) : ISignedIn
{
    public async Task<IReadOnlyList<SignedInPerson>> Since(DateTime at, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is null)
            await seen.Write(ct);
        var now = db.Now;
        var sessions = await (from s in db.Set<Session>()
                              join u in db.Set<UserAccount>() on s.UserId equals u.Id
                              where s.EndedAt == null && s.ExpiresAt > now && u.Active && (s.SeenAt ?? s.CreatedAt) >= at
                              select new { u.Id, u.EmployeeId, u.DisplayName, LastAt = s.SeenAt ?? s.CreatedAt }).ToListAsync(ct);
        return [.. sessions.GroupBy(s => s.Id).Select(g => new SignedInPerson(g.Key, g.First().EmployeeId, g.First().DisplayName, g.Max(s => s.LastAt))).OrderByDescending(p => p.LastAt)];
    }
}

/// <summary>Writes what this node has seen, twice a minute and when it stops.</summary>
internal sealed partial class WriteSeenSessions(SeenSessions seen, ILogger<WriteSeenSessions> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Again.Every(TimeSpan.FromSeconds(30), seen.Write, LogLost, stoppingToken, atOnce: false);
        try
        {
            await seen.Write(CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogLost(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "When sessions were last used could not be written")]
    private partial void LogLost(Exception exception);
}
