using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Customers.Consents;

internal enum ConsentAnswer { Given, Refused }

/// <summary>From where the answer came. <c>Stop</c>: nobody gave it; messages were stopped, as after a death.</summary>
internal enum ConsentSource { Call, Counter, Web, Letter, Message, Import, Stop }

/// <summary>A person's answer for one purpose on one channel. It is never changed: another answer supersedes it.</summary>
internal sealed class Consent : IAudited
{
    public required long Id { get; init; }
    public required long PersonId { get; init; }
    public required ConsentPurpose Purpose { get; init; }
    public required ConsentChannel Channel { get; init; }
    public required ConsentAnswer Answer { get; init; }
    public required ConsentSource Source { get; init; }
    public string? Comment { get; init; }
    public required DateTime SinceAt { get; init; }
    public required ActorRef RecordedBy { get; init; }
    /// <summary>Null for the answer in force; at most one for purpose and channel.</summary>
    public DateTime? SupersededAt { get; private set; }

    public RecordRef AuditSubject => new("person", PersonId);

    public void Supersede(DateTime at) => SupersededAt ??= at;
}

internal sealed class ConsentMap : IEntityTypeConfiguration<Consent>
{
    public void Configure(EntityTypeBuilder<Consent> builder)
    {
        builder.ToTable("consent");
        builder.HasIndex(c => new { c.PersonId, c.Id }, "ix_consent_person");
        builder.HasIndex(c => new { c.PersonId, c.Purpose, c.Channel }, "ux_consent_in_force").IsUnique();
        builder.HasOne<Person>().WithMany().HasForeignKey(c => c.PersonId);
    }
}
