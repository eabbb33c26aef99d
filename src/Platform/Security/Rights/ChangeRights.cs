using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <param name="Room">Name of the room that knows the right.</param>
/// <param name="Roles">The roles that have it now.</param>
public sealed record RightLine(string Name, string Description, string Room, IReadOnlyList<string> Roles);

/// <param name="Stamp">Changes with every change of the grid.</param>
public sealed record RightsGrid(IReadOnlyList<RightLine> Rights, IReadOnlyList<string> Roles, string Stamp);

/// <summary>Which role may do what.</summary>
internal sealed class ListRights(AppDb db, OfferedRights offered, CurrentActor actor) : IUse<ListRights.Input, RightsGrid>
{
    /// <param name="Search">Part of name or description.</param>
    /// <param name="Room">Name of the room that knows the right.</param>
    /// <param name="Role">Only what this role may do.</param>
    public sealed record Input(string? Search = null, string? Room = null, string? Role = null);

    public async Task<Outcome<RightsGrid>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageRoles);
        var granted = await db.Set<RolePermission>().AsNoTracking().ToListAsync(ct);
        var roles = granted.ToLookup(g => g.Permission, g => g.Role);
        var part = TypedText.OneLine(input.Search, 100);
        return new RightsGrid(
            [.. (await offered.All(ct)).Where(p => (string.IsNullOrEmpty(input.Room) || p.Room == input.Room) && (string.IsNullOrEmpty(input.Role) || roles[p.Right.Name].Contains(input.Role))
                    && (p.Right.Name.Contains(part, StringComparison.OrdinalIgnoreCase) || p.Right.Description.Contains(part, StringComparison.OrdinalIgnoreCase)))
                .Select(p => new RightLine(p.Right.Name, p.Right.Description, p.Room, [.. Roles.All.Where(roles[p.Right.Name].Contains)]))],
            Roles.All, Stamp(granted));
    }

    public static string Stamp(IEnumerable<RolePermission> granted) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', granted.Select(g => ChangeRights.Grant(g.Role, g.Permission)).Order(StringComparer.Ordinal)))))[..16];
}

/// <summary>The rights there are in this installation.</summary>
internal sealed class OfferedRights(ModuleList modules, ISettings settings)
{
    public async Task<IReadOnlyList<(string Room, Permission Right)>> All(CancellationToken ct)
    {
        var demonstration = await settings.IsDemonstration(ct);
        return [.. modules.Modules.SelectMany(m => m.Permissions.Where(p => demonstration || !p.OnlyInDemonstration).Select(p => (m.Name, p)))];
    }
}

/// <summary>Grants and takes away rights, the whole grid at once. Works from the next request of everyone.</summary>
internal sealed class ChangeRights(AppDb db, OfferedRights offered, Administrators administrators, CurrentActor actor) : IUse<ChangeRights.Input, Done>
{
    /// <param name="Stamp">As it was read; null saves over whatever others have changed.</param>
    /// <param name="Grants">Every grant there shall be, as <c>role/permission</c>.</param>
    public sealed record Input(string? Stamp, IReadOnlyList<string>? Grants);

    public static string Grant(string role, string permission) => $"{role}/{permission}";

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageRoles);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            await administrators.OneChangeAtATime(ct);
            var granted = await db.Set<RolePermission>().ToListAsync(ct);
            if (input.Stamp is not null && input.Stamp != ListRights.Stamp(granted))
                return Problem.Conflict("Someone else has changed the rights in the meantime. Look at them again, then save.");
            var known = (await offered.All(ct)).Select(p => p.Right.Name).ToHashSet(StringComparer.Ordinal);
            var possible = Roles.All.SelectMany(role => known.Select(permission => (role, permission))).ToDictionary(g => Grant(g.role, g.permission), StringComparer.Ordinal);
            var asked = (input.Grants ?? []).ToHashSet(StringComparer.Ordinal);
            if (asked.FirstOrDefault(g => !possible.ContainsKey(g)) is { } unknown)
                return new Problem(nameof(Input.Grants), $"There is no right '{TypedText.OneLine(unknown, 100)}'.", "right.unknown");
            var managers = Roles.All.Where(r => asked.Contains(Grant(r, PlatformPermissions.ManageUsers))).ToList();
            if (!await administrators.AnyoneIn(managers, ct))
                return new Problem(null, "Nobody would be left who may manage users. Leave that right to a role that somebody has.", "user.last_administrator");

            // Rights of rooms that are not here just now keep their grants.
            var before = granted.Where(g => known.Contains(g.Permission)).ToDictionary(g => Grant(g.Role, g.Permission), StringComparer.Ordinal);
            db.RemoveRange(before.Where(g => !asked.Contains(g.Key)).Select(g => g.Value));
            db.AddRange(asked.Where(g => !before.ContainsKey(g)).Select(g => new RolePermission { Role = possible[g].role, Permission = possible[g].permission, GrantedAt = db.Now }));
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct);
    }
}
