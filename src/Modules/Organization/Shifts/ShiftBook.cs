using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Absences;
using Tieline.Organization.Calendars;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Organization.Shifts;

/// <summary>What is planned for somebody on a day: by the pattern they follow, or by what was said for this day. The times are local; a shift belongs to the day on which it begins.</summary>
/// <param name="Closed">Why the pattern has no shift on this day though it would: the holiday's name, or the day of the week.</param>
/// <param name="Away">An absence: the shift is not worked.</param>
/// <param name="ExceptionId">Of what was said for this day.</param>
internal sealed record PlannedDay(long EmployeeId, DateOnly On, long? PatternId, TimeOnly? FromAt, TimeOnly? ToAt, string? Closed, bool Away, long? ExceptionId, string? Reason)
{
    public bool Works => FromAt is not null && !Away;

    public string? Times => FromAt is { } from && ToAt is { } to ? ShiftWeek.Times(from, to) : null;
}

/// <summary>Reads who works when, for many people and days at once, in as many statements as for one.</summary>
internal sealed class ShiftBook(AppDb db, IUtilityClock clock)
{
    /// <summary>Each day of the employees on which they work here and follow a pattern, or something was said of it.</summary>
    public async Task<IReadOnlyList<PlannedDay>> Days(DateOnly first, DateOnly last, IReadOnlyCollection<long> employees, CancellationToken ct)
    {
        if (employees.Count == 0)
            return [];
        var followed = (await (from a in ShiftAssignment.NotFollowedByAnother(db, first)
                               join p in db.Set<ShiftPattern>() on a.PatternId equals p.Id into patterns
                               from p in patterns.DefaultIfEmpty()
                               where employees.Contains(a.EmployeeId) && a.FromOn <= last
                               select new { a.EmployeeId, a.FromOn, Pattern = p }).AsNoTracking().ToListAsync(ct)).ToLookup(a => a.EmployeeId);
        var said = await db.Set<ShiftException>().AsNoTracking().Where(e => employees.Contains(e.EmployeeId) && e.FallsOn >= first && e.FallsOn <= last && e.CancelledAt == null)
            .ToDictionaryAsync(e => (e.EmployeeId, e.FallsOn), ct);
        if (followed.Count == 0 && said.Count == 0)
            return [];
        var people = await db.Set<Employee>().Where(e => employees.Contains(e.Id)).Select(e => new { e.Id, e.HiredOn, e.LeftOn }).ToListAsync(ct);
        var away = (await db.Set<Absence>().Where(a => employees.Contains(a.EmployeeId) && a.CancelledAt == null && a.FromOn <= last && a.ToOn >= first)
            .Select(a => new { a.EmployeeId, a.FromOn, a.ToOn }).ToListAsync(ct)).ToLookup(a => a.EmployeeId);
        var closed = await Closed(first, last, ct);
        var days = new List<PlannedDay>();
        foreach (var person in people)
        {
            for (var on = first > person.HiredOn ? first : person.HiredOn; on <= last && !(on > person.LeftOn); on = on.AddDays(1))
            {
                var pattern = followed[person.Id].Where(a => a.FromOn <= on).MaxBy(a => a.FromOn)?.Pattern;
                var exception = said.GetValueOrDefault((person.Id, on));
                if (pattern is null && exception is null)
                    continue;
                var shift = pattern is null ? null : ShiftWeek.On(pattern.Week, on);
                var why = shift?.FromAt is null || pattern!.WorksClosed ? null : closed(pattern.CalendarId, on);
                var (from, to) = exception is not null ? (exception.FromAt, exception.ToAt) : why is not null ? (null, null) : (shift?.FromAt, shift?.ToAt);
                days.Add(new PlannedDay(
                    person.Id, on, pattern?.Id, from, to, exception is null ? why : null, away[person.Id].Any(a => a.FromOn <= on && a.ToOn >= on), exception?.Id, exception?.Reason));
            }
        }
        return days;
    }

    /// <summary>The instants of the shifts that are worked; none where a change of clocks leaves nothing of one.</summary>
    public async Task<IReadOnlyList<ShiftLine>> Shifts(DateOnly first, DateOnly last, IReadOnlyCollection<long> employees, CancellationToken ct) => await Worked(await Days(first, last, employees, ct), ct);

    public async Task<IReadOnlyList<ShiftLine>> Worked(IEnumerable<PlannedDay> days, CancellationToken ct)
    {
        var instants = new Dictionary<(DateOnly, TimeOnly), DateTime>();
        async ValueTask<DateTime> At(DateOnly on, TimeOnly time) => instants.TryGetValue((on, time), out var known) ? known : instants[(on, time)] = await clock.ToInstant(on, time, ct);
        var lines = new List<ShiftLine>();
        foreach (var day in days.Where(d => d.Works))
        {
            var (from, to) = (await At(day.On, day.FromAt!.Value), await At(day.ToAt < day.FromAt ? day.On.AddDays(1) : day.On, day.ToAt!.Value));
            if (from < to)
                lines.Add(new ShiftLine(day.EmployeeId, day.On, from, to));
        }
        return lines;
    }

    /// <summary>Who is at work at this moment, who was or will be today, and who is not; of those only who follow a pattern or of whom something was said.</summary>
    public async Task<IReadOnlyDictionary<long, ShiftNow>> Now(IReadOnlyCollection<long> employees, CancellationToken ct)
    {
        var (now, today) = (clock.Now, await clock.Today(ct));
        // The night's shift began yesterday.
        var days = await Days(today.AddDays(-1), today, employees, ct);
        var shifts = (await Worked(days, ct)).ToLookup(s => s.EmployeeId);
        return days.Select(d => d.EmployeeId).Distinct().ToDictionary(id => id, id =>
        {
            if (shifts[id].FirstOrDefault(s => s.FromAt <= now && s.ToAt > now) is { } at)
                return new ShiftNow(ShiftState.Now, at.ToAt);
            return shifts[id].FirstOrDefault(s => s.On == today) switch
            {
                null => new ShiftNow(ShiftState.NotToday, null),
                var shift when shift.FromAt > now => new ShiftNow(ShiftState.Later, shift.FromAt),
                var shift => new ShiftNow(ShiftState.Over, shift.ToAt),
            };
        });
    }

    /// <summary>Why a calendar is closed on a day, null when it is open. Outside of its own days that of the whole utility holds.</summary>
    private async Task<Func<long, DateOnly, string?>> Closed(DateOnly first, DateOnly last, CancellationToken ct)
    {
        var calendars = await db.Set<BusinessCalendar>().AsNoTracking().ToDictionaryAsync(c => c.Id, ct);
        var holidays = await db.Set<Holiday>().AsNoTracking().Where(h => h.FallsOn >= first && h.FallsOn <= last).ToDictionaryAsync(h => (h.CalendarId, h.FallsOn), h => h.Name, ct);
        var whole = calendars.Values.FirstOrDefault(c => c.Code == BusinessCalendar.DefaultCode);
        return (id, on) =>
        {
            if ((calendars[id].IsInForce(on) ? calendars[id] : whole) is not { } calendar)
                return null;
            return holidays.TryGetValue((calendar.Id, on), out var name) ? name : calendar.WorksOn(on.DayOfWeek) ? null : on.DayOfWeek.ToString();
        };
    }
}
