using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>A role that has a right.</summary>
/// <param name="Since">Null for before this was kept.</param>
/// <param name="People">How many have the role today and may sign in.</param>
public sealed record RightRole(string Role, DateTime? Since, int People);

/// <summary>That a right was granted to a role, or taken from it.</summary>
public sealed record RightGrant(DateTime At, ActorRef By, bool Granted, string Role);

/// <param name="Room">Name of the room that knows the right.</param>
/// <param name="DefaultRoles">Those that have it until somebody decides otherwise.</param>
/// <param name="Changes">The newest grants, and what was taken; null for those who may not read histories.</param>
public sealed record RightFile(string Name, string Description, string Room, IReadOnlyList<RightRole> Roles, IReadOnlyList<string> DefaultRoles, IReadOnlyList<RightGrant>? Changes);

/// <summary>One right: which roles have it, since when, and who decided so.</summary>
internal sealed class GetRight(AppDb db, OfferedRights offered, CurrentActor actor, IUtilityClock clock, IAuditTrail audit) : IUse<GetRight.Input, RightFile>
{
    public sealed record Input(string? Name);

    private const int Most = 50;

    public async Task<Outcome<RightFile>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageRoles);
        if ((await offered.All(ct)).FirstOrDefault(p => p.Right.Name == input.Name) is not { Right: { } right, Room: var room })
            return Problem.NotFound("The right");
        var today = await clock.Today(ct);
        var people = await (from u in db.Set<UserAccount>()
                            join r in db.Set<UserRole>().HeldOn(today) on u.Id equals r.UserId
                            where u.Active
                            group r by r.Role into of
                            select new { Role = of.Key, Count = of.Count() }).ToDictionaryAsync(r => r.Role, r => r.Count, ct);
        var granted = await db.Set<RolePermission>().AsNoTracking().Where(g => g.Permission == right.Name).ToDictionaryAsync(g => g.Role, g => g.GrantedAt, ct);
        return new RightFile(
            right.Name, right.Description, room, [.. Roles.All.Where(granted.ContainsKey).Select(r => new RightRole(r, granted[r], people.GetValueOrDefault(r)))], right.DefaultRoles,
            actor.May(PlatformPermissions.ReadAudit) ? await Changes(right.Name, ct) : null);
    }

    private async Task<IReadOnlyList<RightGrant>> Changes(string right, CancellationToken ct)
    {
        // The grants of all rights are one record; each of its entries names role and right.
        var (subject, named) = (new RolePermission { Role = "", Permission = right }.AuditSubject, $"\"{right}\"");
        var entries = await db.Set<AuditEntry>().AsNoTracking().Where(e => e.Subject == subject && e.Changes != null && e.Changes.Contains(named)).OrderByDescending(e => e.Id).Take(Most).ToListAsync(ct);
        await audit.Looked(subject, ct, $"grants of {right}");
        return [.. entries.Select(e => (Entry: e, Role: ChangedWords.Value(e.Changes, nameof(RolePermission.Role)))).Where(e => e.Role is not null && e.Entry.Action is "created" or "deleted")
            .Select(e => new RightGrant(e.Entry.At, e.Entry.Actor, e.Entry.Action == "created", e.Role!))];
    }
}
