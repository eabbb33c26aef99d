using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Correspondence.Incoming;

internal enum DocumentSource { Folder, Upload, Fax }

internal enum DocumentState { Waiting, InWork, Indexed, SetAside }

/// <summary>A scan or fax that came in and is to become a contact.</summary>
internal sealed class IncomingDocument : IAudited
{
    /// <summary>How long a clerk has a document before others are given it.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(30);

    public required long Id { get; init; }
    public required string Reference { get; init; }
    public required long FileId { get; init; }
    public required string Name { get; init; }
    public required ScanKind Kind { get; init; }
    /// <summary>Bytes.</summary>
    public required long Length { get; init; }
    /// <summary>Of the content: the same bytes are one document, however often they come.</summary>
    public required string Sha256 { get; init; }
    public required DocumentSource Source { get; init; }
    public required DateTime ReceivedAt { get; init; }
    public DocumentState State { get; private set; } = DocumentState.Waiting;
    /// <summary>Why it was set aside.</summary>
    public string? Why { get; private set; }
    /// <summary>What the file would do if a reader on a desk opened it; null when nothing was found.</summary>
    public string? Risk { get; init; }
    public ActorRef? ClaimedBy { get; private set; }
    public DateTime? ClaimedUntilAt { get; private set; }
    public long? ContactId { get; private set; }
    public ActorRef? IndexedBy { get; private set; }
    public DateTime? IndexedAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("incoming_document", Id);

    public bool IsWith(ActorRef someone, DateTime now) => State == DocumentState.InWork && ClaimedBy == someone && ClaimedUntilAt > now;

    /// <summary>Why the one who acts cannot decide about it now; null when they can.</summary>
    /// <param name="version">As they saw it.</param>
    public Problem? RefusalFor(ActorRef me, DateTime now, int version) =>
        State == DocumentState.Indexed ? Problem.Conflict($"{IndexedBy?.Name} has made a contact of it already.")
        : State == DocumentState.SetAside ? Problem.Conflict($"It was set aside: {Why}")
        : IsWithAnother(me, now) ? Problem.Conflict($"{ClaimedBy?.Name} has it in work.")
        : Version != version ? Problem.Conflict("It has gone through other hands in the meantime. Look at it again, then save.")
        : null;

    public bool IsWithAnother(ActorRef me, DateTime now) => State == DocumentState.InWork && ClaimedBy != me && ClaimedUntilAt > now;

    public void Claim(ActorRef by, DateTime now)
    {
        (State, ClaimedBy, ClaimedUntilAt, Why, ContactId, IndexedBy, IndexedAt) = (DocumentState.InWork, by, now + ClaimTime, null, null, null, null);
        Version++;
    }

    public void Index(long contactId, ActorRef by, DateTime at)
    {
        (State, ContactId, IndexedBy, IndexedAt, ClaimedBy, ClaimedUntilAt, Why) = (DocumentState.Indexed, contactId, by, at, null, null, null);
        Version++;
    }

    public void SetAside(string why)
    {
        (State, Why, ClaimedBy, ClaimedUntilAt) = (DocumentState.SetAside, why, null, null);
        Version++;
    }
}

internal sealed class IncomingDocumentMap : IEntityTypeConfiguration<IncomingDocument>
{
    public void Configure(EntityTypeBuilder<IncomingDocument> builder)
    {
        builder.ToTable("incoming_document");
        builder.HasIndex(d => d.Reference, "ux_incoming_document_reference").IsUnique();
        builder.HasIndex(d => d.Sha256, "ux_incoming_document_sha256").IsUnique();
        builder.HasIndex(d => new { d.State, d.ReceivedAt, d.Id }, "ix_incoming_document_state");
    }
}
