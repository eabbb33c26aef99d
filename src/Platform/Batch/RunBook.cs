using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Batch;

/// <summary>How runs begin, go on and end, whoever asks for it. Joins the caller's transaction, which saves.</summary>
public sealed class RunBook(AppDb db, IEnumerable<IBatchProcess> processes, IJobs jobs, IEvents events, ILive live)
{
    /// <summary>Told to browsers when a run is submitted, goes on or ends.</summary>
    public const string Topic = "batch";

    /// <summary>Backlogs are cut finer than there are threads, so that the last one is not waited for.</summary>
    private const int PartsPerThread = 4;

    /// <summary>With this the message of a run begins that had failed and is given up.</summary>
    internal const string GivenUp = "Given up by";

    /// <summary>Of a record that is in error night after night.</summary>
    private const int Remembered = 100;

    internal IBatchProcess? Process(string code) => processes.FirstOrDefault(p => p.Code == code);

    /// <summary>What a run does by its own.</summary>
    /// <param name="Threads">As the control has it when null, as are the others.</param>
    internal sealed record Wish(DateOnly BusinessOn, IReadOnlyDictionary<string, string> Parameters, int? Threads = null, int? Records = null, int? MaxErrors = null);

    /// <summary>Begins a run of the control; or goes on with the last one for the same day and parameters, where that failed or was cancelled.</summary>
    internal async Task<Outcome<BatchRun>> Enter(string code, Wish wish, CancellationToken ct)
    {
        var control = await Held(code, wish.BusinessOn, ct);
        var parameters = BatchValues.Write(wish.Parameters);
        var superseded = await StillWaiting(control, wish.BusinessOn, parameters, ct);
        if (await Overlapped(control, superseded, ct) is { } overlap)
            return overlap;
        var run = await Enter(control, wish, parameters, ct);
        foreach (var before in superseded)
        {
            before.Cancel($"Run {run.Number} for {run.BusinessOn:d MMMM yyyy} does its work.", db.Now);
            await Tell(before, [], ct);
        }
        return run;
    }

    private async Task<BatchRun> Enter(BatchControl control, Wish wish, string parameters, CancellationToken ct)
    {
        var last = await db.Set<BatchRun>().Where(r => r.Code == control.Code && r.BusinessOn == wish.BusinessOn && r.Parameters == parameters).OrderByDescending(r => r.Number).FirstOrDefaultAsync(ct);
        if (last is { CanGoOn: true })
        {
            await GoOn(last, control, new(wish.Threads, wish.Records, wish.MaxErrors), ct);
            return last;
        }
        var run = new BatchRun
        {
            Id = db.NextId(), Code = control.Code, Number = control.NextRun++, BusinessOn = wish.BusinessOn, Parameters = parameters,
            Threads = wish.Threads ?? control.Threads, Records = wish.Records ?? control.Records, MaxErrors = wish.MaxErrors ?? control.MaxErrors, StartedBy = db.Actor.Ref, CreatedAt = db.Now,
        };
        db.Add(run);
        await EnqueueOrWait(run, control, 1, ct);
        await MakeGood(run, control, ct);
        return run;
    }

    /// <summary>How much at once, and how many errors at most; as it was where null.</summary>
    internal sealed record Sizes(int? Threads = null, int? Records = null, int? MaxErrors = null);

    /// <summary>A run that failed or was cancelled goes on.</summary>
    internal async Task<Outcome<BatchRun>> Resume(string code, long id, Sizes sizes, CancellationToken ct)
    {
        var on = await db.Set<BatchRun>().Where(r => r.Id == id).Select(r => r.BusinessOn).SingleAsync(ct);
        var control = await Held(code, on, ct);
        var run = await db.Set<BatchRun>().SingleAsync(r => r.Id == id, ct);
        if (!run.CanGoOn)
        {
            var why = run.State switch
            {
                BatchState.CompletedWithErrors => "has completed. Submit it again: a new run tries what was in error.",
                BatchState.Completed => "has completed; nothing of it is left to do.",
                _ => "is going on.",
            };
            return new Problem(null, $"{run.Code} run {run.Number} {why}", "batch.cannot_resume");
        }
        if (await Overlapped(control, [], ct) is { } overlap)
            return overlap;
        await GoOn(run, control, sizes, ct);
        return run;
    }

    /// <summary>Whoever submits the same waits here, and sees this run; as does what completes for the day.</summary>
    private async Task<BatchControl> Held(string code, DateOnly on, CancellationToken ct)
    {
        await db.Hold("batch_control", await db.Set<BatchControl>().Where(c => c.Code == code).Select(c => c.Id).ToListAsync(ct), ct);
        await db.HoldName("batch_day", on.DayNumber, ct);
        return await db.Set<BatchControl>().SingleAsync(c => c.Code == code, ct);
    }

    /// <summary>What never began, for others did not complete on its day: the run of a later day does its work, and must not wait behind it night after night.</summary>
    private async Task<List<BatchRun>> StillWaiting(BatchControl control, DateOnly before, string parameters, CancellationToken ct)
    {
        var waiting = db.Set<BatchRun>().Where(r => r.Code == control.Code && r.State == BatchState.Pending && r.Waits && r.StartedAt == null && r.BusinessOn < before && r.Parameters == parameters);
        if (control.MayOverlap || await waiting.Select(r => r.Id).ToListAsync(ct) is not { Count: > 0 } ids)
            return [];
        await db.Hold("batch_run", ids, ct);
        return await waiting.ToListAsync(ct);
    }

    private async Task<Problem?> Overlapped(BatchControl control, IReadOnlyCollection<BatchRun> superseded, CancellationToken ct) =>
        !control.MayOverlap && await db.Set<BatchRun>().AsNoTracking()
            .Where(r => r.Code == control.Code && (r.State == BatchState.Pending || r.State == BatchState.Running) && !superseded.Select(s => s.Id).Contains(r.Id))
            .OrderByDescending(r => r.Number).FirstOrDefaultAsync(ct) is { } going
            ? new Problem("Code", $"{going.Code} run {going.Number} for {going.BusinessOn:d MMMM yyyy} {(going.Waits ? "waits" : "is going on")}, and its runs do not overlap. {(going.Waits ? $"{going.Message} Begin it all the same, or cancel it." : "Wait until it is over, or cancel it.")}", "batch.overlap")
            : null;

    /// <summary>A run that failed or was cancelled goes on where it stood, and tries again what it could not do.</summary>
    private async Task GoOn(BatchRun run, BatchControl control, Sizes sizes, CancellationToken ct)
    {
        (run.Threads, run.Records, run.MaxErrors) = (sizes.Threads ?? run.Threads, sizes.Records ?? run.Records, sizes.MaxErrors ?? run.MaxErrors);
        if (run.State == BatchState.Failed)
            await events.Publish(new BatchRunResumed(run.Id, run.Code, run.Number, run.FailureId!.Value), ct, run.AuditSubject);
        run.GoOn();
        var chunks = await HoldChunks(db.Set<BatchChunk>().Where(c => c.RunId == run.Id), ct);
        foreach (var chunk in chunks.Where(c => c.State == ChunkState.Running))
            chunk.PutBack();
        var (number, byId) = (chunks.Count == 0 ? 0 : chunks[^1].Number, chunks.ToDictionary(c => c.Id));
        foreach (var error in await db.Set<BatchError>().Where(e => e.RunId == run.Id && e.RetriedAt == null && e.ResolvedAt == null).OrderBy(e => e.RecordKey).ToListAsync(ct))
        {
            error.Retry(db.Now);
            var chunk = byId[error.ChunkId];
            chunk.HandOver();
            db.Add(new BatchChunk(db.NextId(), run.Id, ++number, new BatchPart(error.RecordKey - 1, error.RecordKey, chunk.Selected is null ? null : 1)));
        }
        await EnqueueOrWait(run, control, chunks.Count == 0 ? 1 : run.Threads, ct);
        await MakeGood(run, control, ct);
    }

    /// <summary>What schedules fired for its day or one before, with its parameters, and no run began for, has one now.</summary>
    private async Task MakeGood(BatchRun run, BatchControl control, CancellationToken ct)
    {
        var lost = await (from f in db.Set<BatchFire>()
                          join s in db.Set<BatchSchedule>() on f.ScheduleId equals s.Id
                          where f.BusinessOn <= run.BusinessOn && s.Code == run.Code && f.RunId == null && (f.Outcome == FireOutcome.Refused || f.Outcome == FireOutcome.Missed)
                          select new { Fire = f, Schedule = s }).ToListAsync(ct);
        var fires = lost.Where(l => l.Schedule.ParametersOver(control) == run.Parameters).Select(l => l.Fire).ToList();
        if (fires.Count == 0)
            return;
        foreach (var fire in fires)
            fire.RunId = run.Id;
        await events.Publish(new BatchFireMadeGood(run.Id, run.Code, run.Number, [.. fires.Select(f => f.Id)]), ct, run.AuditSubject);
    }

    /// <summary>Threads of before may still be at their last slices: those are waited for.</summary>
    internal async Task<List<BatchChunk>> HoldChunks(IQueryable<BatchChunk> chunks, CancellationToken ct)
    {
        await db.Hold("batch_chunk", await chunks.Select(c => c.Id).ToListAsync(ct), ct);
        return await chunks.OrderBy(c => c.Number).ToListAsync(ct);
    }

    /// <summary>The first thread of a run has begun: cuts its work, and has the other threads begin.</summary>
    internal async Task Start(BatchRun run, BatchInput input, IBatchProcess process, CancellationToken ct)
    {
        run.Start(db.Now);
        if (await db.Set<BatchChunk>().AnyAsync(c => c.RunId == run.Id, ct))
            return;
        var number = 0;
        foreach (var part in await process.Cut(input, run.Threads == 1 ? 1 : run.Threads * PartsPerThread, ct))
            db.Add(new BatchChunk(db.NextId(), run.Id, ++number, part));
        await Enqueue(run, Math.Min(run.Threads, number) - 1, ct);
    }

    /// <summary>The run has failed, unless it is over by now. In a transaction of its own, which is saved.</summary>
    internal Task<bool> GiveUp(long runId, string message, CancellationToken ct) => db.InTransaction(async () =>
    {
        await db.Hold("batch_run", [runId], ct);
        if (await db.Set<BatchRun>().SingleOrDefaultAsync(r => r.Id == runId, ct) is not { IsOver: false } run)
            return false;
        await Fail(run, message, ct);
        await db.SaveChangesAsync(ct);
        return true;
    }, ct);

    internal async Task Fail(BatchRun run, string message, CancellationToken ct)
    {
        run.Fail(message, db.NextId(), db.Now);
        await Tell(run, [], ct);
    }

    /// <param name="reason">Why nobody is to go on with it, where it has failed: that failure waits for nobody any more.</param>
    internal async Task Cancel(BatchRun run, string? reason, CancellationToken ct)
    {
        IReadOnlyList<long> mends = run is { State: BatchState.Failed, FailureId: { } failure } ? [failure] : [];
        run.Cancel(reason is null ? $"Cancelled by {db.Actor.Ref.Name}." : $"{GivenUp} {db.Actor.Ref.Name}: {reason}", db.Now);
        await Tell(run, mends, ct);
    }

    /// <summary>A record that could not be done. Whether somebody has it before them from an earlier run is for those who hear of it to say.</summary>
    internal async Task PutAside(BatchRun run, BatchChunk chunk, BatchRecord record, string message, bool found, CancellationToken ct)
    {
        if (await db.Set<BatchError>().SingleOrDefaultAsync(e => e.RunId == run.Id && e.RecordKey == record.Key && e.ResolvedAt == null, ct) is { } again)
        {
            again.Again(chunk.Id, message, db.Now);
            return;
        }
        var earlier = await (from e in db.Set<BatchError>()
                             join r in db.Set<BatchRun>() on e.RunId equals r.Id
                             where r.Code == run.Code && e.RecordKey == record.Key && e.ResolvedAt == null
                             orderby e.Id descending
                             select e.Id).Take(Remembered).ToListAsync(ct);
        var error = new BatchError(db.NextId(), run.Id, record.Key, record.About) { ChunkId = chunk.Id, Message = message, At = db.Now };
        db.Add(error);
        await events.Publish(new BatchRecordFailed(error.Id, run.Id, run.Code, run.Number, run.BusinessOn, record.About, message, found, earlier), ct, record.About, run.AuditSubject);
    }

    /// <summary>All chunks are done: the run is over, what could not be done before and now was is resolved, and what comes after it begins.</summary>
    internal async Task Complete(BatchRun run, CancellationToken ct)
    {
        await db.HoldName("batch_day", run.BusinessOn.DayNumber, ct);
        var errors = await db.Set<BatchError>().CountAsync(e => e.RunId == run.Id && e.RetriedAt == null, ct);
        run.Complete(errors > 0, db.Now);
        await Resolve(run, ct);
        await MakeGood(run, await db.Set<BatchControl>().AsNoTracking().SingleAsync(c => c.Code == run.Code, ct), ct);
        var mends = await db.Set<BatchRun>().Where(r => r.Code == run.Code && r.State == BatchState.Failed && r.BusinessOn <= run.BusinessOn && r.Parameters == run.Parameters && r.Number < run.Number)
            .OrderByDescending(r => r.Number).Select(r => r.FailureId).Take(50).ToListAsync(ct);
        await Tell(run, [.. mends.OfType<long>()], ct);
        await db.SaveChangesAsync(ct);
        foreach (var waiting in await db.Set<BatchRun>().Where(r => r.BusinessOn == run.BusinessOn && r.State == BatchState.Pending && r.Waits).OrderBy(r => r.CreatedAt).ToListAsync(ct))
        {
            var control = await db.Set<BatchControl>().AsNoTracking().SingleAsync(c => c.Code == waiting.Code, ct);
            if ((await Missing(control.Needs, run.BusinessOn, ct)).Count > 0)
                continue;
            await Begin(waiting, ct);
        }
    }

    /// <summary>What waits for nothing any more since a control was changed begins; what still waits says for what.</summary>
    internal async Task LookAgain(BatchControl changed, CancellationToken ct)
    {
        var controls = await db.Set<BatchControl>().ToDictionaryAsync(c => c.Code, StringComparer.Ordinal, ct);
        var codes = controls.Values.Where(c => c.Code == changed.Code || c.Needs.Contains(changed.Code, StringComparer.Ordinal)).Select(c => c.Code).ToList();
        var waiting = db.Set<BatchRun>().Where(r => codes.Contains(r.Code) && r.State == BatchState.Pending && r.Waits);
        foreach (var day in await waiting.Select(r => r.BusinessOn).Distinct().OrderBy(d => d).ToListAsync(ct))
            await db.HoldName("batch_day", day.DayNumber, ct);
        foreach (var run in await waiting.OrderBy(r => r.CreatedAt).ToListAsync(ct))
        {
            var missing = await Missing(controls[run.Code].Needs, run.BusinessOn, ct);
            if (missing.Count == 0)
                await Begin(run, ct);
            else if (await WaitsFor(missing, run.BusinessOn, ct) is var words && words != run.Message)
                run.WaitFor(words);
        }
    }

    /// <summary>A run that waits does so no longer.</summary>
    internal async Task Begin(BatchRun waiting, CancellationToken ct)
    {
        waiting.WaitNoMore();
        await Enqueue(waiting, await db.Set<BatchChunk>().AnyAsync(c => c.RunId == waiting.Id, ct) ? waiting.Threads : 1, ct);
    }

    /// <summary>
    /// Records in error of this run that were tried again without one, and those of earlier runs with the same parameters, or which the process says it came past: it has seen all
    /// that they had selected. What it could not do either stays.
    /// </summary>
    private async Task Resolve(BatchRun run, CancellationToken ct)
    {
        var left = await (from e in db.Set<BatchError>()
                          join r in db.Set<BatchRun>() on e.RunId equals r.Id
                          where r.Code == run.Code && r.BusinessOn <= run.BusinessOn && e.ResolvedAt == null && (r.Id == run.Id ? e.RetriedAt != null : r.Number < run.Number)
                              && !db.Set<BatchError>().Any(again => again.RunId == run.Id && again.RecordKey == e.RecordKey && again.RetriedAt == null)
                          select new { Error = e, Same = r.Parameters == run.Parameters }).ToListAsync(ct);
        var input = new BatchInput(run.BusinessOn, BatchValues.Read(run.Parameters));
        var process = left.TrueForAll(l => l.Same) ? null : Process(await db.Set<BatchControl>().Where(c => c.Code == run.Code).Select(c => c.Process).SingleAsync(ct));
        var open = left.Where(l => l.Same || process?.ComesPast(input, l.Error.RecordKey) == true).Select(l => l.Error).ToList();
        if (open.Count == 0)
            return;
        foreach (var error in open)
            error.Resolve(run.Id, db.Now);
        await events.Publish(new BatchErrorsResolved(run.Id, run.Code, run.Number, [.. open.Select(e => e.Id)]), ct, run.AuditSubject);
    }

    private async Task Tell(BatchRun run, IReadOnlyList<long> mends, CancellationToken ct)
    {
        await live.Tell(Topic, null, ct);
        var sums = await BatchSums.Of(db, [run.Id], ct);
        var sum = sums.GetValueOrDefault(run.Id, BatchSums.None);
        await events.Publish(new BatchRunEnded(run.Id, run.Code, run.Number, run.BusinessOn, run.State.ToString(), run.Message, sum.Done, sum.Skipped, sum.Errors, run.State == BatchState.Failed ? run.FailureId : null, mends), ct, run.AuditSubject);
    }

    private async Task EnqueueOrWait(BatchRun run, BatchControl control, int threads, CancellationToken ct)
    {
        await live.Tell(Topic, null, ct);
        if (await Missing(control.Needs, run.BusinessOn, ct) is { Count: > 0 } missing)
            run.WaitFor(await WaitsFor(missing, run.BusinessOn, ct));
        else
            await Enqueue(run, threads, ct);
    }

    private async Task Enqueue(BatchRun run, int threads, CancellationToken ct)
    {
        for (var thread = 0; thread < threads; thread++)
            await jobs.Enqueue(RunBatch.Kind, new RunBatch.Payload(run.Id), ct);
    }

    /// <summary>What is switched off never completes by itself: that is said.</summary>
    private async Task<string> WaitsFor(List<string> missing, DateOnly on, CancellationToken ct)
    {
        var off = await db.Set<BatchControl>().Where(c => missing.Contains(c.Code) && !c.Active).OrderBy(c => c.Code).Select(c => c.Code).ToListAsync(ct);
        var waits = $"Waits until {string.Join(" and ", missing)} {(missing.Count == 1 ? "has" : "have")} completed for {on:d MMMM yyyy}.";
        return off.Count == 0 ? waits : $"{waits} {string.Join(" and ", off)} {(off.Count == 1 ? "is" : "are")} switched off.";
    }

    private async Task<List<string>> Missing(IReadOnlyList<string> needs, DateOnly on, CancellationToken ct)
    {
        if (needs.Count == 0)
            return [];
        var done = await db.Set<BatchRun>().Where(r => r.BusinessOn == on && needs.Contains(r.Code) && (r.State == BatchState.Completed || r.State == BatchState.CompletedWithErrors))
            .Select(r => r.Code).Distinct().ToListAsync(ct);
        return [.. needs.Except(done, StringComparer.Ordinal)];
    }
}

/// <summary>What the chunks of runs did.</summary>
/// <param name="Selected">Null while it is not counted.</param>
/// <param name="TakenAgain">How often a chunk was taken by another thread after its first: the one before was killed, cancelled, or failed.</param>
internal sealed record BatchSums(long? Selected, long Done, long Skipped, long Errors, int TakenAgain)
{
    public static readonly BatchSums None = new(null, 0, 0, 0, 0);

    /// <summary>Records that it came past.</summary>
    public long Past => Done + Skipped + Errors;

    public static async Task<Dictionary<long, BatchSums>> Of(AppDb db, IReadOnlyCollection<long> runs, CancellationToken ct) =>
        await db.Set<BatchChunk>().AsNoTracking().Where(c => runs.Contains(c.RunId)).GroupBy(c => c.RunId)
            .Select(g => new { g.Key, Selected = g.Sum(c => c.Selected), Uncounted = g.Count(c => c.Selected == null), Done = g.Sum(c => c.Done), Skipped = g.Sum(c => c.Skipped), Errors = g.Sum(c => (long)c.Errors), Again = g.Sum(c => c.Attempts > 1 ? c.Attempts - 1 : 0) })
            .ToDictionaryAsync(s => s.Key, s => new BatchSums(s.Uncounted > 0 ? null : s.Selected, s.Done, s.Skipped, s.Errors, s.Again), ct);
}
