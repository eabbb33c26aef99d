using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Customers.Timeline;

/// <summary>One line of a customer's story, told by the room in which it happened.</summary>
[NotAudited("tells of records that are audited themselves")]
internal sealed class TimelineEntry
{
    public required long Id { get; init; }
    public long? PersonId { get; set; }
    public long? AccountId { get; set; }
    public long? PremiseId { get; set; }
    public required DateTime At { get; set; }
    /// <summary>Filter word, e.g. <c>contact</c>, <c>agreement</c>.</summary>
    public required string Kind { get; init; }
    public required string Title { get; set; }
    public string? Body { get; set; }
    public bool IsOpen { get; set; }
    /// <summary>The record of which it tells.</summary>
    public required RecordRef About { get; init; }
}

internal sealed class TimelineEntryMap : IEntityTypeConfiguration<TimelineEntry>
{
    public void Configure(EntityTypeBuilder<TimelineEntry> builder)
    {
        builder.ToTable("timeline_entry");
        builder.HasIndex(e => new { e.PersonId, e.At, e.Id }, "ix_timeline_person");
        builder.HasIndex(e => new { e.PremiseId, e.At, e.Id }, "ix_timeline_premise");
        builder.HasIndex(e => new { e.AccountId, e.At, e.Id }, "ix_timeline_account");
        builder.HasIndex(e => e.About, "ix_timeline_about");
    }
}
