using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Ui;

namespace Tieline.Organization.Calendars;

/// <summary>Batches can run on the open days of a calendar. On days on which it does not hold, that of the whole utility does.</summary>
internal sealed class OfficeDays(AppDb db, CalendarOptions options) : IBusinessDays
{
    public async Task<IReadOnlyList<Option>> Calendars(CancellationToken ct) => Option.Of(await options.Of(null, ct), c => c.Code, c => c.Name);

    public async Task<Func<DateOnly, bool>?> OpenDays(string code, CancellationToken ct)
    {
        var calendars = await db.Set<BusinessCalendar>().AsNoTracking().Where(c => c.Code == code || c.Code == BusinessCalendar.DefaultCode).ToListAsync(ct);
        if (calendars.Find(c => c.Code == code) is not { } own)
            return null;
        var whole = calendars.Find(c => c.Code == BusinessCalendar.DefaultCode);
        var ids = calendars.ConvertAll(c => c.Id);
        var closed = (await db.Set<Holiday>().Where(h => ids.Contains(h.CalendarId)).Select(h => new { h.CalendarId, h.FallsOn }).ToListAsync(ct)).Select(h => (h.CalendarId, h.FallsOn)).ToHashSet();
        return on => (own.IsInForce(on) ? own : whole) is not { } calendar || (calendar.WorksOn(on.DayOfWeek) && !closed.Contains((calendar.Id, on)));
    }
}
