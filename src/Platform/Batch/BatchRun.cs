using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Platform.Batch;

internal enum BatchState { Pending, Running, Completed, Failed }

/// <summary>One run of a batch control: its parameters as used, how far it got, what it did.</summary>
internal sealed class BatchRun : IAudited
{
    public required long Id { get; init; }
    public required string Code { get; init; }
    public required int Number { get; init; }
    public required DateOnly BusinessOn { get; init; }
    /// <summary>JSON object of text values.</summary>
    public required string Parameters { get; init; }
    public BatchState State { get; private set; } = BatchState.Pending;
    public required ActorRef StartedBy { get; init; }
    /// <summary>Everything up to this key is done and committed: where a resumed run goes on.</summary>
    public long Position { get; private set; }
    public long Done { get; private set; }
    public long Skipped { get; private set; }
    public string? Message { get; private set; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? FinishedAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("batch_run", Id);

    public bool IsOver => State is BatchState.Completed or BatchState.Failed;

    public void Advance(BatchChunk chunk, DateTime now)
    {
        (State, Position, Done, Skipped) = (BatchState.Running, chunk.Position, Done + chunk.Done, Skipped + chunk.Skipped);
        if (chunk.Last)
            (State, FinishedAt) = (BatchState.Completed, now);
        Version++;
    }

    public void Fail(string message, DateTime now)
    {
        (State, Message, FinishedAt) = (BatchState.Failed, message, now);
        Version++;
    }

    /// <returns>False when it had not failed.</returns>
    public bool Reopen()
    {
        if (State != BatchState.Failed)
            return false;
        (State, Message, FinishedAt) = (BatchState.Pending, null, null);
        Version++;
        return true;
    }
}

internal sealed class BatchRunMap : IEntityTypeConfiguration<BatchRun>
{
    public void Configure(EntityTypeBuilder<BatchRun> builder)
    {
        builder.ToTable("batch_run");
        builder.Ignore(r => r.IsOver);
        builder.HasIndex(r => new { r.Code, r.Number }, "ux_batch_run_number").IsUnique();
        builder.HasIndex(r => new { r.CreatedAt, r.Id }, "ix_batch_run_created");
    }
}
