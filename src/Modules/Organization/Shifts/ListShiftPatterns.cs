using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Shifts;

internal sealed class ListShiftPatterns(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListShiftPatterns.Input, Page<ShiftPatternRow>>
{
    /// <param name="Search">Part of code or name.</param>
    /// <param name="Sort"><c>name</c>, <c>code</c>, <c>calendar</c> or <c>people</c>; with a leading minus descending.</param>
    public sealed record Input(string? Search = null, bool? Active = null, long? CalendarId = null, string? Sort = null, int? Page = null, int? Size = null);

    private static readonly Sorting<ShiftPatternRow> Orders = new(p => p.Id, ("name", p => p.Name), ("code", p => p.Code), ("calendar", p => p.Calendar), ("people", p => p.People));

    public async Task<Outcome<Page<ShiftPatternRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var rows = ShiftPatternRow.Of(db, await clock.Today(ct));
        if (input.Active is { } active)
            rows = rows.Where(p => p.Active == active);
        if (input.CalendarId is { } calendar)
            rows = rows.Where(p => p.CalendarId == calendar);
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            rows = rows.Where(p => p.Code.ToLower().Contains(part) || p.Name.ToLower().Contains(part));
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}
