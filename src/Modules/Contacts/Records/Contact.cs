using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Types;
using Tieline.Contacts.WrapUps;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Contacts.Records;

internal enum Channel { Phone, Counter, Web, Email, Letter, Fax, Text, Voicemail, Social, Internal, Chat }

internal enum ContactStatus { Open, Closed }

/// <summary>One touch between the utility and someone: what it was about, who said what, whether it is still open.</summary>
internal sealed class Contact : IAudited
{
    public required long Id { get; init; }
    /// <summary>What people read out: <c>C-0012-3456-7</c>.</summary>
    public required string Reference { get; init; }
    public required long TypeId { get; set; }
    public long? PersonId { get; private set; }
    public long? AccountId { get; private set; }
    public long? PremiseId { get; private set; }
    public required Channel Channel { get; set; }
    public required ContactDirection Direction { get; set; }
    public ContactStatus Status { get; private set; } = ContactStatus.Closed;
    public required DateTime OccurredAt { get; set; }
    public required DateTime RecordedAt { get; init; }
    public required ActorRef RecordedBy
    {
        get;
        init => (field, RecordedByEmployeeId) = (value, value.Kind == ActorKind.Employee ? value.Id : null);
    }
    /// <summary>Of <see cref="RecordedBy"/>, for the index; null for machines, customers and processes.</summary>
    public long? RecordedByEmployeeId { get; private init; }
    public DateTime? ClosedAt { get; private set; }
    /// <summary>Open for no other reason than what was promised: closes by itself with the last promise.</summary>
    public bool OpenUntilKept { get; private set; }
    /// <summary>JSON: code to value.</summary>
    public string? Characteristics { get; set; }
    /// <summary>Where it is, in words, when it is none of the premises: a crossing, a field, "behind the school".</summary>
    public string? Place { get; init; }
    /// <summary>Who says so, when they are not on record or do not matter.</summary>
    public string? ReporterName { get; init; }
    public string? ReporterPhone { get; init; }
    /// <summary>The first report of the same emergency.</summary>
    public long? SameAsId { get; init; }
    /// <summary>The call, visit or chat in which it was recorded.</summary>
    public long? InteractionId { get; init; }
    public long? WrapUpCodeId { get; set; }
    /// <summary>Whether it was settled at once; null when nobody said.</summary>
    public bool? ResolvedNow { get; set; }
    public string? Source { get; init; }
    public string? ExternalKey { get; init; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("contact", Id);

    public void BelongTo(long? personId, long? accountId, long? premiseId)
    {
        (PersonId, AccountId, PremiseId) = (personId, accountId, premiseId);
        Version++;
    }

    /// <summary>Until someone closes it.</summary>
    public void Open() => (Status, ClosedAt, OpenUntilKept, Version) = (ContactStatus.Open, null, false, Version + 1);

    /// <summary>What is promised is not done: until the last promise is kept or taken back, or someone closes it.</summary>
    public void OpenForPromise() => (Status, ClosedAt, OpenUntilKept, Version) = (ContactStatus.Open, null, true, Version + 1);

    /// <summary>One of its promises is kept or taken back.</summary>
    /// <param name="last">None is left to be kept.</param>
    /// <returns>True when that closed it.</returns>
    public bool PromiseOver(ContactType type, bool last, DateTime at)
    {
        if (!OpenUntilKept || type.StaysOpen)
            return false;
        if (last)
            Close(at);
        else
            // Of two people who end the last two promises at once, one must hear of the other: else nobody's was the last.
            Version++;
        return last;
    }

    public void Close(DateTime at) => (Status, ClosedAt, OpenUntilKept, Version) = (ContactStatus.Closed, at, false, Version + 1);

    public void Touch() => Version++;
}

internal enum LogKind { Comment, Reminder, Resolution, Rescheduled, Withdrawn, Correction, CorrectedText, Attached, Moved, Closed, Reopened, Script }

/// <summary>Who said what, when. Never changed.</summary>
[NotAudited("append-only, with author and time of its own")]
internal sealed class ContactLog
{
    public required long Id { get; init; }
    public required long ContactId { get; init; }
    public required DateTime At { get; init; }
    public required ActorRef Author { get; init; }
    public required LogKind Kind { get; init; }
    public required string Body { get; init; }
    /// <summary>
    /// Record references, space separated: what a moved contact belonged to before, what one was attached to. Kept apart from
    /// the text, so that only those with the right are told, and by reference only.
    /// </summary>
    public string? Records { get; init; }
}

internal sealed class ContactMap : IEntityTypeConfiguration<Contact>, IEntityTypeConfiguration<ContactLog>
{
    public void Configure(EntityTypeBuilder<Contact> builder)
    {
        builder.ToTable("contact");
        builder.HasIndex(c => c.Reference, "ux_contact_reference").IsUnique();
        builder.HasIndex(c => new { c.Source, c.ExternalKey }, "ux_contact_external").IsUnique();
        builder.HasIndex(c => new { c.PersonId, c.Id }, "ix_contact_person_open");
        builder.HasIndex(c => new { c.PersonId, c.OccurredAt, c.Id }, "ix_contact_person");
        builder.HasIndex(c => new { c.AccountId, c.OccurredAt, c.Id }, "ix_contact_account");
        builder.HasIndex(c => new { c.PremiseId, c.OccurredAt, c.Id }, "ix_contact_premise");
        builder.HasIndex(c => new { c.TypeId, c.OccurredAt, c.Id }, "ix_contact_type");
        builder.HasIndex(c => new { c.RecordedByEmployeeId, c.OccurredAt, c.Id }, "ix_contact_recorded_by");
        builder.HasIndex(c => new { c.OccurredAt, c.Id }, "ix_contact_occurred");
        builder.HasIndex(c => new { c.OccurredAt, c.Id }, "ix_contact_open");
        builder.HasIndex(c => new { c.InteractionId, c.Id }, "ix_contact_interaction");
        builder.HasIndex(c => new { c.WrapUpCodeId, c.OccurredAt, c.Id }, "ix_contact_wrap_up");
        builder.HasIndex(c => new { c.SameAsId, c.Id }, "ix_contact_same_as");
        builder.HasOne<Contact>().WithMany().HasForeignKey(c => c.SameAsId);
        builder.HasOne<ContactType>().WithMany().HasForeignKey(c => c.TypeId);
        builder.HasOne<Interaction>().WithMany().HasForeignKey(c => c.InteractionId);
        builder.HasOne<WrapUpCode>().WithMany().HasForeignKey(c => c.WrapUpCodeId);
    }

    public void Configure(EntityTypeBuilder<ContactLog> builder)
    {
        builder.ToTable("contact_log");
        builder.HasOne<Contact>().WithMany().HasForeignKey(l => l.ContactId);
        builder.HasIndex(l => new { l.ContactId, l.Id }, "ix_contact_log_contact");
    }
}
