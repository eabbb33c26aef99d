using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Positions;

internal sealed class ListPositions(AppDb db, CurrentActor actor) : IUse<ListPositions.Input, Page<PositionRow>>
{
    /// <param name="Search">Part of code or title.</param>
    /// <param name="Sort"><c>title</c>, <c>code</c> or <c>employees</c>; with a leading minus descending.</param>
    public sealed record Input(string? Search = null, bool? Active = null, string? Sort = null, int? Page = null, int? Size = null);

    private static readonly Sorting<PositionRow> Orders = new(p => p.Id, ("title", p => p.Title), ("code", p => p.Code), ("employees", p => p.Employees));

    public async Task<Outcome<Page<PositionRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var rows = PositionRow.Of(db);
        if (input.Active is { } active)
            rows = rows.Where(p => p.Active == active);
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            rows = rows.Where(p => p.Code.ToLower().Contains(part) || p.Title.ToLower().Contains(part));
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}
