using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Calendars;

internal sealed class ChangeCalendar(AppDb db, CurrentActor actor) : IUse<ChangeCalendar.Input, Done>
{
    /// <param name="FromOn">It holds from this day on, until <paramref name="ToOn"/>.</param>
    public sealed record Input(long Id, int Version, string? Name, IReadOnlyList<DayOfWeek>? WorkDays, TimeOnly? OpensAt, TimeOnly? ClosesAt, DateOnly? FromOn = null, DateOnly? ToOn = null) : ICalendarTyped;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<BusinessCalendar>().SingleOrDefaultAsync(c => c.Id == input.Id, ct) is not { } calendar)
            return Problem.NotFound("The calendar");
        var problems = new Problems();
        var details = CalendarDetails.Check(input, problems);
        if (calendar.Code == BusinessCalendar.DefaultCode && (input.FromOn ?? input.ToOn) is not null)
            problems.Add(nameof(Input.ToOn), "This calendar stands for the whole utility, on any day.", "calendar.needed");
        if (problems.Any)
            return problems;

        db.Expect(calendar, input.Version);
        calendar.Change(details);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
