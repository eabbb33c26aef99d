using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Platform.Security;

/// <param name="Id">The stored id (a hash), not the cookie's value.</param>
internal sealed record OpenSession(string Id, DateTime CreatedAt, DateTime ExpiresAt, string Source);

/// <summary>Opens, reads and ends sessions. One SELECT per request tells who it is and what they may.</summary>
internal sealed class Sessions(AppDb db, IUtilityClock clock)
{
    public const string Cookie = "tieline_session";
    public static readonly TimeSpan Length = TimeSpan.FromHours(12);

    /// <returns>The value of the cookie; only its hash is stored.</returns>
    public async Task<string> Open(long userId, string source, CancellationToken ct)
    {
        var value = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
        db.Add(new Session { Id = Hash(value), UserId = userId, CreatedAt = db.Now, ExpiresAt = db.Now + Length, Source = source });
        await db.SaveChangesAsync(ct);
        return value;
    }

    public async Task End(string value, CancellationToken ct)
    {
        await EndStored(Hash(value), null, ct);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Ends a session in the running unit of work.</summary>
    /// <param name="ofUser">When given, a session of somebody else is left alone.</param>
    /// <returns>False when there was no such open session.</returns>
    public async Task<bool> EndStored(string id, long? ofUser, CancellationToken ct)
    {
        if (await db.Set<Session>().SingleOrDefaultAsync(s => s.Id == id, ct) is not { EndedAt: null } session || (ofUser is not null && session.UserId != ofUser))
            return false;
        session.EndedAt = db.Now;
        return true;
    }

    /// <summary>Ends all sessions of a user in the running unit of work, without the one given.</summary>
    public async Task EndAll(long userId, string? except, CancellationToken ct)
    {
        var now = db.Now;
        foreach (var session in await db.Set<Session>().Where(s => s.UserId == userId && s.EndedAt == null && s.ExpiresAt > now && s.Id != except).ToListAsync(ct))
            session.EndedAt = now;
    }

    public async Task<IReadOnlyList<OpenSession>> Of(long userId, CancellationToken ct)
    {
        var now = db.Now;
        return await db.Set<Session>().Where(s => s.UserId == userId && s.EndedAt == null && s.ExpiresAt > now)
            .OrderByDescending(s => s.CreatedAt).Select(s => new OpenSession(s.Id, s.CreatedAt, s.ExpiresAt, s.Source)).ToListAsync(ct);
    }

    public async Task<SignedIn?> Find(string value, CancellationToken ct)
    {
        var id = Hash(value);
        var today = await clock.Today(ct);
        var (connection, transaction) = await db.Sql(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition("""
            select u.id as UserId, u.employee_id as EmployeeId, u.display_name as DisplayName, u.demo as Demo,
                (select string_agg(p.permission, ' ') from user_role r join role_permission p on p.role = r.role where r.user_id = u.id
                    and (r.from_on is null or r.from_on <= @today) and (r.to_on is null or r.to_on >= @today)) as Permissions
            from session s join user_account u on u.id = s.user_id
            where s.id = @id and s.ended_at is null and s.expires_at > @now and u.active
            """,
            new { id, now = db.Now, today }, transaction, cancellationToken: ct));
        if (row is null)
            return null;
        var permissions = (row.Permissions ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        return new SignedIn(new Actor(ActorKind.Employee, row.EmployeeId ?? -row.UserId, row.DisplayName, permissions), row.UserId, id, row.Demo);
    }

    public static string Hash(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private sealed class Row
    {
        public long UserId { get; init; }
        public long? EmployeeId { get; init; }
        public required string DisplayName { get; init; }
        public bool Demo { get; init; }
        public string? Permissions { get; init; }
    }
}

/// <param name="Session">The stored id of the session.</param>
internal sealed record SignedIn(Actor Actor, long UserId, string Session, bool Demo);
