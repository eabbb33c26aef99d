using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Calendars;

/// <param name="WorkDays">From Monday to Sunday.</param>
internal sealed record CalendarRow(long Id, string Code, string Name, IReadOnlyList<DayOfWeek> WorkDays, TimeOnly OpensAt, TimeOnly ClosesAt, int Version)
{
    public static CalendarRow Of(BusinessCalendar c) => new(c.Id, c.Code, c.Name, c.OpenDays, c.OpensAt, c.ClosesAt, c.Version);
}

/// <summary>All calendars, the one of the whole utility first; there are never many.</summary>
internal sealed class ListCalendars(AppDb db, CurrentActor actor) : IUse<ListCalendars.Input, Page<CalendarRow>>
{
    public sealed record Input;

    public async Task<Outcome<Page<CalendarRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var calendars = await db.Set<BusinessCalendar>().AsNoTracking().OrderBy(c => c.Code == BusinessCalendar.DefaultCode ? 0 : 1).ThenBy(c => c.Name).ToListAsync(ct);
        return new Page<CalendarRow>([.. calendars.Select(CalendarRow.Of)], Total: calendars.Count);
    }
}
