using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

public enum UserState { Active, Inactive, Locked }

/// <param name="Stamp">Changes with every change of the user.</param>
/// <param name="Days">Of those roles that the user has on some days only.</param>
public sealed record UserLine(
    long Id, string UserName, string DisplayName, long? EmployeeId, UserState State, bool Demo, bool HasPassword, IReadOnlyList<string> Roles, string Stamp,
    IReadOnlyList<RoleDays> Days);

/// <summary>Users by name, a page at a time.</summary>
internal sealed class ListUsers(AppDb db, CurrentActor actor) : IUse<ListUsers.Input, Page<UserLine>>
{
    /// <param name="Q">Part of the user name or of the display name.</param>
    /// <param name="PageNumber">From 1.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(string? Q = null, string? Role = null, UserState? State = null, int? PageNumber = null, int? Size = null);

    public async Task<Outcome<Page<UserLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageUsers);
        var now = db.Now;
        var found = db.Set<UserAccount>().AsNoTracking();
        if (TypedText.OneLineOrNull(input.Q, 100) is { } typed)
        {
            var name = typed.ToUpperInvariant();
            found = found.Where(u => u.NormalizedUserName!.Contains(name) || u.DisplayName.ToUpper().Contains(name));
        }
        if (!string.IsNullOrEmpty(input.Role))
        {
            var role = TypedText.OneLine(input.Role, 100);
            found = found.Where(u => db.Set<UserRole>().Any(r => r.UserId == u.Id && r.Role == role));
        }
        var until = new DateTimeOffset(now);
        found = input.State switch
        {
            UserState.Active => found.Where(u => u.Active),
            UserState.Inactive => found.Where(u => !u.Active),
            UserState.Locked => found.Where(u => u.LockoutEnd > until),
            _ => found,
        };
        var size = Math.Clamp(input.Size ?? 50, 1, 200);
        var page = Math.Max(input.PageNumber ?? 1, 1);
        var total = await found.LongCountAsync(ct);
        var users = await found.OrderBy(u => u.NormalizedUserName).Skip((page - 1) * size).Take(size).ToListAsync(ct);
        return new Page<UserLine>(await Lines(users, now, ct), Total: total);
    }

    /// <returns>Null when there is no such user.</returns>
    public async Task<UserLine?> One(long id, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageUsers);
        var users = await db.Set<UserAccount>().AsNoTracking().Where(u => u.Id == id).ToListAsync(ct);
        return (await Lines(users, db.Now, ct)).SingleOrDefault();
    }

    private async Task<IReadOnlyList<UserLine>> Lines(List<UserAccount> users, DateTime now, CancellationToken ct)
    {
        var ids = users.ConvertAll(u => u.Id);
        var roles = (await db.Set<UserRole>().AsNoTracking().Where(r => ids.Contains(r.UserId)).ToListAsync(ct)).ToLookup(r => r.UserId);
        return users.ConvertAll(u => new UserLine(
            u.Id, u.UserName!, u.DisplayName, u.EmployeeId,
            !u.Active ? UserState.Inactive : u.IsLocked(now) ? UserState.Locked : UserState.Active,
            u.Demo, u.PasswordHash is not null, [.. roles[u.Id].Select(r => r.Role).OrderBy(r => Array.IndexOf(Roles.All, r))], u.ConcurrencyStamp ?? "",
            [.. roles[u.Id].Where(r => (r.FromOn ?? r.ToOn) is not null).Select(r => new RoleDays(r.Role, r.FromOn, r.ToOn)).OrderBy(d => Array.IndexOf(Roles.All, d.Role))]));
    }
}
