using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Departments;

internal sealed class ListDepartments(AppDb db, CurrentActor actor) : IUse<ListDepartments.Input, Page<DepartmentRow>>
{
    /// <param name="Search">Part of code or name.</param>
    /// <param name="Sort"><c>name</c>, <c>code</c>, <c>parent</c> or <c>employees</c>; with a leading minus descending.</param>
    /// <param name="Page">From 1.</param>
    public sealed record Input(string? Search = null, bool? Active = null, string? Sort = null, int? Page = null, int? Size = null);

    private static readonly Sorting<DepartmentRow> Orders =
        new(d => d.Id, ("name", d => d.Name), ("code", d => d.Code), ("parent", d => d.Parent), ("employees", d => d.Employees));

    public async Task<Outcome<Page<DepartmentRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var rows = DepartmentRow.Of(db);
        if (input.Active is { } active)
            rows = rows.Where(d => d.Active == active);
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            rows = rows.Where(d => d.Code.ToLower().Contains(part) || d.Name.ToLower().Contains(part));
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}
