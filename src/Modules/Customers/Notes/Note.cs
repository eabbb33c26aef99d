using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Customers.Notes;

internal enum NoteAudience { Everyone, FrontOffice, BackOffice, Field }

/// <summary>Something to know about a person, account or premise, for some readers, until a day.</summary>
internal sealed class Note(long id, RecordRef subject, string body, NoteAudience audience, DateOnly? expiresOn, ActorRef author, DateTime createdAt) : IAudited
{
    public long Id { get; private init; } = id;
    public RecordRef Subject { get; private init; } = subject;
    /// <summary>Not for every reader of the person's history.</summary>
    [Masked]
    public string Body { get; private init; } = body;
    public NoteAudience Audience { get; private init; } = audience;
    public DateOnly? ExpiresOn { get; private init; } = expiresOn;
    public ActorRef Author { get; private init; } = author;
    public DateTime CreatedAt { get; private init; } = createdAt;
    public DateTime? RemovedAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => Subject;

    /// <summary>It is about the record into which its own was merged.</summary>
    public void Follow() => Version++;

    public void Remove(DateTime at) => (RemovedAt, Version) = (at, Version + 1);
}

internal sealed class NoteMap : IEntityTypeConfiguration<Note>
{
    public void Configure(EntityTypeBuilder<Note> builder)
    {
        builder.ToTable("note");
        builder.HasIndex(n => n.Subject, "ix_note_subject");
    }
}
