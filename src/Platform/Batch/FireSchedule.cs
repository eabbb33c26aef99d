using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;

namespace Tieline.Platform.Batch;

/// <summary>The timer of a schedule: submits the run, says what became of the fire, and sets the next timer in one transaction.</summary>
internal sealed class FireSchedule(AppDb db, SubmitBatch submit, Timetable timetable, IEvents events, CurrentActor actor) : IJobHandler<FireSchedule.Payload>
{
    public const string Kind = "batch.schedule";

    /// <summary>What comes later than this was missed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(15);

    public sealed record Payload(long ScheduleId, DateTime FireAt);

    private readonly record struct Came(FireOutcome Outcome, string? Words, DateOnly On, long? RunId = null);

    public Task Run(Payload payload, JobRun job, CancellationToken ct) => db.InTransaction(async () =>
    {
        await db.Hold("batch_schedule", [payload.ScheduleId], ct);
        var schedule = await db.Set<BatchSchedule>().SingleOrDefaultAsync(s => s.Id == payload.ScheduleId, ct);
        // Paused or changed since the timer was set, or fired already.
        if (schedule is not { Active: true } || schedule.NextAt != payload.FireAt)
            return false;
        (actor.Actor, actor.Because) = (Actor.Process($"schedule {schedule.Code}"), schedule.AuditSubject);
        var came = await Come(schedule, payload.FireAt, ct);
        var fire = new BatchFire { Id = db.NextId(), ScheduleId = schedule.Id, FireAt = payload.FireAt, At = db.Now, Outcome = came.Outcome, Words = came.Words, BusinessOn = came.On, RunId = came.RunId };
        db.Add(fire);
        // What is left out when it comes late is left out on purpose; a window that passed without a run is not.
        if (came.Outcome == FireOutcome.Refused || (came.Outcome == FireOutcome.Missed && schedule.Misfire != Misfire.Skip))
            await events.Publish(new BatchFireRefused(fire.Id, schedule.Id, schedule.Code, schedule.Name, fire.FireAt, came.Words!, came.On), ct, schedule.AuditSubject);
        await timetable.Set(schedule, ct, payload.FireAt);
        await db.SaveChangesAsync(ct);
        return true;
    }, ct);

    private async Task<Came> Come(BatchSchedule schedule, DateTime fireAt, CancellationToken ct)
    {
        var on = await timetable.BusinessOn(schedule, fireAt, ct);
        if (schedule.SkipAt == fireAt)
            return new(FireOutcome.Skipped, "Left out, as was asked for.", on);
        if (await timetable.Of(schedule, ct) is not { } times || times.After(fireAt.AddSeconds(-1))?.At != fireAt)
            return new(FireOutcome.Skipped, "Its calendar or time zone has changed since: it does not run then any more.", on);
        var late = db.Now - fireAt > Grace;
        if (late && schedule.Misfire == Misfire.Skip)
            return new(FireOutcome.Missed, $"Nothing ran at its time. It came {Length(db.Now - fireAt)} late, and is left out then.", on);
        if (late && !times.IsWithinWindow(db.Now))
            return new(FireOutcome.Missed, $"Nothing ran at its time. It came {Length(db.Now - fireAt)} late, after its window.", on);
        // What was for the days between is due as well: a run that was missed is about the day on which it comes after all.
        on = late ? await timetable.BusinessOn(schedule, db.Now, ct) : on;
        var submitted = await submit.Handle(new(schedule.Code, on, schedule.Values), ct);
        return submitted.Ok ? new(FireOutcome.Submitted, late ? $"{Length(db.Now - fireAt)} late." : null, on, submitted.Value.Id) : new(FireOutcome.Refused, submitted.ToString(), on);
    }

    private static string Length(TimeSpan late) => late switch
    {
        { TotalHours: < 2 } => $"{late.TotalMinutes:N0} minutes",
        { TotalDays: < 2 } => $"{late.TotalHours:N0} hours",
        _ => $"{late.TotalDays:N0} days",
    };
}

/// <summary>The timer of a schedule was given up for good: that fire was missed, and the next one is waited for.</summary>
internal sealed class GoOnWithSchedule(AppDb db, Timetable timetable) : IHear<JobDropped>
{
    public const string Subscriber = "batch.dropped_timer";

    public Task Hear(JobDropped fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        if (await db.Set<Job>().AsNoTracking().Where(j => j.Id == fact.JobId).Select(j => j.Payload).SingleOrDefaultAsync(ct) is not { } written)
            return false;
        var (scheduleId, fireAt) = JsonSerializer.Deserialize<FireSchedule.Payload>(written, JobRegistration.Json)!;
        await db.Hold("batch_schedule", [scheduleId], ct);
        if (await db.Set<BatchSchedule>().SingleOrDefaultAsync(s => s.Id == scheduleId, ct) is not { Active: true } schedule || schedule.NextAt != fireAt)
            return false;
        db.Add(new BatchFire
        {
            Id = db.NextId(), ScheduleId = schedule.Id, FireAt = fireAt, At = db.Now, Outcome = FireOutcome.Missed, Words = $"Its timer was given up: {fact.Reason}",
            BusinessOn = await timetable.BusinessOn(schedule, fireAt, ct),
        });
        await timetable.Set(schedule, ct, fireAt);
        await db.SaveChangesAsync(ct);
        return true;
    }, ct);
}

/// <summary>At every start: a schedule for each process that usually runs by itself and has none, and the timers of all.</summary>
internal sealed class SetSchedules(AppDb db, IEnumerable<IBatchProcess> processes, Timetable timetable) : IStartStep
{
    public int Order => 900;

    public async Task Run(CancellationToken ct)
    {
        try
        {
            await Begin(ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Another node started at the same moment and was first.
            db.Forget();
        }
        foreach (var id in await db.Set<BatchSchedule>().Where(s => s.Active).OrderBy(s => s.Id).Select(s => s.Id).ToListAsync(ct))
            await db.InTransaction(() => SetTimer(id, ct), ct);
    }

    private async Task Begin(CancellationToken ct)
    {
        var known = await db.Set<BatchSchedule>().Select(s => s.Code).Distinct().ToListAsync(ct);
        foreach (var process in processes.Where(p => p.Usual.Cron is not null && !known.Contains(p.Code, StringComparer.Ordinal)))
            db.Add(new BatchSchedule { Id = db.NextId(), Code = process.Code, Name = BatchSchedule.UsualName, Cron = process.Usual.Cron! });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>One that was missed waits for its timer, which tells what becomes of it. The utility's zone and calendars may have changed for what is to come.</summary>
    private async Task<bool> SetTimer(long id, CancellationToken ct)
    {
        await db.Hold("batch_schedule", [id], ct);
        var schedule = await db.Set<BatchSchedule>().SingleAsync(s => s.Id == id, ct);
        // What this context read before it held the row may be old.
        await db.Entry(schedule).ReloadAsync(ct);
        if (schedule is { Active: true, NextAt: { } next } && next <= db.Now)
            await timetable.SetTimer(schedule, ct);
        else
            await timetable.Set(schedule, ct);
        await db.SaveChangesAsync(ct);
        return true;
    }
}
