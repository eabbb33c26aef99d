using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Calendars;

internal static class HolidayDays
{
    public const int FirstYear = 2000;
    public const int LastYear = 2100;
}

internal sealed class AddHoliday(AppDb db, CurrentActor actor) : IUse<AddHoliday.Input, Added>
{
    public sealed record Input(long CalendarId, DateOnly? FallsOn, string? Name);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (!await db.Set<BusinessCalendar>().AnyAsync(c => c.Id == input.CalendarId, ct))
            return Problem.NotFound("The calendar");
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        if (input.FallsOn is not { } on)
            problems.List.Add(Problem.Required(nameof(Input.FallsOn), "Day"));
        else if (on.Year is < HolidayDays.FirstYear or > HolidayDays.LastYear)
            problems.Add(nameof(Input.FallsOn), "This day cannot be right.", "holiday.day.range");
        else if (await db.Set<Holiday>().SingleOrDefaultAsync(h => h.CalendarId == input.CalendarId && h.FallsOn == on, ct) is { } other)
            problems.Add(nameof(Input.FallsOn), $"This day is a holiday already: {other.Name}.", "holiday.day.taken");
        if (problems.Any)
            return problems;

        var holiday = new Holiday(db.NextId(), input.CalendarId, input.FallsOn!.Value, name);
        db.Add(holiday);
        await db.SaveChangesAsync(ct);
        return new Added(holiday.Id);
    }
}
