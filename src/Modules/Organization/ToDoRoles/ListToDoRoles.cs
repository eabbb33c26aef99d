using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

internal sealed class ListToDoRoles(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListToDoRoles.Input, Page<ToDoRoleRow>>
{
    /// <param name="Search">Part of code or name.</param>
    /// <param name="Sort"><c>name</c>, <c>code</c> or <c>members</c>; with a leading minus descending.</param>
    /// <param name="InForce">Only those to which work may (or may not) be given today.</param>
    /// <param name="CalendarId">Only those that work by this calendar; by that of the whole utility works whatever has no other.</param>
    public sealed record Input(string? Search = null, bool? Active = null, string? Sort = null, int? Page = null, int? Size = null, bool? InForce = null, long? CalendarId = null);

    private static readonly Sorting<ToDoRoleRow> Orders = new(r => r.Id, ("name", r => r.Name), ("code", r => r.Code), ("members", r => r.Members));

    public async Task<Outcome<Page<ToDoRoleRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var rows = ToDoRoleRow.Of(db);
        if (input.Active is { } active)
            rows = rows.Where(r => r.Active == active);
        if (input.InForce is { } inForce)
        {
            var today = await clock.Today(ct);
            rows = rows.Where(r => (r.Active && (r.FromOn == null || r.FromOn <= today) && (r.ToOn == null || r.ToOn >= today)) == inForce);
        }
        if (input.CalendarId is { } calendar)
            rows = ToDoRoleRow.By(db, calendar, rows);
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            rows = rows.Where(r => r.Code.ToLower().Contains(part) || r.Name.ToLower().Contains(part));
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}
