using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

internal sealed class ListToDoRoles(AppDb db, CurrentActor actor) : IUse<ListToDoRoles.Input, Page<ToDoRoleRow>>
{
    /// <param name="Search">Part of code or name.</param>
    /// <param name="Sort"><c>name</c>, <c>code</c> or <c>members</c>; with a leading minus descending.</param>
    public sealed record Input(string? Search = null, bool? Active = null, string? Sort = null, int? Page = null, int? Size = null);

    private static readonly Sorting<ToDoRoleRow> Orders = new(r => r.Id, ("name", r => r.Name), ("code", r => r.Code), ("members", r => r.Members));

    public async Task<Outcome<Page<ToDoRoleRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var rows = ToDoRoleRow.Of(db);
        if (input.Active is { } active)
            rows = rows.Where(r => r.Active == active);
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            rows = rows.Where(r => r.Code.ToLower().Contains(part) || r.Name.ToLower().Contains(part));
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}
