using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Security;

namespace Tieline.Operations.OnCall;

/// <summary>
/// Something needs somebody: it stands before one person, or before everyone who operates, until somebody says "I have it", its cause goes away or somebody settles it. Until then it calls whoever has it again.
/// </summary>
internal sealed class Notice : IAudited
{
    public const string Kind = "notice";
    public const int LongestText = 300;

    /// <summary>Behind the last level of the roster: all who operate.</summary>
    public const int Everyone = Duty.Levels + 1;

    public required long Id { get; init; }
    public required RecordRef Cause { get; init; }
    public required RecordRef Subject { get; init; }
    public required string Text { get; init; }
    /// <summary>The text as it is looked for.</summary>
    public required string Words { get; init; }
    public required NoticeSeverity Severity { get; init; }
    public required DateTime RaisedAt { get; init; }
    public int Level { get; private set; }
    /// <summary>Before whom it stands; null for everyone.</summary>
    public long? EmployeeId { get; private set; }
    /// <summary>How often it was addressed: a timer of an earlier turn does nothing.</summary>
    public int Turn { get; private set; }
    public DateTime AddressedAt { get; private set; }
    public DateTime? AcknowledgedAt { get; private set; }
    public ActorRef? AcknowledgedBy { get; private set; }
    /// <summary>When it calls whoever has it again; null for never, and while nobody has it.</summary>
    public DateTime? RemindAt { get; private set; }
    public DateTime? SettledAt { get; private set; }
    public string? SettledBecause { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new(Kind, Id);

    public bool IsCalling => AcknowledgedAt is null && SettledAt is null;

    public void Address(int level, long? employeeId, DateTime at)
    {
        (Level, EmployeeId, AddressedAt, AcknowledgedAt, AcknowledgedBy, RemindAt) = (level, employeeId, at, null, null, null);
        Turn++;
        Version++;
    }

    public void Acknowledge(ActorRef by, DateTime at, DateTime? remindAt)
    {
        (AcknowledgedAt, AcknowledgedBy, RemindAt) = (at, by, remindAt);
        Version++;
    }

    public void Settle(string because, DateTime at)
    {
        (SettledAt, SettledBecause, RemindAt) = (at, because, null);
        Version++;
    }
}

internal sealed class NoticeMap : IEntityTypeConfiguration<Notice>
{
    public void Configure(EntityTypeBuilder<Notice> builder)
    {
        builder.ToTable("notice");
        builder.Ignore(n => n.IsCalling);
        builder.HasIndex(n => n.Cause, "ux_notice_cause").IsUnique();
        builder.HasIndex(n => new { n.SettledAt, n.RaisedAt }, "ix_notice_settled");
    }
}

internal enum NoticeStepKind { Called, Skipped, Forwarded, Acknowledged, Settled }

/// <summary>What happened with a notice; append-only.</summary>
[NotAudited("is itself the history of its notice")]
internal sealed class NoticeStep
{
    public required long Id { get; init; }
    public required long NoticeId { get; init; }
    public required DateTime At { get; init; }
    public required ActorRef By { get; init; }
    public required NoticeStepKind Kind { get; init; }
    public required int Level { get; init; }
    /// <summary>Who was called; null for everyone.</summary>
    public long? EmployeeId { get; init; }
    public string? Comment { get; init; }
}

internal sealed class NoticeStepMap : IEntityTypeConfiguration<NoticeStep>
{
    public void Configure(EntityTypeBuilder<NoticeStep> builder)
    {
        builder.ToTable("notice_step");
        builder.HasIndex(s => s.NoticeId, "ix_notice_step_notice");
        builder.HasOne<Notice>().WithMany().HasForeignKey(s => s.NoticeId);
    }
}
