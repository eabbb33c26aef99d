using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.Merging;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Customers.Duplicates;

internal enum DuplicateState { Open, Merged, NotTheSame }

/// <summary>Two records that look like one. Found by the finder; somebody says what they are.</summary>
internal sealed class DuplicatePair(long id, MergeKind kind, long aId, long bId, int score, string reasons, string facts, DateTime foundAt) : IAudited
{
    public long Id { get; private init; } = id;
    public MergeKind Kind { get; private init; } = kind;
    /// <summary>The older record: its id is the lower one.</summary>
    public long AId { get; private init; } = aId;
    public long BId { get; private init; } = bId;
    /// <summary>0 to 100.</summary>
    public int Score { get; private set; } = score;
    /// <summary>Readable: "same name, same phone".</summary>
    public string Reasons { get; private set; } = reasons;
    /// <summary>A digest of what was compared: while it is the same, what was said of the pair holds.</summary>
    public string Facts { get; private set; } = facts;
    public DateTime FoundAt { get; private set; } = foundAt;
    public DuplicateState State { get; private set; } = DuplicateState.Open;
    public ActorRef? DecidedBy { get; private set; }
    public DateTime? DecidedAt { get; private set; }
    public string? Why { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new(Merge.Subject(Kind), AId);

    /// <summary>The finder has seen it again. What somebody has said holds unless the data says something else now.</summary>
    /// <returns>False when nothing is new.</returns>
    public bool Again(int score, string reasons, string facts, DateTime at)
    {
        if (Facts == facts && Score == score && Reasons == reasons)
            return false;
        if (State != DuplicateState.Open && Facts != facts)
            (State, DecidedBy, DecidedAt, Why, FoundAt) = (DuplicateState.Open, null, null, null, at);
        (Score, Reasons, Facts, Version) = (score, reasons, facts, Version + 1);
        return true;
    }

    public void Decide(DuplicateState state, ActorRef by, DateTime at, string why) => (State, DecidedBy, DecidedAt, Why, Version) = (state, by, at, why, Version + 1);
}

internal sealed class DuplicatePairMap : IEntityTypeConfiguration<DuplicatePair>
{
    public void Configure(EntityTypeBuilder<DuplicatePair> builder)
    {
        builder.ToTable("duplicate_pair");
        builder.HasIndex(p => new { p.Kind, p.AId, p.BId }, "ux_duplicate_pair").IsUnique();
        builder.HasIndex(p => new { p.Kind, p.BId }, "ix_duplicate_pair_second");
        builder.HasIndex(p => new { p.Score, p.Id }, "ix_duplicate_pair_open");
    }
}
