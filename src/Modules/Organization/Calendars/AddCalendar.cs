using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Calendars;

internal sealed class AddCalendar(AppDb db, CurrentActor actor) : IUse<AddCalendar.Input, Added>
{
    /// <param name="FromOn">It holds from this day on, until <paramref name="ToOn"/>.</param>
    public sealed record Input(string? Code, string? Name, IReadOnlyList<DayOfWeek>? WorkDays, TimeOnly? OpensAt, TimeOnly? ClosesAt, DateOnly? FromOn = null, DateOnly? ToOn = null) : ICalendarTyped;

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        if (await db.Set<BusinessCalendar>().AnyAsync(c => c.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a calendar with the code {code}.", "calendar.code.taken");
        var details = CalendarDetails.Check(input, problems);
        if (problems.Any)
            return problems;

        var calendar = new BusinessCalendar(db.NextId(), code, details.Name, details.WorkDays, details.OpensAt, details.ClosesAt, details.FromOn, details.ToOn);
        db.Add(calendar);
        await db.SaveChangesAsync(ct);
        return new Added(calendar.Id);
    }
}
