using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Customers.Merging;

internal enum MergeKind { Person, Premise }

/// <summary>Two records were one and the same: <see cref="FromId"/> is found as <see cref="IntoId"/> since.</summary>
internal sealed class Merge(long id, MergeKind kind, long fromId, long intoId, string reason, ActorRef mergedBy, DateTime mergedAt) : IAudited
{
    public long Id { get; private init; } = id;
    public MergeKind Kind { get; private init; } = kind;
    public long FromId { get; private init; } = fromId;
    public long IntoId { get; private init; } = intoId;
    public string Reason { get; private init; } = reason;
    public ActorRef MergedBy { get; private init; } = mergedBy;
    public DateTime MergedAt { get; private init; } = mergedAt;
    public ActorRef? UndoneBy { get; private set; }
    public DateTime? UndoneAt { get; private set; }
    public string? UndoneBecause { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new(Subject(Kind), IntoId);

    public void Undo(ActorRef by, DateTime at, string because) => (UndoneBy, UndoneAt, UndoneBecause, Version) = (by, at, because, Version + 1);

    /// <summary>As record references have it.</summary>
    public static string Subject(MergeKind kind) => kind == MergeKind.Person ? "person" : "premise";
}

/// <summary>One row that went along, so that exactly it goes back.</summary>
[NotAudited("the rows that moved are audited themselves")]
internal sealed class MergeMoved
{
    public required long MergeId { get; init; }
    /// <summary>Table and column.</summary>
    public required string Field { get; init; }
    public required long RecordId { get; init; }
    public string? Before { get; init; }
}

internal sealed class MergeMap : IEntityTypeConfiguration<Merge>, IEntityTypeConfiguration<MergeMoved>
{
    public void Configure(EntityTypeBuilder<Merge> builder)
    {
        builder.ToTable("merge");
        builder.HasIndex(m => new { m.FromId, m.Id }, "ix_merge_from");
        builder.HasIndex(m => new { m.IntoId, m.Id }, "ix_merge_into");
    }

    public void Configure(EntityTypeBuilder<MergeMoved> builder)
    {
        builder.ToTable("merge_moved");
        builder.HasKey(m => new { m.MergeId, m.Field, m.RecordId });
        builder.HasOne<Merge>().WithMany().HasForeignKey(m => m.MergeId);
    }
}
