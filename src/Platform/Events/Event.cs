using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Security;

namespace Tieline.Platform.Events;

[NotAudited("a fact that was announced; never changed")]
internal sealed class Event
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required int Version { get; init; }
    public required DateTime OccurredAt { get; init; }
    public required ActorRef Actor { get; init; }
    /// <summary>Record references, space separated.</summary>
    public required string Subjects { get; init; }
    public required string Body { get; init; }
    public string? Correlation { get; init; }
    /// <summary>What a process was at when it announced this; null for what somebody did by hand.</summary>
    public RecordRef? Cause { get; init; }
}

internal sealed class EventMap : IEntityTypeConfiguration<Event>
{
    public void Configure(EntityTypeBuilder<Event> builder)
    {
        builder.ToTable("event");
        builder.HasIndex(e => new { e.Name, e.Id }, "ix_event_name");
        builder.HasIndex(e => e.OccurredAt, "ix_event_occurred");
    }
}
