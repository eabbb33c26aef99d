using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Customers.Warnings;

internal enum WarningKind { Threat, Dog, TwoPeople, Weapon, Hazard, Other }

/// <summary>
/// What those must know who go to a person or a premise. It says why and from whom it is known, and it is looked at again on a day:
/// nobody stays dangerous by having been forgotten.
/// </summary>
internal sealed class Warning : IAudited
{
    private readonly List<WarningReview> reviews = [];

    public Warning(long id, long? personId, long? premiseId, WarningKind kind, string reason, string source, DateOnly reviewOn, ActorRef createdBy, DateTime createdAt, long reviewId)
    {
        (Id, PersonId, PremiseId, Kind, Reason, Source) = (id, personId, premiseId, kind, reason, source);
        (CreatedBy, CreatedAt) = (createdBy, createdAt);
        NextReview(reviewId, reviewOn);
    }

    private Warning() { }

    public long Id { get; private init; }
    /// <summary>Either a person or a premise.</summary>
    public long? PersonId { get; private init; }
    public long? PremiseId { get; private init; }
    public WarningKind Kind { get; private init; }
    /// <summary>Not for every reader of the history.</summary>
    [Masked]
    public string Reason { get; private init; } = "";
    /// <summary>From whom or what it is known.</summary>
    [Masked]
    public string Source { get; private init; } = "";
    public DateOnly ReviewOn { get; private set; }
    public ActorRef CreatedBy { get; private init; }
    public DateTime CreatedAt { get; private init; }
    public DateTime? EndedAt { get; private set; }
    public int Version { get; private set; }

    public IReadOnlyList<WarningReview> Reviews => reviews;

    public RecordRef About => PersonId is { } person ? new("person", person) : new("premise", PremiseId!.Value);

    public RecordRef AuditSubject => About;

    /// <returns>The review that was done.</returns>
    public WarningReview Extend(ActorRef by, DateTime at, string comment, DateOnly until, long reviewId)
    {
        var done = Reviewed(by, at, WarningResult.Extended, comment);
        NextReview(reviewId, until);
        Version++;
        return done;
    }

    /// <returns>The review that was done.</returns>
    public WarningReview End(ActorRef by, DateTime at, string comment)
    {
        EndedAt = at;
        Version++;
        return Reviewed(by, at, WarningResult.Ended, comment);
    }

    private WarningReview Reviewed(ActorRef by, DateTime at, WarningResult result, string comment)
    {
        var review = reviews.Single(r => r.DoneAt is null);
        review.Do(by, at, result, comment);
        return review;
    }

    private void NextReview(long id, DateOnly on)
    {
        ReviewOn = on;
        reviews.Add(new WarningReview(id, Id, on));
    }
}

internal enum WarningResult { Extended, Ended }

/// <summary>One look at whether a warning is still true: that which is due, and all that were done.</summary>
[NotAudited("its warning is, and it is never changed once it is done")]
internal sealed class WarningReview(long id, long warningId, DateOnly dueOn)
{
    public long Id { get; private init; } = id;
    public long WarningId { get; private init; } = warningId;
    public DateOnly DueOn { get; private init; } = dueOn;
    public DateTime? DoneAt { get; private set; }
    public ActorRef? DoneBy { get; private set; }
    public WarningResult? Result { get; private set; }
    public string? Comment { get; private set; }

    public void Do(ActorRef by, DateTime at, WarningResult result, string comment) => (DoneBy, DoneAt, Result, Comment) = (by, at, result, comment);
}

internal sealed class WarningMap : IEntityTypeConfiguration<Warning>, IEntityTypeConfiguration<WarningReview>
{
    public void Configure(EntityTypeBuilder<Warning> builder)
    {
        builder.ToTable("warning");
        builder.Ignore(w => w.About);
        builder.HasIndex(w => w.PersonId, "ix_warning_person");
        builder.HasIndex(w => w.PremiseId, "ix_warning_premise");
        builder.HasIndex(w => new { w.ReviewOn, w.Id }, "ix_warning_review");
        builder.HasMany(w => w.Reviews).WithOne().HasForeignKey(r => r.WarningId);
        builder.HasOne<Person>().WithMany().HasForeignKey(w => w.PersonId);
        builder.HasOne<Premise>().WithMany().HasForeignKey(w => w.PremiseId);
    }

    public void Configure(EntityTypeBuilder<WarningReview> builder)
    {
        builder.ToTable("warning_review");
        builder.HasIndex(r => new { r.WarningId, r.Id }, "ix_warning_review_warning");
        builder.HasIndex(r => new { r.DueOn, r.Id }, "ix_warning_review_due");
    }
}
