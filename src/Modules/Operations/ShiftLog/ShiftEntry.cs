using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Security;

namespace Tieline.Operations.ShiftLog;

internal enum ShiftEntryKind { Note, HandOver }

/// <summary>What a shift wrote down for the next one. Nothing of it is changed; a hand-over is taken over once.</summary>
internal sealed class ShiftEntry : IAudited
{
    public const string AuditKind = "shift_log";
    public const int LongestText = 4_000;

    public required long Id { get; init; }
    public required ShiftEntryKind Kind { get; init; }
    public required DateTime At { get; init; }
    public required ActorRef Author { get; init; }
    public required string Text { get; init; }
    /// <summary>The text as it is looked for.</summary>
    public required string Words { get; init; }
    public RecordRef? Subject { get; init; }
    /// <summary>Of a hand-over: what was open at that moment, a line each; empty for nothing.</summary>
    public string? Open { get; init; }
    public DateTime? TakenOverAt { get; private set; }
    public ActorRef? TakenOverBy { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new(AuditKind, Id);

    public void TakeOver(ActorRef by, DateTime at)
    {
        (TakenOverBy, TakenOverAt) = (by, at);
        Version++;
    }
}

internal sealed class ShiftEntryMap : IEntityTypeConfiguration<ShiftEntry>
{
    public void Configure(EntityTypeBuilder<ShiftEntry> builder)
    {
        builder.ToTable("shift_log");
        builder.HasIndex(e => new { e.At, e.Id }, "ix_shift_log_at");
    }
}
