using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.Accounts;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Customers.Authorisations;

/// <summary>What somebody may do for a person. Whoever may do anything may also hear what it is about.</summary>
internal enum AuthorisationScope { Information, PaymentArrangement, Changes, StartAndStop, Everything }

internal enum AuthorisationForm { Written, Spoken, PowerOfAttorney }

/// <summary>
/// A person lets somebody act for them: another person on record or a named outsider, for one account or all, between two days. It
/// ends by itself; nothing has to run for that.
/// </summary>
internal sealed class Authorisation : IAudited
{
    public required long Id { get; init; }
    /// <summary>Who lets the other one act.</summary>
    public required long PersonId { get; init; }
    /// <summary>Null: for all accounts of the person.</summary>
    public long? AccountId { get; private set; }
    /// <summary>Who may act, if they are on record.</summary>
    public long? OtherPersonId { get; init; }
    /// <summary>Who may act; of a person on record the name when it was given.</summary>
    public required string Name { get; init; }
    public string? Organisation { get; init; }
    /// <summary>E.164.</summary>
    public string? Phone { get; init; }
    /// <summary>Names of <see cref="AuthorisationScope"/>, separated by commas.</summary>
    public string Scopes { get; private set; } = "";
    public required AuthorisationForm Given { get; init; }
    public string? Comment { get; private set; }
    public required DateOnly FromOn { get; init; }
    /// <summary>The last day on which it is in force.</summary>
    public DateOnly ToOn { get; private set; }
    /// <summary>Another for each end that was agreed: work about an end is done once for it.</summary>
    public long EndId { get; private set; }
    public required ActorRef CreatedBy { get; init; }
    public required DateTime CreatedAt { get; init; }
    public ActorRef? RevokedBy { get; private set; }
    public DateTime? RevokedAt { get; private set; }
    public string? RevokedBecause { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("person", PersonId);

    public bool InForce(DateOnly on) => RevokedAt is null && FromOn <= on && on <= ToOn;

    public bool Covers(AuthorisationScope scope) => Covers(Scopes, scope);

    public static bool Covers(string scopes, AuthorisationScope scope) =>
        scope == AuthorisationScope.Information || Read(scopes) is var said && (said.Contains(scope) || said.Contains(AuthorisationScope.Everything));

    public static IReadOnlyList<AuthorisationScope> Read(string scopes) => [.. scopes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<AuthorisationScope>)];

    /// <param name="endId">Used when the end is another than before.</param>
    public void Say(IEnumerable<AuthorisationScope> scopes, long? accountId, DateOnly toOn, string? comment, long endId)
    {
        if (ToOn != toOn)
            (ToOn, EndId) = (toOn, endId);
        Scopes = string.Join(',', scopes.Distinct().Order());
        (AccountId, Comment) = (accountId, comment);
        Version++;
    }

    /// <summary>That it was revoked was a mistake.</summary>
    public void TakeRevocationBack()
    {
        (RevokedBy, RevokedAt, RevokedBecause) = (null, null, null);
        Version++;
    }

    public void Revoke(ActorRef by, DateTime at, string because)
    {
        (RevokedBy, RevokedAt, RevokedBecause) = (by, at, because);
        Version++;
    }
}

internal sealed class AuthorisationMap : IEntityTypeConfiguration<Authorisation>
{
    public void Configure(EntityTypeBuilder<Authorisation> builder)
    {
        builder.ToTable("authorisation");
        builder.HasIndex(a => new { a.PersonId, a.ToOn }, "ix_authorisation_person");
        builder.HasIndex(a => a.OtherPersonId, "ix_authorisation_other");
        builder.HasIndex(a => a.AccountId, "ix_authorisation_account");
        builder.HasIndex(a => new { a.ToOn, a.Id }, "ix_authorisation_end");
        builder.HasOne<Person>().WithMany().HasForeignKey(a => a.PersonId);
        builder.HasOne<Person>().WithMany().HasForeignKey(a => a.OtherPersonId);
        builder.HasOne<Account>().WithMany().HasForeignKey(a => a.AccountId);
    }
}
