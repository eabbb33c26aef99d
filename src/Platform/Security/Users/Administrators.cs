using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Sees to it that somebody can always manage users.</summary>
internal sealed class Administrators(AppDb db, IUtilityClock clock)
{
    public static readonly Problem LastOne = new(null, "This is the last user who may manage users. Give someone else that right first.", "user.last_administrator");

    /// <summary>
    /// First statement of a transaction that changes roles or rights: two of them at the same moment, each looking at the
    /// other's administrator as the one who remains, would leave nobody.
    /// </summary>
    public Task OneChangeAtATime(CancellationToken ct) =>
        db.Set<KnownPermission>().Where(p => p.Name == PlatformPermissions.ManageUsers).ExecuteUpdateAsync(set => set.SetProperty(p => p.SeenAt, p => p.SeenAt), ct);

    /// <summary>Whether someone can still manage users, today and for good, when this user is as given.</summary>
    /// <param name="roles">Those that the user has today and that do not end by themselves.</param>
    public async Task<bool> RemainAfter(long userId, bool active, IReadOnlyCollection<string> roles, CancellationToken ct)
    {
        if (active && await db.Set<RolePermission>().AnyAsync(p => p.Permission == PlatformPermissions.ManageUsers && roles.Contains(p.Role), ct))
            return true;
        // Nobody is taken away where nobody was.
        var now = await SetUpLinks.Administrators(db, await clock.Today(ct)).Select(u => u.Id).ToListAsync(ct);
        return now.Count == 0 || now.Exists(id => id != userId);
    }

    /// <summary>Whether someone active has one of the roles, today and for good.</summary>
    public async Task<bool> AnyoneIn(IReadOnlyCollection<string> roles, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        return await db.Set<UserAccount>().AnyAsync(u => u.Active && db.Set<UserRole>().HeldForGood(today).Any(r => r.UserId == u.Id && roles.Contains(r.Role)), ct);
    }
}
