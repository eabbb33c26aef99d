using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Skills;

internal sealed class ListSkills(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListSkills.Input, Page<SkillRow>>
{
    /// <param name="Search">Part of code or name.</param>
    /// <param name="Sort"><c>name</c>, <c>code</c> or <c>employees</c>; with a leading minus descending.</param>
    /// <param name="InForce">Only those that may (or may not) be given to people today.</param>
    public sealed record Input(string? Search = null, bool? Active = null, string? Sort = null, int? Page = null, int? Size = null, bool? InForce = null);

    private static readonly Sorting<SkillRow> Orders = new(s => s.Id, ("name", s => s.Name), ("code", s => s.Code), ("employees", s => s.Employees));

    public async Task<Outcome<Page<SkillRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var rows = SkillRow.Of(db);
        if (input.Active is { } active)
            rows = rows.Where(s => s.Active == active);
        if (input.InForce is { } inForce)
        {
            var running = db.Set<Skill>().Where(Skill.InForce(await clock.Today(ct))).Select(s => s.Id);
            rows = rows.Where(s => running.Contains(s.Id) == inForce);
        }
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            rows = rows.Where(s => s.Code.ToLower().Contains(part) || s.Name.ToLower().Contains(part));
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}
