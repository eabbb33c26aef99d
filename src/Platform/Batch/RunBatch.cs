using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;

namespace Tieline.Platform.Batch;

/// <summary>
/// One thread of a run: takes a chunk after the other, and does it slice by slice. A slice and how far the chunk got commit together, with the chunk held; so a
/// thread that was killed, or lost its lease, doubles nothing, and whoever takes its chunk goes on where it stood.
/// </summary>
internal sealed partial class RunBatch(AppDb db, CurrentActor actor, RunBook book, IJobs jobs, ILogger<RunBatch> log) : IJobHandler<RunBatch.Payload>
{
    public const string Kind = "batch.run";

    /// <summary>After so many tries at one place without getting further the run has failed.</summary>
    private const int MostTries = 3;

    /// <summary>As above, where the database went away: it may be restarted.</summary>
    private const int MostLostLines = 8;

    /// <param name="Tries">How often the run could not even begin.</param>
    public sealed record Payload(long RunId, int Tries = 0);

    private sealed class UnknownProcessException(string code) : Exception($"This release does not know the process {code}. Where nodes of two releases run, one of the other may go on with it.");

    private readonly record struct Slice(bool GoesOn, bool ChunkDone);

    private static readonly Slice Stopped = new(false, false);

    private (DateTime At, int Records) pace;

    public async Task Run(Payload payload, JobRun job, CancellationToken ct)
    {
        actor.Because = new RecordRef("batch_run", payload.RunId);
        if (job.Attempt > 1)
        {
            // The node that had it is gone. A job of its own: a run may outlive more nodes than a job has attempts.
            await Replace(payload, job, ct, lost: true);
            return;
        }
        long? chunkId = null;
        try
        {
            if (await Begin(payload.RunId, ct) is not ({ } run, { } process))
                return;
            var input = new BatchInput(run.BusinessOn, BatchValues.Read(run.Parameters));
            pace = (db.Now, 0);
            while ((chunkId = await Take(run, job, ct)) is { } taken)
            {
                if (!await Work(run, taken, process, input, job, ct))
                    return;
            }
            await Finish(payload.RunId, ct);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await db.GiveBack();
            await Stumble(payload, chunkId, job, exception, ct);
        }
    }

    /// <returns>Nulls when there is nothing to do any more.</returns>
    /// <exception cref="UnknownProcessException">This release does not know the process.</exception>
    private async Task<(BatchRun? Run, IBatchProcess? Process)> Begin(long runId, CancellationToken ct)
    {
        var begun = await db.InTransaction(async () =>
        {
            await db.Hold("batch_run", [runId], ct);
            var run = await db.Set<BatchRun>().SingleAsync(r => r.Id == runId, ct);
            if (run.IsOver || run.Waits)
                return (null, null);
            var code = await db.Set<BatchControl>().Where(c => c.Code == run.Code).Select(c => c.Process).SingleAsync(ct);
            var process = book.Process(code) ?? throw new UnknownProcessException(code);
            if (run.State == BatchState.Pending)
                await book.Start(run, new BatchInput(run.BusinessOn, BatchValues.Read(run.Parameters)), process, ct);
            await db.SaveChangesAsync(ct);
            return ((BatchRun?)run, (IBatchProcess?)process);
        }, ct);
        db.ChangeTracker.Clear();
        return begun;
    }

    /// <returns>The chunk that is this thread's now; null when none is left.</returns>
    private async Task<long?> Take(BatchRun run, JobRun job, CancellationToken ct)
    {
        var taken = await db.InTransaction(async () =>
        {
            // Two that take one at once would not count each other.
            await db.Hold("batch_run", [run.Id], ct);
            if (await State(run.Id, ct) != BatchState.Running || await Free(run, job, ct) is not { } id)
                return (long?)null;
            var chunk = await db.Set<BatchChunk>().SingleAsync(c => c.Id == id, ct);
            chunk.Take(job.Id, job.Node, db.Now);
            await db.SaveChangesAsync(ct);
            return id;
        }, ct);
        db.ChangeTracker.Clear();
        return taken;
    }

    /// <returns>
    /// The one it had before its node stopped in order, or else the first that waits; held. None where as many threads as the run may have are at work: jobs of before
    /// it was cancelled and resumed may still come.
    /// </returns>
    private async Task<long?> Free(BatchRun run, JobRun job, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        return await connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition(
            $"""
            select id from batch_chunk where run_id = @run and ((state = 'Running' and job_id = @job) or (state = 'Waiting'
                and (select count(*) from batch_chunk c where c.run_id = @run and c.state = 'Running') < (select threads from batch_run where id = @run)))
            order by state, number limit 1{db.Dialect.HoldFree("batch_chunk")}
            """, new { run = run.Id, job = job.Id }, transaction, cancellationToken: ct));
    }

    /// <returns>False when the thread is to stop: the run is over, or the chunk somebody else's.</returns>
    private async Task<bool> Work(BatchRun run, long chunkId, IBatchProcess process, BatchInput input, JobRun job, CancellationToken ct)
    {
        var limit = run.Records;
        while (true)
        {
            try
            {
                var slice = await Do(run, chunkId, process, input, limit, job, ct);
                if (!slice.GoesOn || slice.ChunkDone)
                    return slice.GoesOn;
                limit = Math.Min(run.Records, limit * 2);
            }
            catch (Exception exception) when (exception is not (OperationCanceledException or PoisonedJobException) && db.Dialect.Fault(exception) is null)
            {
                await db.GiveBack();
                if (await FirstOf(chunkId, process, input, ct) is not { } record)
                    throw;
                // One of these records cannot be done: ever fewer at once, until it is known which.
                if (limit > 1)
                    limit = Math.Max(1, limit / 8);
                else if (await PassOver(run, chunkId, record, exception, job, ct) is var over && (!over.GoesOn || over.ChunkDone))
                    return over.GoesOn;
            }
        }
    }

    private async Task<Slice> Do(BatchRun run, long chunkId, IBatchProcess process, BatchInput input, int records, JobRun job, CancellationToken ct)
    {
        var inError = false;
        var slice = await db.InTransaction(async () =>
        {
            if (await Held(run, chunkId, job, ct) is not { } chunk)
                return Stopped;
            if (chunk.Position >= chunk.UpToKey)
            {
                chunk.Advance(new BatchStep(chunk.Position, 0, 0, Last: true), db.Now);
            }
            else
            {
                var step = await process.Do(input, new BatchSlice(chunk.Position, chunk.UpToKey, records), ct);
                foreach (var one in step.InError)
                {
                    await book.PutAside(run, chunk, one.Record, Short(one.Message), found: true, ct);
                    chunk.PutAside();
                }
                inError = step.InError.Count > 0;
                chunk.Advance(step, db.Now);
                Measure(run, step.Done + step.Skipped + step.InError.Count, chunk.State == ChunkState.Done);
            }
            await db.SaveChangesAsync(ct);
            return new Slice(true, chunk.State == ChunkState.Done);
        }, ct);
        db.ChangeTracker.Clear();
        return inError && slice.GoesOn && await TooMany(run, found: true, ct) ? Stopped : slice;
    }

    /// <returns>Null when it is not this thread's any more, or the run is to stop here.</returns>
    private async Task<BatchChunk?> Held(BatchRun run, long chunkId, JobRun job, CancellationToken ct)
    {
        await db.Hold("batch_chunk", [chunkId], ct);
        var chunk = await db.Set<BatchChunk>().SingleAsync(c => c.Id == chunkId, ct);
        if (chunk.State != ChunkState.Running || chunk.JobId != job.Id)
            return null;
        if (await State(run.Id, ct) == BatchState.Running)
            return chunk;
        chunk.PutBack();
        await db.SaveChangesAsync(ct);
        return null;
    }

    private Task<BatchState> State(long runId, CancellationToken ct) => db.Set<BatchRun>().Where(r => r.Id == runId).Select(r => r.State).SingleAsync(ct);

    private async Task<BatchRecord?> FirstOf(long chunkId, IBatchProcess process, BatchInput input, CancellationToken ct)
    {
        var chunk = await db.Set<BatchChunk>().AsNoTracking().SingleAsync(c => c.Id == chunkId, ct);
        return await process.First(input, new BatchSlice(chunk.Position, chunk.UpToKey, 1), ct);
    }

    /// <summary>Puts a record aside that cannot be done.</summary>
    private async Task<Slice> PassOver(BatchRun run, long chunkId, BatchRecord record, Exception exception, JobRun job, CancellationToken ct)
    {
        var slice = await db.InTransaction(async () =>
        {
            if (await Held(run, chunkId, job, ct) is not { } chunk)
                return Stopped;
            await book.PutAside(run, chunk, record, Words(exception), found: false, ct);
            chunk.PassOver(record.Key, db.Now);
            Measure(run, 1, chunk.State == ChunkState.Done);
            await db.SaveChangesAsync(ct);
            LogRecord(exception, run.Code, run.Number, record.About.ToString());
            return new Slice(true, chunk.State == ChunkState.Done);
        }, ct);
        db.ChangeTracker.Clear();
        return slice.GoesOn && await TooMany(run, found: false, ct) ? Stopped : slice;
    }

    /// <param name="found">The run looks for what is wrong, and nothing failed.</param>
    private async Task<bool> TooMany(BatchRun run, bool found, CancellationToken ct)
    {
        var errors = await db.Set<BatchError>().CountAsync(e => e.RunId == run.Id && e.RetriedAt == null, ct);
        if (errors <= run.MaxErrors)
            return false;
        await Fail(run.Id, $"More than {run.MaxErrors:N0} {(run.MaxErrors == 1 ? "record" : "records")} {(found ? "were found to be wrong" : "could not be done")} ({errors:N0}). The last one: {await db.Set<BatchError>().Where(e => e.RunId == run.Id).OrderByDescending(e => e.Id).Select(e => e.Message).FirstAsync(ct)}", ct);
        return true;
    }

    /// <summary>The speed of the run, in steps that grow with it, so that a long one has not more of them.</summary>
    private void Measure(BatchRun run, int records, bool always)
    {
        pace.Records += records;
        var step = TimeSpan.FromSeconds(Math.Max(1, run.Worked(db.Now).TotalSeconds / 100));
        if (pace.Records == 0 || (!always && db.Now - pace.At < step))
            return;
        db.Add(new BatchPace { Id = db.NextId(), RunId = run.Id, At = db.Now, Records = pace.Records });
        pace = (db.Now, 0);
    }

    /// <summary>Where nothing is left to do, the run is over. Where another thread is at its last chunk, that one finds the same.</summary>
    private async Task Finish(long runId, CancellationToken ct)
    {
        var over = await db.InTransaction(async () =>
        {
            await db.Hold("batch_run", [runId], ct);
            var run = await db.Set<BatchRun>().SingleAsync(r => r.Id == runId, ct);
            if (run.State != BatchState.Running || await db.Set<BatchChunk>().AnyAsync(c => c.RunId == runId && c.State != ChunkState.Done, ct))
                return null;
            await book.Complete(run, ct);
            await db.SaveChangesAsync(ct);
            return run;
        }, ct);
        if (over is not null)
            LogOver(over.Code, over.Number, over.BusinessOn, over.State);
        db.ChangeTracker.Clear();
    }

    /// <summary>Something failed that is no single record's fault: it is tried again after a while, and given up where that does not help.</summary>
    private async Task Stumble(Payload payload, long? chunkId, JobRun job, Exception exception, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        // A database comes back, and a node of another release may know the process: they are waited for longer.
        var gone = exception is UnknownProcessException || (db.Dialect.IsTransient(exception) && !db.Dialect.IsFull(exception));
        var tries = chunkId is { } id ? await db.Set<BatchChunk>().Where(c => c.Id == id).Select(c => c.Tries).SingleAsync(ct) : payload.Tries + 1;
        LogStumbled(exception, payload.RunId, tries);
        if (exception is PoisonedJobException || tries >= (gone ? MostLostLines : MostTries))
            await Fail(payload.RunId, Words(exception), ct);
        else
            await Replace(payload with { Tries = chunkId is null ? tries : 0 }, job, ct, db.Now + JobWorker.Backoff(tries));
    }

    /// <summary>Another job goes on as this thread.</summary>
    /// <param name="lost">The node of this one is gone.</param>
    private async Task Replace(Payload payload, JobRun job, CancellationToken ct, DateTime? at = null, bool lost = false)
    {
        var worn = await db.InTransaction(async () =>
        {
            await db.Hold("batch_run", [payload.RunId], ct);
            var chunks = await book.HoldChunks(db.Set<BatchChunk>().Where(c => c.RunId == payload.RunId && c.State == ChunkState.Running && c.JobId == job.Id), ct);
            chunks.ForEach(c => c.PutBack());
            var tries = lost && await State(payload.RunId, ct) == BatchState.Pending ? payload.Tries + 1 : payload.Tries;
            await jobs.Enqueue(Kind, payload with { Tries = tries }, ct, at);
            await db.SaveChangesAsync(ct);
            return chunks.Find(c => c.Tries >= MostLostLines) is { } chunk ? $"{chunk.Tries} times the node that worked behind key {chunk.Position} was lost, and nothing got done there. Its log may say why."
                : lost && tries >= MostLostLines ? $"{tries} times the node that was to begin it was lost. Its log may say why." : null;
        }, ct);
        db.ChangeTracker.Clear();
        if (worn is not null)
            await Fail(payload.RunId, worn, ct);
    }

    private async Task Fail(long runId, string message, CancellationToken ct)
    {
        await book.GiveUp(runId, message, ct);
        db.ChangeTracker.Clear();
    }

    /// <summary>What happened, for the operator who reads it.</summary>
    private string Words(Exception exception)
    {
        if (db.Dialect.Fault(exception) is { } fault)
            return fault;
        // What went wrong stands inside of what the layers above say about it.
        var said = (exception is PoisonedJobException ? exception : exception.GetBaseException()).Message.Split('\n', 2)[0].Trim();
        return said.Length == 0 ? exception.GetType().Name : Short(said);
    }

    private static string Short(string said) => said.Length > 500 ? said[..500] : said;

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {Code} run {Number} for {BusinessOn:yyyy-MM-dd} is over: {State}")]
    private partial void LogOver(string code, int number, DateOnly businessOn, BatchState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {Code} run {Number} could not do {Record}")]
    private partial void LogRecord(Exception exception, string code, int number, string record);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A thread of batch run {RunId} stumbled, for the {Tries}. time at this place")]
    private partial void LogStumbled(Exception exception, long runId, int tries);
}

/// <summary>The job of a thread is dead, after the thread itself could not even say so: so is the run. Whoever submits it again goes on.</summary>
internal sealed class FailRunOfDeadJob(AppDb db, RunBook book) : IHear<JobDied>
{
    public const string Subscriber = "batch.dead_run";

    public async Task Hear(JobDied fact, long eventId, CancellationToken ct)
    {
        if (await db.Set<Job>().AsNoTracking().SingleOrDefaultAsync(j => j.Id == fact.JobId && j.State == JobState.Dead, ct) is not { } job || job.DeathId != fact.DeathId)
            return;
        var payload = System.Text.Json.JsonSerializer.Deserialize<RunBatch.Payload>(job.Payload, JobRegistration.Json)!;
        await book.GiveUp(payload.RunId, fact.Error, ct);
    }
}
