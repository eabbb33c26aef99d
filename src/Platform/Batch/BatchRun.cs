using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Security;

namespace Tieline.Platform.Batch;

internal enum BatchState { Pending, Running, Completed, CompletedWithErrors, Failed, Cancelled }

/// <summary>One run of a batch control: its parameters as used, and how it ended. What it did is counted by its chunks.</summary>
internal sealed class BatchRun : IAudited
{
    public const int LongestMessage = 2_000;

    public required long Id { get; init; }
    public required string Code { get; init; }
    public required int Number { get; init; }
    public required DateOnly BusinessOn { get; init; }
    /// <summary>JSON object of text values.</summary>
    public required string Parameters { get; init; }
    public required int Threads { get; set; }
    public required int Records { get; set; }
    public required int MaxErrors { get; set; }
    public BatchState State { get; private set; } = BatchState.Pending;
    /// <summary>Pending until what it comes after has completed for the day.</summary>
    public bool Waits { get; private set; }
    public required ActorRef StartedBy { get; init; }
    /// <summary>Why it failed, who cancelled it, or what it waits for.</summary>
    public string? Message { get; private set; }
    /// <summary>Of the last time it failed; kept when it goes on.</summary>
    public long? FailureId { get; private set; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? StartedAt { get; private set; }
    /// <summary>Since when it goes on: of a run that was resumed, since then.</summary>
    public DateTime? RunningAt { get; private set; }
    /// <summary>How long it went on until it was last over, without the time between.</summary>
    public double WorkedSeconds { get; private set; }
    public DateTime? FinishedAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("batch_run", Id);

    public bool IsOver => State is not (BatchState.Pending or BatchState.Running);

    /// <summary>Submitting it again goes on with it.</summary>
    public bool CanGoOn => State is BatchState.Failed or BatchState.Cancelled;

    public void WaitFor(string message)
    {
        (Waits, Message) = (true, message);
        Version++;
    }

    public void WaitNoMore()
    {
        (Waits, Message) = (false, null);
        Version++;
    }

    public void Start(DateTime now)
    {
        (State, StartedAt, RunningAt) = (BatchState.Running, StartedAt ?? now, now);
        Version++;
    }

    public void Complete(bool errors, DateTime now)
    {
        Stop(now);
        (State, FinishedAt) = (errors ? BatchState.CompletedWithErrors : BatchState.Completed, now);
        Version++;
    }

    public void Fail(string message, long failureId, DateTime now)
    {
        Stop(now);
        (State, Message, FailureId, FinishedAt, Waits) = (BatchState.Failed, Short(message), failureId, now, false);
        Version++;
    }

    public void Cancel(string message, DateTime now)
    {
        Stop(now);
        (State, Message, FinishedAt, Waits) = (BatchState.Cancelled, Short(message), FinishedAt ?? now, false);
        Version++;
    }

    public void GoOn()
    {
        (State, Message, FinishedAt) = (BatchState.Pending, null, null);
        Version++;
    }

    private void Stop(DateTime now) => WorkedSeconds = Worked(now).TotalSeconds;

    /// <summary>How long it has gone on, without the time between its failures and when it was resumed.</summary>
    public TimeSpan Worked(DateTime now) => TimeSpan.FromSeconds(WorkedSeconds) + (State == BatchState.Running && RunningAt is { } since && now > since ? now - since : TimeSpan.Zero);

    private static string Short(string message) => message.Length > LongestMessage ? message[..LongestMessage] : message;
}

internal enum ChunkState { Waiting, Running, Done }

/// <summary>A part of the keys of a run, worked through by one thread at a time, on whatever node; it keeps its own progress.</summary>
[NotAudited("progress of a run, counted not told")]
internal sealed class BatchChunk
{
    private BatchChunk() { }

    public BatchChunk(long id, long runId, int number, BatchPart part) =>
        (Id, RunId, Number, AfterKey, UpToKey, Position, Selected) = (id, runId, number, part.After, part.UpTo, part.After, part.Selected);

    public long Id { get; private init; }
    public long RunId { get; private init; }
    /// <summary>From 1, in the order of the keys; those that try single records again come last.</summary>
    public int Number { get; private init; }
    public long AfterKey { get; private init; }
    public long UpToKey { get; private init; }
    /// <summary>Everything up to this key is done and committed.</summary>
    public long Position { get; private set; }
    public ChunkState State { get; private set; } = ChunkState.Waiting;
    public long? Selected { get; private set; }
    public long Done { get; private set; }
    public long Skipped { get; private set; }
    public int Errors { get; private set; }
    /// <summary>Job of the thread that has it, or had it last.</summary>
    public long? JobId { get; private set; }
    public string? Node { get; private set; }
    /// <summary>How often a thread has taken it.</summary>
    public int Attempts { get; private set; }
    /// <summary>How often since it last got further.</summary>
    public int Tries { get; private set; }
    public DateTime? StartedAt { get; private set; }
    public DateTime? FinishedAt { get; private set; }

    public void Take(long jobId, string node, DateTime now)
    {
        (State, JobId, Node, StartedAt) = (ChunkState.Running, jobId, node, StartedAt ?? now);
        Attempts++;
        Tries++;
    }

    public void PutBack() => (State, JobId) = (ChunkState.Waiting, null);

    public void Advance(BatchStep step, DateTime now)
    {
        (Position, Done, Skipped, Tries) = (step.Position, Done + step.Done, Skipped + step.Skipped, 0);
        if (step.Last || Position >= UpToKey)
            (State, FinishedAt) = (ChunkState.Done, now);
    }

    /// <summary>One of its records is in error.</summary>
    public void PutAside() => Errors++;

    /// <summary>Goes on behind a record that could not be done.</summary>
    public void PassOver(long key, DateTime now)
    {
        PutAside();
        Advance(new BatchStep(key, 0, 0, Last: false), now);
    }

    /// <summary>A record in error is another chunk's now.</summary>
    public void HandOver()
    {
        Errors--;
        if (Selected is not null)
            Selected--;
    }
}

/// <summary>A record that a run could not do.</summary>
[NotAudited("append-only but for what became of it")]
internal sealed class BatchError(long id, long runId, long recordKey, RecordRef about)
{
    public long Id { get; private init; } = id;
    public long RunId { get; private init; } = runId;
    public required long ChunkId { get; set; }
    /// <summary>By which the process walks.</summary>
    public long RecordKey { get; private init; } = recordKey;
    /// <summary>What a person opens.</summary>
    public RecordRef About { get; private init; } = about;
    public required string Message { get; set; }
    public required DateTime At { get; set; }
    /// <summary>The same run was resumed, and tries the record again.</summary>
    public DateTime? RetriedAt { get; private set; }
    /// <summary>This or a later run came past the record without an error.</summary>
    public DateTime? ResolvedAt { get; private set; }
    public long? ResolvedByRunId { get; private set; }

    public void Retry(DateTime now) => RetriedAt = now;

    public void Again(long chunkId, string message, DateTime now) => (ChunkId, Message, At, RetriedAt) = (chunkId, message, now, null);

    public void Resolve(long runId, DateTime now) => (ResolvedByRunId, ResolvedAt) = (runId, now);
}

/// <summary>How many records the threads of a run came past since the one before: what its chart of speed is drawn from.</summary>
[NotAudited("measured, not kept as a record")]
internal sealed class BatchPace
{
    public required long Id { get; init; }
    public required long RunId { get; init; }
    public required DateTime At { get; init; }
    public required int Records { get; init; }
}

internal sealed class BatchRunMap : IEntityTypeConfiguration<BatchRun>, IEntityTypeConfiguration<BatchChunk>, IEntityTypeConfiguration<BatchError>, IEntityTypeConfiguration<BatchPace>
{
    public void Configure(EntityTypeBuilder<BatchRun> builder)
    {
        builder.ToTable("batch_run");
        builder.Ignore(r => r.IsOver);
        builder.Ignore(r => r.CanGoOn);
        builder.HasIndex(r => new { r.Code, r.Number }, "ux_batch_run_number").IsUnique();
        builder.HasIndex(r => new { r.CreatedAt, r.Id }, "ix_batch_run_created");
        builder.HasIndex(r => new { r.BusinessOn, r.Code }, "ix_batch_run_day");
        builder.HasIndex(r => new { r.State, r.Code }, "ix_batch_run_state");
    }

    public void Configure(EntityTypeBuilder<BatchChunk> builder)
    {
        builder.ToTable("batch_chunk");
        builder.HasOne<BatchRun>().WithMany().HasForeignKey(c => c.RunId);
        builder.HasIndex(c => new { c.RunId, c.Number }, "ux_batch_chunk_number").IsUnique();
    }

    public void Configure(EntityTypeBuilder<BatchError> builder)
    {
        builder.ToTable("batch_error");
        builder.HasOne<BatchRun>().WithMany().HasForeignKey(e => e.RunId);
        builder.HasIndex(e => new { e.RunId, e.RecordKey }, "ix_batch_error_run");
        builder.HasIndex(e => new { e.ResolvedAt, e.RecordKey }, "ix_batch_error_open");
    }

    public void Configure(EntityTypeBuilder<BatchPace> builder)
    {
        builder.ToTable("batch_pace");
        builder.HasOne<BatchRun>().WithMany().HasForeignKey(p => p.RunId);
        builder.HasIndex(p => new { p.RunId, p.At }, "ix_batch_pace_run");
        builder.HasIndex(p => p.At, "ix_batch_pace_at");
    }
}
