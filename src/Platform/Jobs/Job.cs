using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Tieline.Platform.Jobs;

internal enum JobState { Waiting, Running, Done, Dead }

/// <summary>Work that happens later: outbox, retry, timer, schedule and the threads of batch runs are this one concept.</summary>
[NotAudited("work to be done, not a record of the utility")]
internal sealed class Job
{
    public required long Id { get; init; }
    public required string Kind { get; init; }
    /// <summary>With the kind: at most one job ever has it. How a timer fires once.</summary>
    public string? UniqueKey { get; init; }
    public required string Payload { get; init; }
    public JobState State { get; set; } = JobState.Waiting;
    public required DateTime RunAt { get; set; }
    public int Attempts { get; set; }
    public int MaxAttempts { get; init; } = 8;
    public string? Node { get; set; }
    public DateTime? LeaseUntil { get; set; }
    public string? LastError { get; set; }
    /// <summary>W3C trace context of the click that caused it.</summary>
    public string? Correlation { get; init; }
    public required string EnqueuedBy { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? FinishedAt { get; set; }
    /// <summary>Of the last time it was given up; kept when it is tried again.</summary>
    public long? DeathId { get; set; }
}

internal sealed class JobMap : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> builder)
    {
        builder.ToTable("job");
        builder.HasIndex(j => new { j.Kind, j.UniqueKey }, "ux_job_key").IsUnique();
        builder.HasIndex(j => new { j.RunAt, j.Id }, "ix_job_waiting");
        builder.HasIndex(j => j.LeaseUntil, "ix_job_running");
        builder.HasIndex(j => j.FinishedAt, "ix_job_finished");
        builder.HasIndex(j => new { j.FinishedAt, j.Id }, "ix_job_dead");
    }
}
