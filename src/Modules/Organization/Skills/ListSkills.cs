using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Skills;

internal sealed class ListSkills(AppDb db, CurrentActor actor) : IUse<ListSkills.Input, Page<SkillRow>>
{
    /// <param name="Search">Part of code or name.</param>
    /// <param name="Sort"><c>name</c>, <c>code</c> or <c>employees</c>; with a leading minus descending.</param>
    public sealed record Input(string? Search = null, bool? Active = null, string? Sort = null, int? Page = null, int? Size = null);

    private static readonly Sorting<SkillRow> Orders = new(s => s.Id, ("name", s => s.Name), ("code", s => s.Code), ("employees", s => s.Employees));

    public async Task<Outcome<Page<SkillRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var rows = SkillRow.Of(db);
        if (input.Active is { } active)
            rows = rows.Where(s => s.Active == active);
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            rows = rows.Where(s => s.Code.ToLower().Contains(part) || s.Name.ToLower().Contains(part));
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}
