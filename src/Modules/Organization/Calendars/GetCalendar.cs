using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Calendars;

/// <summary>A calendar with the holidays of one year.</summary>
internal sealed class GetCalendar(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<GetCalendar.Input, GetCalendar.Year>
{
    /// <param name="Year">Without it the current one.</param>
    public sealed record Input(long Id, int? Year = null);

    public sealed record Year(CalendarRow Calendar, int Of, IReadOnlyList<HolidayRow> Holidays);

    public sealed record HolidayRow(long Id, DateOnly FallsOn, string Name);

    public async Task<Outcome<Year>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        if (await db.Set<BusinessCalendar>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == input.Id, ct) is not { } calendar)
            return Problem.NotFound("The calendar");
        var year = Math.Clamp(input.Year ?? (await clock.Today(ct)).Year, HolidayDays.FirstYear, HolidayDays.LastYear);
        var (first, last) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
        var holidays = await db.Set<Holiday>().Where(h => h.CalendarId == input.Id && h.FallsOn >= first && h.FallsOn <= last)
            .OrderBy(h => h.FallsOn).Select(h => new HolidayRow(h.Id, h.FallsOn, h.Name)).ToListAsync(ct);
        return new Year(CalendarRow.Of(calendar), year, holidays);
    }
}
