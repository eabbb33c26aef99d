using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Somebody who has a right through a role; who has it through two stands there twice.</summary>
/// <param name="Since">When they were given the role, or the role the right, whichever came later; null for before this was kept.</param>
/// <param name="FromOn">First day of the role; null for at once.</param>
/// <param name="ToOn">Last day of the role; null for no end.</param>
public sealed record HolderLine(long UserId, string UserName, string Name, string Role, DateTime? Since, DateOnly? FromOn, DateOnly? ToOn);

/// <summary>Who has a right: active users, through their roles, by name.</summary>
internal sealed class ListHolders(AppDb db, OfferedRights offered, CurrentActor actor) : IUse<ListHolders.Input, Page<HolderLine>>
{
    /// <param name="Right">Its name.</param>
    /// <param name="Search">Part of the user name or of the display name.</param>
    /// <param name="Role">Only through this role.</param>
    public sealed record Input(string? Right, string? Search = null, string? Role = null, int? Page = null, int? Size = null);

    public async Task<Outcome<Page<HolderLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageRoles);
        if ((await offered.All(ct)).All(p => p.Right.Name != input.Right))
            return Problem.NotFound("The right");
        var rows = from u in db.Set<UserAccount>().AsNoTracking()
                   join r in db.Set<UserRole>() on u.Id equals r.UserId
                   join g in db.Set<RolePermission>() on r.Role equals g.Role
                   where u.Active && g.Permission == input.Right
                   select new { User = u, Held = r, RoleHasItSince = g.GrantedAt };
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToUpperInvariant() is { } part)
            rows = rows.Where(r => r.User.NormalizedUserName!.Contains(part) || r.User.DisplayName.ToUpper().Contains(part));
        if (!string.IsNullOrEmpty(input.Role))
            rows = rows.Where(r => r.Held.Role == input.Role);
        var page = await rows.OrderBy(r => r.User.DisplayName).ThenBy(r => r.User.Id).ThenBy(r => r.Held.Role)
            .Select(r => new { r.User.Id, r.User.UserName, r.User.DisplayName, r.Held.Role, r.Held.GrantedAt, r.RoleHasItSince, r.Held.FromOn, r.Held.ToOn }).PageOf(input.Page, input.Size, ct);
        return new Page<HolderLine>(
            [.. page.Items.Select(r => new HolderLine(r.Id, r.UserName!, r.DisplayName, r.Role, new[] { r.GrantedAt, r.RoleHasItSince }.Max(), r.FromOn, r.ToOn))], Total: page.Total);
    }
}
