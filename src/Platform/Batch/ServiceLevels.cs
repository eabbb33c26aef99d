using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;

namespace Tieline.Platform.Batch;

/// <summary>How a batch keeps its level of service.</summary>
public enum ServiceLevel { OnTime, Late, Failing }

/// <param name="Words">Why, for people: <c>Run 12 has gone on for 95 minutes; 60 is the most.</c></param>
/// <param name="RunId">The run that it is about; null when none began.</param>
public sealed record ServiceWords(string Words, long? RunId);

/// <summary>One time for which a batch was late, from when that was told until it was over.</summary>
[NotAudited("append-only but for when it was over")]
internal sealed class BatchLateness
{
    public required long Id { get; init; }
    public required long ControlId { get; init; }
    public long? RunId { get; init; }
    public required string Words { get; init; }
    public required DateTime At { get; init; }
    public DateTime? OverAt { get; set; }
}

internal sealed class BatchLatenessMap : IEntityTypeConfiguration<BatchLateness>
{
    public void Configure(EntityTypeBuilder<BatchLateness> builder)
    {
        builder.ToTable("batch_lateness");
        builder.HasOne<BatchControl>().WithMany().HasForeignKey(l => l.ControlId);
        builder.HasIndex(l => l.ControlId, "ux_batch_lateness_open").IsUnique().HasFilter("over_at is null");
    }
}

/// <summary>What other rooms ask before they tell people: news of trouble may come late, when it is over.</summary>
public sealed class BatchTrouble(AppDb db)
{
    /// <returns>False once the run has gone on or was given up, or a later one has done its work.</returns>
    public Task<bool> Failure(long failureId, CancellationToken ct) => ServiceLevels.Failed(db).AnyAsync(r => r.FailureId == failureId, ct);

    /// <returns>False once a later run came past the record without an error.</returns>
    public Task<bool> Record(long errorId, CancellationToken ct) => db.Set<BatchError>().AnyAsync(e => e.Id == errorId && e.ResolvedAt == null, ct);

    /// <returns>False once a run has begun for what the schedule fired.</returns>
    public Task<bool> Fire(long fireId, CancellationToken ct) => db.Set<BatchFire>().AnyAsync(f => f.Id == fireId && f.RunId == null, ct);
}

/// <summary>
/// Which batches are late and which are failing. What is to be over by an hour is what schedules fired in the day that ends with it: over by 05:00 is what began in the night.
/// </summary>
public sealed class ServiceLevels(AppDb db, Timetable timetable, IUtilityClock clock)
{
    /// <summary>A time at which a schedule fired, or ought to have.</summary>
    private sealed record Due(BatchSchedule Schedule, DateTime FireAt, DateOnly On, long? RunId, string? Words);

    /// <summary>By code, those with runs that failed and whose work no later run has done; one SELECT.</summary>
    internal async Task<IReadOnlyDictionary<string, ServiceWords>> Failing(IReadOnlyCollection<string> codes, CancellationToken ct)
    {
        var failed = await LastFailed(db).Where(r => codes.Contains(r.Code)).OrderByDescending(r => r.Number).ToListAsync(ct);
        return failed.DistinctBy(r => r.Code, StringComparer.Ordinal).ToDictionary(r => r.Code, r => new ServiceWords($"Run {r.Number} failed: {r.Message}", r.Id), StringComparer.Ordinal);
    }

    /// <summary>Runs that failed and whose work no later run has done: one with the same parameters, for the same day or a later one.</summary>
    internal static IQueryable<BatchRun> Failed(AppDb db) => db.Set<BatchRun>().AsNoTracking()
        .Where(r => r.State == BatchState.Failed
            && !db.Set<BatchRun>().Any(l => l.Code == r.Code && l.Number > r.Number && l.Parameters == r.Parameters && l.BusinessOn >= r.BusinessOn && (l.State == BatchState.Completed || l.State == BatchState.CompletedWithErrors)));

    /// <summary>Of those the last of each batch with the same parameters.</summary>
    internal static IQueryable<BatchRun> LastFailed(AppDb db) => Failed(db).Where(r => !Failed(db).Any(l => l.Code == r.Code && l.Parameters == r.Parameters && l.Number > r.Number));

    /// <summary>
    /// Those that are late now, by code. One SELECT for the runs that go on; where something is to be over by an hour one for each such hour and one for the fires of then, and one
    /// more for each that has no run. None without a rule.
    /// </summary>
    internal async Task<IReadOnlyDictionary<string, ServiceWords>> Late(IReadOnlyCollection<BatchControl> controls, CancellationToken ct)
    {
        var late = new Dictionary<string, ServiceWords>(StringComparer.Ordinal);
        var ruled = controls.Where(c => c.OverBy is not null || c.LongestMinutes is not null).ToDictionary(c => c.Code, StringComparer.Ordinal);
        if (ruled.Count == 0)
            return late;
        var codes = ruled.Keys.ToList();
        var going = await db.Set<BatchRun>().AsNoTracking().Where(r => codes.Contains(r.Code) && (r.State == BatchState.Pending || r.State == BatchState.Running)).OrderBy(r => r.Number).ToListAsync(ct);
        await AddOverdue(late, ruled, going, ct);
        foreach (var run in going)
        {
            if (ruled[run.Code].LongestMinutes is { } most && run is { State: BatchState.Running, RunningAt: { } since } && db.Now - since > TimeSpan.FromMinutes(most))
                late[run.Code] = new($"Run {run.Number} has gone on for {Math.Floor((db.Now - since).TotalMinutes):N0} minutes; {most:N0} is the most.", run.Id);
        }
        return late;
    }

    private async Task AddOverdue(Dictionary<string, ServiceWords> late, Dictionary<string, BatchControl> ruled, List<BatchRun> going, CancellationToken ct)
    {
        var schedules = new List<(BatchSchedule Schedule, long? FireId, DateTime HourAt)>();
        foreach (var hour in ruled.Values.Where(c => c.OverBy is not null).GroupBy(c => c.OverBy!.Value))
        {
            var (at, codes) = (await Passed(hour.Key, ct), hour.Select(c => c.Code).ToList());
            schedules.AddRange((await db.Set<BatchSchedule>().AsNoTracking().Where(s => codes.Contains(s.Code)).OrderBy(s => s.Id).Select(s => new
            {
                Schedule = s, FireId = db.Set<BatchFire>().Where(f => f.ScheduleId == s.Id && f.FireAt < at).OrderByDescending(f => f.FireAt).Select(f => (long?)f.Id).FirstOrDefault(),
            }).ToListAsync(ct)).Select(s => (s.Schedule, s.FireId, at)));
        }
        if (schedules.Count == 0)
            return;
        var (last, runs) = (schedules.Select(s => s.FireId).OfType<long>().ToList(), going.Select(r => (long?)r.Id).ToList());
        var fires = last.Count + runs.Count == 0 ? [] : await db.Set<BatchFire>().AsNoTracking().Where(f => last.Contains(f.Id) || runs.Contains(f.RunId)).OrderBy(f => f.FireAt).ToListAsync(ct);
        foreach (var (schedule, fireId, hourAt) in schedules)
        {
            var control = ruled[schedule.Code];
            foreach (var due in await DueBy(schedule, fires.Where(f => f.ScheduleId == schedule.Id && f.FireAt < hourAt), hourAt, ct))
            {
                if (await Lateness(due, control, going, hourAt, ct) is { } words)
                    late[control.Code] = words;
            }
        }
    }

    /// <summary>When this hour of the day last passed.</summary>
    private async Task<DateTime> Passed(TimeOnly hour, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var at = await clock.ToInstant(today, hour, ct);
        return at <= db.Now ? at : await clock.ToInstant(today.AddDays(-1), hour, ct);
    }

    private async Task<IReadOnlyList<Due>> DueBy(BatchSchedule schedule, IEnumerable<BatchFire> fires, DateTime hourAt, CancellationToken ct)
    {
        var due = new List<Due>();
        foreach (var fire in fires.Where(f => f.Outcome != FireOutcome.Skipped))
            due.Add(new(schedule, fire.FireAt, fire.BusinessOn ?? await timetable.BusinessOn(schedule, fire.FireAt, ct), fire.RunId, fire.Words));
        // Nothing has fired it: no node ran then, or none came to it. Its calendar may have changed meanwhile.
        if (schedule is { Active: true, NextAt: { } next } && next < hourAt && next != schedule.SkipAt && await timetable.Of(schedule, ct) is { } times && times.After(next.AddSeconds(-1))?.At == next)
            due.Add(new(schedule, next, await timetable.BusinessOn(schedule, next, ct), null, "Nothing ran at its time."));
        return due;
    }

    private async Task<ServiceWords?> Lateness(Due due, BatchControl control, List<BatchRun> going, DateTime hourAt, CancellationToken ct)
    {
        var by = $"{await clock.ToLocal(hourAt, ct):HH:mm 'on' d MMMM}";
        var run = going.Find(r => r.Id == due.RunId) ?? (due.RunId is null ? going.Find(r => r.BusinessOn == due.On || r.CreatedAt >= due.FireAt) : null);
        if (run is not null)
            return new($"Run {run.Number} {(run.State == BatchState.Running ? "goes on" : run.Waits ? "waits" : "has not begun")}; it was to be over by {by}.", run.Id);
        // A run that began and goes on no more is over; what was paused or switched off is not waited for.
        if (due.RunId is not null || !due.Schedule.Active || !control.Active || await IsMadeGood(due, control, ct))
            return null;
        return new($"No run began at {await clock.ToLocal(due.FireAt, ct):HH:mm 'on' d MMMM}; it was to be over by {by}. {due.Words}", null);
    }

    /// <summary>A run with the same parameters, for the same day or a later one, was over since; or has done its work before.</summary>
    private Task<bool> IsMadeGood(Due due, BatchControl control, CancellationToken ct)
    {
        var parameters = due.Schedule.ParametersOver(control);
        return db.Set<BatchRun>().AnyAsync(
            r => r.Code == due.Schedule.Code && r.Parameters == parameters && r.BusinessOn >= due.On
                && (r.FinishedAt >= due.FireAt || r.State == BatchState.Completed || r.State == BatchState.CompletedWithErrors), ct);
    }
}
