using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Calendars;
using Tieline.Organization.Departments;
using Tieline.Organization.Positions;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Organization;

/// <summary>
/// What every installation has: the office calendar with the federal holidays of this and the next two years, the role that
/// follows up, a first department and position. What is there is left alone; a year without any holiday is filled.
/// </summary>
internal sealed class OrganizationSeed(AppDb db, IUtilityClock clock) : IStartStep
{
    public int Order => 100;

    public async Task Run(CancellationToken ct)
    {
        try
        {
            await Seed(ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Another node started at the same moment and was first.
            db.Forget();
            await Seed(ct);
        }
    }

    private async Task Seed(CancellationToken ct)
    {
        if (!await db.Set<ToDoRole>().AnyAsync(r => r.Code == ToDoRole.FollowUp, ct))
            db.Add(new ToDoRole(db.NextId(), ToDoRole.FollowUp, "Customer follow-up", "Whoever answers customers next: promises for which nobody is named."));
        if (!await db.Set<Department>().AnyAsync(ct))
            db.Add(new Department(db.NextId(), "CUSTSVC", "Customer Service", null));
        if (!await db.Set<Position>().AnyAsync(ct))
            db.Add(new Position(db.NextId(), "CSR1", "Customer Service Representative I"));
        await SeedCalendar(ct);
        await db.SaveChangesAsync(ct);
    }

    private async Task SeedCalendar(CancellationToken ct)
    {
        var calendar = await db.Set<BusinessCalendar>().SingleOrDefaultAsync(c => c.Code == BusinessCalendar.DefaultCode, ct);
        if (calendar is null)
        {
            calendar = new BusinessCalendar(db.NextId(), BusinessCalendar.DefaultCode, "Office", "1111100", new TimeOnly(8, 0), new TimeOnly(17, 0));
            db.Add(calendar);
        }
        var year = (await clock.Today(ct)).Year;
        var from = new DateOnly(year, 1, 1);
        var filled = (await db.Set<Holiday>().Where(h => h.CalendarId == calendar.Id && h.FallsOn >= from).Select(h => h.FallsOn).ToListAsync(ct))
            .Select(d => d.Year).ToHashSet();
        foreach (var (on, name) in Enumerable.Range(year, 3).Where(y => !filled.Contains(y)).SelectMany(FederalHolidays.Of))
            db.Add(new Holiday(db.NextId(), calendar.Id, on, name));
    }
}
