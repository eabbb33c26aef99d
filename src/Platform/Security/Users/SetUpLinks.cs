using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Platform.Security;

/// <summary>Makes, reads and uses up one-time links. Only a link's hash is stored; it works once, for 24 hours.</summary>
internal sealed class SetUpLinks(AppDb db, IUtilityClock clock)
{
    /// <summary>Adds a link to the running unit of work; earlier ones of the same user end.</summary>
    /// <param name="userId">Null for the first administrator.</param>
    /// <returns>Path and query, to be put behind the address of the house.</returns>
    public async Task<string> Create(long? userId, CancellationToken ct)
    {
        var now = db.Now;
        foreach (var earlier in await db.Set<SetUpLink>().Where(l => l.UserId == userId && l.UsedAt == null && l.ExpiresAt > now).ToListAsync(ct))
        {
            earlier.ExpiresAt = now;
            earlier.Version++;
        }
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(24)).ToLowerInvariant();
        db.Add(new SetUpLink { Id = db.NextId(), Hash = Sessions.Hash(token), UserId = userId, CreatedAt = now, ExpiresAt = now + SetUpLink.Length });
        return $"/set-up?token={token}";
    }

    /// <summary>The link while it works; null when it is unknown, used or too old.</summary>
    public async Task<SetUpLink?> Find(string? token, CancellationToken ct)
    {
        var now = db.Now;
        var hash = Sessions.Hash(token ?? "");
        return await db.Set<SetUpLink>().SingleOrDefaultAsync(l => l.Hash == hash && l.UsedAt == null && l.ExpiresAt > now, ct);
    }

    /// <summary>Uses a link up in the running unit of work; of two at the same moment one fails with a concurrency conflict.</summary>
    public void Use(SetUpLink link) => (link.UsedAt, link.Version) = (db.Now, link.Version + 1);

    /// <summary>Whether anyone active may manage users. As long as nobody can, each start prints a link.</summary>
    public async Task<bool> HasAdministrator(CancellationToken ct) => await Administrators(db, await clock.Today(ct)).AnyAsync(ct);

    /// <summary>Active users who may manage users, and not until some day only: for them the door must never close.</summary>
    public static IQueryable<UserAccount> Administrators(AppDb db, DateOnly today) =>
        from user in db.Set<UserAccount>()
        where user.Active && db.Set<UserRole>().HeldForGood(today).Any(r => r.UserId == user.Id
            && db.Set<RolePermission>().Any(p => p.Role == r.Role && p.Permission == PlatformPermissions.ManageUsers))
        select user;
}
