using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Calendars;

/// <param name="WorkDays">From Monday to Sunday.</param>
internal sealed record CalendarRow(
    long Id, string Code, string Name, IReadOnlyList<DayOfWeek> WorkDays, TimeOnly OpensAt, TimeOnly ClosesAt, DateOnly? FromOn, DateOnly? ToOn, int Version)
{
    /// <summary>It stands for the whole utility.</summary>
    public bool IsDefault => Code == BusinessCalendar.DefaultCode;

    public static CalendarRow Of(BusinessCalendar c) => new(c.Id, c.Code, c.Name, c.OpenDays, c.OpensAt, c.ClosesAt, c.FromOn, c.ToOn, c.Version);
}

/// <summary>Calendars, the one of the whole utility first.</summary>
internal sealed class ListCalendars(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListCalendars.Input, Page<CalendarRow>>
{
    /// <param name="Search">Part of code or name, or of the name of a holiday.</param>
    /// <param name="InForce">Only those that hold (or do not hold) today.</param>
    /// <param name="Sort"><c>name</c> or <c>code</c>; with a leading minus descending. Without it that of the whole utility comes first.</param>
    public sealed record Input(string? Search = null, bool? InForce = null, string? Sort = null, int? Page = null, int? Size = null);

    private static readonly Sorting<BusinessCalendar> Orders =
        new(c => c.Id, ("default", c => c.Code == BusinessCalendar.DefaultCode ? "" : c.Name), ("name", c => c.Name), ("code", c => c.Code));

    public async Task<Outcome<Page<CalendarRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var calendars = db.Set<BusinessCalendar>().AsNoTracking();
        if (input.InForce is { } inForce)
        {
            var today = await clock.Today(ct);
            calendars = calendars.Where(c => ((c.FromOn == null || c.FromOn <= today) && (c.ToOn == null || c.ToOn >= today)) == inForce);
        }
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
        {
            calendars = calendars.Where(c => c.Code.ToLower().Contains(part) || c.Name.ToLower().Contains(part)
                || db.Set<Holiday>().Any(h => h.CalendarId == c.Id && h.Name.ToLower().Contains(part)));
        }
        var page = await Orders.Apply(calendars, input.Sort).PageOf(input.Page, input.Size, ct);
        return new Page<CalendarRow>([.. page.Items.Select(CalendarRow.Of)], Total: page.Total);
    }
}

/// <summary>Calendars of which one may be chosen: those that have not ended, and the one that a record has already.</summary>
internal sealed class CalendarOptions(AppDb db, IUtilityClock clock)
{
    public async Task<IReadOnlyList<CalendarRow>> Of(long? kept, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        return [.. (await db.Set<BusinessCalendar>().AsNoTracking().Where(c => c.ToOn == null || c.ToOn >= today || c.Id == kept).OrderBy(c => c.Name).ToListAsync(ct)).Select(CalendarRow.Of)];
    }

    /// <summary>A calendar that is there and has not ended, or the one that the record has already.</summary>
    public async Task Check(string field, long? chosen, long? kept, Problems problems, CancellationToken ct)
    {
        if (chosen is { } id && id != kept && !(await Of(null, ct)).Any(c => c.Id == id))
            problems.Add(field, "This calendar is not there, or has ended.", "calendar.unknown");
    }
}
