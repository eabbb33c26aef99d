using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Batch;

/// <param name="State">Pending, Running, Completed, CompletedWithErrors, Failed or Cancelled.</param>
/// <param name="Selected">Records to be done; null while nobody has counted them.</param>
/// <param name="Skipped">Records that someone else had done already.</param>
/// <param name="PerSecond">Records that it came past, on average while it went on; null before the first.</param>
/// <param name="SecondsLeft">At that speed; null where it is not going on, or nobody has counted.</param>
/// <param name="WorkedSeconds">How long it went on, without the time between a failure and when it was resumed.</param>
/// <param name="TakenAgain">How often another thread went on with a chunk: the one before was killed, cancelled, or failed.</param>
public sealed record BatchRunLine(
    long Id, string Code, int Number, DateOnly BusinessOn, string Parameters, string State, ActorRef StartedBy, long? Selected, long Done, long Skipped, long Errors, string? Message,
    int Threads, int Records, int MaxErrors, DateTime CreatedAt, DateTime? StartedAt, DateTime? FinishedAt, double? PerSecond, double? SecondsLeft, double WorkedSeconds, int TakenAgain)
{
    public bool IsOver => State is not ("Pending" or "Running");

    /// <summary>Submitting it again goes on with it.</summary>
    public bool CanGoOn => State is "Failed" or "Cancelled";

    /// <summary>Pending until what it comes after has completed for the day, as its message says.</summary>
    public bool Waits => State == "Pending" && Message is not null;

    /// <summary>Cancelled after it had failed: nobody is to go on with it.</summary>
    public bool GivenUp => State == "Cancelled" && Message!.StartsWith(RunBook.GivenUp, StringComparison.Ordinal);

    internal static BatchRunLine Of(BatchRun run, BatchSums? sums, DateTime now)
    {
        var sum = sums ?? BatchSums.None;
        var worked = run.Worked(now).TotalSeconds;
        double? speed = worked > 0 && sum.Past > 0 ? sum.Past / worked : null;
        return new(
            run.Id, run.Code, run.Number, run.BusinessOn, run.Parameters, run.State.ToString(), run.StartedBy, sum.Selected, sum.Done, sum.Skipped, sum.Errors, run.Message,
            run.Threads, run.Records, run.MaxErrors, run.CreatedAt, run.StartedAt, run.FinishedAt, speed,
            run.State == BatchState.Running && speed is { } rate && sum.Selected is { } selected ? Math.Max(0, selected - sum.Past) / rate : null, worked, sum.TakenAgain);
    }

    internal static async Task<IReadOnlyList<BatchRunLine>> Of(AppDb db, IReadOnlyList<BatchRun> runs, CancellationToken ct)
    {
        var sums = await BatchSums.Of(db, [.. runs.Select(r => r.Id)], ct);
        return [.. runs.Select(r => Of(r, sums.GetValueOrDefault(r.Id), db.Now))];
    }
}

/// <summary>One run, to see how far it is.</summary>
public sealed class GetBatchRun(AppDb db, CurrentActor actor) : IUse<GetBatchRun.Input, BatchRunLine>
{
    public sealed record Input(long Id);

    public async Task<Outcome<BatchRunLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        return await db.Set<BatchRun>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is { } run
            ? (await BatchRunLine.Of(db, [run], ct))[0] : Problem.NotFound("The batch run");
    }
}

/// <summary>Runs, newest first.</summary>
public sealed class ListBatchRuns(AppDb db, CurrentActor actor) : IUse<ListBatchRuns.Input, Page<BatchRunLine>>
{
    /// <param name="State">As in <see cref="BatchRunLine"/>; null for all.</param>
    /// <param name="BusinessOn">The day the runs are about; null for all.</param>
    public sealed record Input(string? Code, string? After, int? Size, string? State = null, DateOnly? BusinessOn = null);

    public async Task<Outcome<Page<BatchRunLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var code = input.Code is null ? null : TypedText.OneLine(input.Code, 50);
        var runs = db.Set<BatchRun>().AsNoTracking().Where(r => (code == null || r.Code == code) && (input.BusinessOn == null || r.BusinessOn == input.BusinessOn));
        if (Enum.TryParse<BatchState>(input.State, out var state))
            runs = runs.Where(r => r.State == state);
        if (Cursor.Decode(input.After) is { } behind)
            runs = runs.Where(r => r.CreatedAt < behind.At || (r.CreatedAt == behind.At && r.Id < behind.Id));
        var found = await runs.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Take(size + 1).ToListAsync(ct);
        var lines = await BatchRunLine.Of(db, found.GetRange(0, Math.Min(found.Count, size)), ct);
        return new Page<BatchRunLine>(lines, found.Count > size ? Cursor.Encode(lines[^1].CreatedAt, lines[^1].Id) : null);
    }
}

/// <summary>The runs since an instant, with those that are not over, oldest first; what was to begin and did not; what comes by itself; and how long batches usually take.</summary>
public sealed class LookAtNight(AppDb db, Timetable timetable, CurrentActor actor) : IUse<LookAtNight.Input, LookAtNight.Look>
{
    private const int Most = 300;
    private const int Remembered = 7;

    private const int MostOfOne = 100;

    /// <param name="UntilAt">To which what comes by itself is looked for; only the next of each schedule when null.</param>
    public sealed record Input(DateTime SinceAt, DateTime? UntilAt = null);

    /// <param name="Failed">Of each batch, with the same parameters, the last run that failed and whose work none has done since, whenever that was.</param>
    /// <param name="Lost">What schedules fired since then without a run: refused, or missed.</param>
    /// <param name="UsualSeconds">By code: the middle of the last completed runs before; codes that never completed are left out.</param>
    /// <param name="Coming">What starts by itself.</param>
    public sealed record Look(IReadOnlyList<BatchRunLine> Runs, IReadOnlyList<BatchRunLine> Failed, IReadOnlyList<Lost> Lost, IReadOnlyList<Coming> Coming, IReadOnlyDictionary<string, double> UsualSeconds);

    /// <param name="Outcome">Refused or Missed.</param>
    /// <param name="RunId">The run that made it good later.</param>
    public sealed record Lost(long FireId, long ScheduleId, string Code, DateTime At, string Outcome, string? Words, long? RunId);

    public sealed record Coming(long ScheduleId, string Code, DateTime At);

    public async Task<Outcome<Look>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var since = DateTime.SpecifyKind(input.SinceAt, DateTimeKind.Utc);
        var runs = await db.Set<BatchRun>().AsNoTracking().Where(r => r.CreatedAt >= since || r.FinishedAt >= since || r.State == BatchState.Pending || r.State == BatchState.Running)
            .OrderByDescending(r => r.CreatedAt).Take(Most).ToListAsync(ct);
        var before = await db.Set<BatchControl>().AsNoTracking()
            .SelectMany(c => db.Set<BatchRun>().Where(r => r.Code == c.Code && r.FinishedAt != null && r.StartedAt != null && r.FinishedAt < since && (r.State == BatchState.Completed || r.State == BatchState.CompletedWithErrors))
                .OrderByDescending(r => r.Number).Take(Remembered), (c, r) => new { c.Code, r.WorkedSeconds }).ToListAsync(ct);
        var failed = await ServiceLevels.LastFailed(db).OrderBy(r => r.FinishedAt).Take(Most).ToListAsync(ct);
        var lost = await (from f in db.Set<BatchFire>()
                          join s in db.Set<BatchSchedule>() on f.ScheduleId equals s.Id
                          where f.FireAt >= since && (f.Outcome == FireOutcome.Refused || f.Outcome == FireOutcome.Missed)
                          orderby f.FireAt descending
                          select new Lost(f.Id, s.Id, s.Code, f.FireAt, f.Outcome.ToString(), f.Words, f.RunId)).Take(Most).ToListAsync(ct);
        return new Look(
            await BatchRunLine.Of(db, [.. runs.OrderBy(r => r.CreatedAt)], ct), await BatchRunLine.Of(db, failed, ct), lost, await Comes(input.UntilAt, ct),
            before.GroupBy(r => r.Code, StringComparer.Ordinal).ToDictionary(g => g.Key, g => Middle([.. g.Select(r => r.WorkedSeconds).Order()]), StringComparer.Ordinal));
    }

    private async Task<IReadOnlyList<Coming>> Comes(DateTime? untilAt, CancellationToken ct)
    {
        var until = untilAt is { } at ? DateTime.SpecifyKind(at, DateTimeKind.Utc) : DateTime.MinValue;
        var coming = new List<Coming>();
        foreach (var schedule in await db.Set<BatchSchedule>().AsNoTracking().Where(s => s.Active && s.NextAt != null).OrderBy(s => s.NextAt).Take(Most).ToListAsync(ct))
        {
            var next = schedule.NextAt!.Value;
            var fires = next < until && await timetable.Of(schedule, ct) is { } times ? times.AllAfter(next).TakeWhile(f => f.At < until).Take(MostOfOne - 1).Select(f => f.At) : [];
            coming.AddRange(fires.Prepend(next).Where(f => f != schedule.SkipAt).Select(f => new Coming(schedule.Id, schedule.Code, f)));
        }
        return [.. coming.OrderBy(c => c.At)];
    }

    private static double Middle(double[] sorted) => sorted[sorted.Length / 2];
}

/// <param name="State">Waiting, Running or Done.</param>
/// <param name="Attempts">How often a thread has taken it.</param>
public sealed record BatchChunkLine(
    int Number, long AfterKey, long UpToKey, long Position, string State, long? Selected, long Done, long Skipped, int Errors, string? Node, int Attempts, DateTime? StartedAt, DateTime? FinishedAt);

/// <summary>The chunks of a run, as its threads work through them.</summary>
public sealed class ListBatchChunks(AppDb db, CurrentActor actor) : IUse<ListBatchChunks.Input, Page<BatchChunkLine>>
{
    /// <param name="Number">Of the page, from 1.</param>
    public sealed record Input(long Id, int? Number = null, int? Size = null);

    public async Task<Outcome<Page<BatchChunkLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        return await db.Set<BatchChunk>().AsNoTracking().Where(c => c.RunId == input.Id).OrderBy(c => c.Number)
            .Select(c => new BatchChunkLine(
                c.Number, c.AfterKey, c.UpToKey, c.Position, c.State.ToString(), c.Selected, c.Done, c.Skipped, c.Errors, c.Node, c.Attempts, c.StartedAt, c.FinishedAt))
            .PageOf(input.Number, input.Size, ct);
    }
}

/// <param name="State">Open, tried again (the run was resumed) or resolved.</param>
/// <param name="ResolvedByRunId">The run that came past the record without an error.</param>
public sealed record BatchErrorLine(long Id, long RunId, string Code, int Number, long RecordKey, RecordRef About, string Message, DateTime At, string State, DateTime? ResolvedAt, long? ResolvedByRunId);

/// <summary>Records that runs could not do: of one run, or all that are still open.</summary>
public sealed class ListBatchErrors(AppDb db, CurrentActor actor) : IUse<ListBatchErrors.Input, Page<BatchErrorLine>>
{
    /// <param name="RunId">Null for the open ones of all runs.</param>
    /// <param name="Number">Of the page, from 1.</param>
    /// <param name="After">Those behind this key, by their keys, instead of a page: for who reads all of them while others come; 0 for the first.</param>
    public sealed record Input(long? RunId = null, int? Number = null, int? Size = null, long? After = null);

    public async Task<Outcome<Page<BatchErrorLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var errors = db.Set<BatchError>().AsNoTracking().Where(e => input.RunId == null ? e.ResolvedAt == null : e.RunId == input.RunId);
        if (input.After is { } after)
        {
            var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
            var behind = await Lines(errors.Where(e => e.Id > after).OrderBy(e => e.Id).Take(size)).ToListAsync(ct);
            return new Page<BatchErrorLine>(behind, behind.Count < size ? null : behind[^1].Id.ToString(CultureInfo.InvariantCulture));
        }
        return await Lines(errors.OrderBy(e => e.ResolvedAt != null).ThenByDescending(e => e.At).ThenBy(e => e.Id)).PageOf(input.Number, input.Size, ct);
    }

    private IQueryable<BatchErrorLine> Lines(IQueryable<BatchError> errors) => errors.Select(e => new BatchErrorLine(
        e.Id, e.RunId, db.Set<BatchRun>().First(r => r.Id == e.RunId).Code, db.Set<BatchRun>().First(r => r.Id == e.RunId).Number, e.RecordKey, e.About, e.Message, e.At,
        e.ResolvedAt != null ? "resolved" : e.RetriedAt != null ? "tried again" : "open", e.ResolvedAt, e.ResolvedByRunId));
}

/// <param name="Seconds">Since the run started.</param>
public sealed record BatchPacePoint(double Seconds, double PerSecond);

/// <summary>How fast a run went, in at most 120 steps of the same length.</summary>
public sealed class LookAtPace(AppDb db, CurrentActor actor) : IUse<LookAtPace.Input, IReadOnlyList<BatchPacePoint>>
{
    private const int MostSteps = 120;

    public sealed record Input(long Id);

    public async Task<Outcome<IReadOnlyList<BatchPacePoint>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        if (await db.Set<BatchRun>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { StartedAt: { } start } run)
            return Outcome<IReadOnlyList<BatchPacePoint>>.Of([]);
        var measured = await db.Set<BatchPace>().AsNoTracking().Where(p => p.RunId == run.Id).OrderBy(p => p.At).Select(p => new { p.At, p.Records }).ToListAsync(ct);
        if (measured.Count == 0)
            return Outcome<IReadOnlyList<BatchPacePoint>>.Of([]);
        var step = Math.Max(1, Math.Ceiling((measured[^1].At - start).TotalSeconds / MostSteps));
        var records = new double[(int)((measured[^1].At - start).TotalSeconds / step) + 1];
        foreach (var point in measured)
            records[Math.Max(0, (int)((point.At - start).TotalSeconds / step))] += point.Records;
        return Outcome<IReadOnlyList<BatchPacePoint>>.Of([.. records.Select((count, i) => new BatchPacePoint((i + 1) * step, count / step))]);
    }
}
