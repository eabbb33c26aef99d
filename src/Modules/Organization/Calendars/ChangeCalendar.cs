using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Calendars;

internal sealed class ChangeCalendar(AppDb db, CurrentActor actor) : IUse<ChangeCalendar.Input, Done>
{
    public sealed record Input(long Id, int Version, string? Name, IReadOnlyList<DayOfWeek>? WorkDays, TimeOnly? OpensAt, TimeOnly? ClosesAt) : ICalendarTyped;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<BusinessCalendar>().SingleOrDefaultAsync(c => c.Id == input.Id, ct) is not { } calendar)
            return Problem.NotFound("The calendar");
        var problems = new Problems();
        var details = CalendarDetails.Check(input, problems);
        if (problems.Any)
            return problems;

        db.Expect(calendar, input.Version);
        calendar.Change(details);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
