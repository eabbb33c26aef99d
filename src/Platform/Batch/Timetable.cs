using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;

namespace Tieline.Platform.Batch;

/// <summary>Which days are open; upper rooms keep the calendars.</summary>
public interface IBusinessDays
{
    /// <summary>Codes with the names of the calendars.</summary>
    Task<IReadOnlyList<Option>> Calendars(CancellationToken ct);

    /// <returns>Whether a day is open; null when there is no such calendar.</returns>
    Task<Func<DateOnly, bool>?> OpenDays(string code, CancellationToken ct);
}

/// <summary>When schedules fire, and the timers of that.</summary>
public sealed class Timetable(AppDb db, IUtilityClock clock, IEnumerable<IBusinessDays> calendars, IJobs jobs)
{
    /// <returns>Null when it cannot be told: its calendar or zone is not known here.</returns>
    internal async Task<FireTimes?> Of(BatchSchedule schedule, CancellationToken ct)
    {
        var own = await clock.Zone(ct);
        var zone = own;
        if (FireTimes.Read(schedule.Cron) is not { } cron || (schedule.Zone is { } id && !TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone!)))
            return null;
        Func<DateOnly, bool>? open = null;
        if (schedule.Calendar is { } calendar && (open = await OpenDays(calendar, ct)) is null)
            return null;
        var now = clock.Now;
        return new FireTimes(cron, zone)
        {
            Window = schedule is { WindowFrom: { } from, WindowTo: { } to } ? (from, to) : null, Open = open, DaysBack = schedule.DaysBack,
            Ahead = ((await clock.ToLocal(now, ct)).Date - TimeZoneInfo.ConvertTimeFromUtc(now, own).Date).Days,
        };
    }

    internal async Task<Func<DateOnly, bool>?> OpenDays(string calendar, CancellationToken ct)
    {
        foreach (var days in calendars)
        {
            if (await days.OpenDays(calendar, ct) is { } open)
                return open;
        }
        return null;
    }

    /// <summary>The business date of what fires at an instant.</summary>
    internal async Task<DateOnly> BusinessOn(BatchSchedule schedule, DateTime at, CancellationToken ct) =>
        DateOnly.FromDateTime(await clock.ToLocal(at, ct)).AddDays(-schedule.DaysBack);

    /// <summary>Finds the next fire of a schedule that is held, and sets its timer; the caller saves.</summary>
    /// <param name="fired">The fire that happens now.</param>
    internal async Task Set(BatchSchedule schedule, CancellationToken ct, DateTime? fired = null)
    {
        // The clock of the node that fired last may have been a little ahead of this one.
        var last = fired ?? await db.Set<BatchFire>().Where(f => f.ScheduleId == schedule.Id).OrderByDescending(f => f.FireAt).Select(f => (DateTime?)f.FireAt).FirstOrDefaultAsync(ct);
        schedule.FireNext(schedule.Active && await Of(schedule, ct) is { } times ? times.After(last > db.Now ? last.Value : db.Now)?.At : null);
        await SetTimer(schedule, ct);
    }

    internal async Task SetTimer(BatchSchedule schedule, CancellationToken ct)
    {
        if (schedule.NextAt is { } at)
            await jobs.Enqueue(FireSchedule.Kind, new FireSchedule.Payload(schedule.Id, at), ct, at, $"{schedule.Id} {at:yyyyMMddTHHmmss}");
    }
}
