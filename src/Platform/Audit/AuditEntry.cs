using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Security;

namespace Tieline.Platform.Audit;

/// <summary>One change (or refused attempt) of one record: who, when, from where, before and after.</summary>
[NotAudited("it is the audit")]
internal sealed class AuditEntry
{
    public required long Id { get; init; }
    public required DateTime At { get; init; }
    public required ActorRef Actor { get; init; }
    public required string Source { get; init; }
    /// <summary><c>created</c>, <c>changed</c>, <c>deleted</c>, <c>denied</c>, <c>signed-in</c> ...</summary>
    public required string Action { get; init; }
    public required RecordRef Subject { get; init; }
    /// <summary>The child that changed, e.g. <c>phone:77</c>; null for the record itself.</summary>
    public RecordRef? Part { get; init; }
    /// <summary>JSON object: property to [before, after]; for a created record property to value.</summary>
    public string? Changes { get; init; }
    public string? Correlation { get; init; }
    /// <summary>What a process was at when it wrote this: a batch run, an event, a job; null for what somebody did by hand.</summary>
    public RecordRef? Cause { get; init; }
}

/// <summary>Someone looked at a customer's record, or searched.</summary>
[NotAudited("it is the audit")]
internal sealed class Look
{
    public required long Id { get; init; }
    public required DateTime At { get; init; }
    public required ActorRef Actor { get; init; }
    public required string Source { get; init; }
    public required RecordRef Subject { get; init; }
    public string? Query { get; init; }
    public string? Shown { get; init; }
}

internal sealed class AuditMap : IEntityTypeConfiguration<AuditEntry>, IEntityTypeConfiguration<Look>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entry");
        builder.HasIndex(e => new { e.Subject, e.Id }, "ix_audit_subject");
        builder.HasIndex(e => e.At, "ix_audit_at");
    }

    public void Configure(EntityTypeBuilder<Look> builder)
    {
        builder.ToTable("look");
        builder.HasIndex(e => new { e.Subject, e.Id }, "ix_look_subject");
        builder.HasIndex(e => e.At, "ix_look_at");
    }
}
