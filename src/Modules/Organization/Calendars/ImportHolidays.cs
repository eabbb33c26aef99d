using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Calendars;

/// <summary>Brings the holidays of a whole year into a calendar: from lines, or the federal ones. Days that are holidays already stay as they are.</summary>
internal sealed class ImportHolidays(AppDb db, CurrentActor actor) : IUse<ImportHolidays.Input, ImportHolidays.Imported>
{
    /// <param name="Lines">One a line, day first: <c>2027-11-26 Day after Thanksgiving</c>. Blank for the federal holidays of the United States.</param>
    public sealed record Input(long CalendarId, int Year, string? Lines = null);

    public sealed record Imported(int Added, int AlreadyThere);

    private const int MostLines = 366;

    public async Task<Outcome<Imported>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (!await db.Set<BusinessCalendar>().AnyAsync(c => c.Id == input.CalendarId, ct))
            return Problem.NotFound("The calendar");
        var problems = new Problems();
        if (input.Year is < HolidayDays.FirstYear or > HolidayDays.LastYear)
            problems.Add(nameof(Input.Year), $"The year is {HolidayDays.FirstYear} to {HolidayDays.LastYear}.", "holiday.year");
        var text = problems.Lines(nameof(Input.Lines), "The list", input.Lines, 20_000, required: false);
        if (problems.Any)
            return problems;
        var days = text.Length == 0 ? FederalHolidays.Of(input.Year) : Read(text, input.Year, problems);
        if (problems.Any)
            return problems;

        var there = await db.Set<Holiday>().Where(h => h.CalendarId == input.CalendarId).Select(h => h.FallsOn).ToHashSetAsync(ct);
        var added = days.Where(d => there.Add(d.On)).Select(d => new Holiday(db.NextId(), input.CalendarId, d.On, d.Name)).ToList();
        db.AddRange(added);
        await db.SaveChangesAsync(ct);
        return new Imported(added.Count, days.Count - added.Count);
    }

    private static List<(DateOnly On, string Name)> Read(string text, int year, Problems problems)
    {
        var days = new List<(DateOnly, string)>();
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length > MostLines)
        {
            problems.Add(nameof(Input.Lines), "These are more lines than a year has days.", "holiday.lines.many");
            return days;
        }
        foreach (var (line, at) in lines.Select((l, i) => (l, i + 1)))
        {
            var end = line.IndexOfAny([' ', ',', ';']);
            var name = end < 0 ? "" : line[end..].Trim(' ', ',', ';', '"');
            if (end < 0 || !DateOnly.TryParseExact(line[..end], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on) || name.Length is 0 or > 100)
                problems.Add(nameof(Input.Lines), $"Line {at} is not a day and a name, like 2027-11-26 Day after Thanksgiving.", "holiday.line");
            else if (on.Year != year)
                problems.Add(nameof(Input.Lines), $"Line {at} is not in {year}.", "holiday.line.year");
            else
                days.Add((on, name));
            if (problems.List.Count >= 5)
                break;
        }
        return days;
    }
}
