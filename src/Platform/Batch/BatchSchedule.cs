using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Tieline.Platform.Batch;

/// <summary>What becomes of a fire that comes too late, because no node ran.</summary>
public enum Misfire { RunLate, Skip }

/// <summary>What the run is about: the day on which it fires, by the utility's clock, or the one before.</summary>
public enum BusinessDay { SameDay, DayBefore }

/// <summary>When a batch runs by itself. Each process that usually does begins with one; administrators own them.</summary>
internal sealed class BatchSchedule : IAudited
{
    /// <summary>Of those that processes begin with.</summary>
    public const string UsualName = "Usual";

    public required long Id { get; init; }
    /// <summary>Of the control; for good.</summary>
    public required string Code { get; init; }
    public required string Name { get; set; }
    public required string Cron { get; set; }
    /// <summary>IANA id; the utility's when null.</summary>
    public string? Zone { get; set; }
    /// <summary>Code of the business calendar on whose open days it fires; any day when null.</summary>
    public string? Calendar { get; set; }
    public TimeOnly? WindowFrom { get; set; }
    public TimeOnly? WindowTo { get; set; }
    public Misfire Misfire { get; set; }
    /// <summary>JSON object of text values: what differs from the control's.</summary>
    public string Parameters { get; set; } = "{}";
    public BusinessDay About { get; set; }
    public bool Active { get; set; } = true;
    /// <summary>Null when it is paused, or never fires again.</summary>
    public DateTime? NextAt { get; private set; }
    /// <summary>The one fire to leave out.</summary>
    public DateTime? SkipAt { get; private set; }
    /// <summary>Of what people change: a fire changes nothing that they have typed.</summary>
    public int Version { get; set; }

    public RecordRef AuditSubject => new("batch_schedule", Id);

    public int DaysBack => About == BusinessDay.DayBefore ? 1 : 0;

    public IReadOnlyDictionary<string, string> Values => BatchValues.Read(Parameters);

    /// <summary>What its runs begin with, as runs keep it.</summary>
    public string ParametersOver(BatchControl control) => BatchValues.Write(BatchValues.Over(control.Values, Values));

    public void FireNext(DateTime? at)
    {
        NextAt = at;
        if (SkipAt != at)
            SkipAt = null;
    }

    public void SkipNext(bool skip)
    {
        SkipAt = skip ? NextAt : null;
        Version++;
    }
}

internal enum FireOutcome { Submitted, Skipped, Missed, Refused }

/// <summary>What became of a time at which a schedule fired. There is one of each: the database itself says that a fire happens once.</summary>
[NotAudited("append-only but for the run that made it good")]
internal sealed class BatchFire
{
    public required long Id { get; init; }
    public required long ScheduleId { get; init; }
    public required DateTime FireAt { get; init; }
    public required DateTime At { get; init; }
    public required FireOutcome Outcome { get; init; }
    public string? Words { get; init; }
    /// <summary>The day that its run was to be about; null in those of releases that did not keep it.</summary>
    public DateOnly? BusinessOn { get; init; }
    /// <summary>The run that it began, or that made good later what it could not.</summary>
    public long? RunId { get; set; }
}

internal sealed class BatchScheduleMap : IEntityTypeConfiguration<BatchSchedule>, IEntityTypeConfiguration<BatchFire>
{
    public void Configure(EntityTypeBuilder<BatchSchedule> builder)
    {
        builder.ToTable("batch_schedule");
        builder.Ignore(s => s.DaysBack);
        builder.Ignore(s => s.Values);
        builder.HasIndex(s => new { s.Code, s.Name }, "ux_batch_schedule_name").IsUnique();
    }

    public void Configure(EntityTypeBuilder<BatchFire> builder)
    {
        builder.ToTable("batch_fire");
        builder.HasOne<BatchSchedule>().WithMany().HasForeignKey(f => f.ScheduleId);
        builder.HasIndex(f => new { f.ScheduleId, f.FireAt }, "ux_batch_fire_once").IsUnique();
        builder.HasIndex(f => f.FireAt, "ix_batch_fire_at");
        builder.HasIndex(f => f.RunId, "ix_batch_fire_run");
        builder.HasIndex(f => f.BusinessOn, "ix_batch_fire_day");
    }
}
