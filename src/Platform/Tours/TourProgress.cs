using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Tieline.Platform.Tours;

/// <summary>Where an employee stands in a tour; kept in the database, so that another machine goes on with it.</summary>
[NotAudited("tells itself when it was begun, left and finished")]
internal sealed class TourProgress
{
    public required long Id { get; init; }
    /// <summary>Of the employee; negative for a sign-in of somebody who is none.</summary>
    public required long ActorId { get; init; }
    public required string Tour { get; init; }
    /// <summary>Of the tour as it was when it was begun last.</summary>
    public required int Version { get; set; }
    /// <summary>Name of the step at which one stands.</summary>
    public required string Step { get; set; }
    /// <summary>Null where it was only said that it is not wanted.</summary>
    public DateTime? StartedAt { get; private set; }
    public required DateTime LastAt { get; set; }
    /// <summary>Left on the way; null while one is in it.</summary>
    public DateTime? LeftAt { get; private set; }
    public DateTime? FinishedAt { get; private set; }
    /// <summary>It is not offered any more.</summary>
    public DateTime? DismissedAt { get; private set; }

    public bool IsRunning => StartedAt is not null && LeftAt is null && FinishedAt is null;

    public TourStanding Standing => FinishedAt is not null ? TourStanding.Finished
        : StartedAt is null ? TourStanding.NotWanted
        : LeftAt is null ? TourStanding.Running : TourStanding.Left;

    /// <summary>Begins, or goes on where it was left. A finished one, or one that has become another since, begins anew.</summary>
    /// <returns>True when it begins anew, so that what was done before does not count.</returns>
    public bool GoOn(Tour tour, DateTime at)
    {
        var anew = StartedAt is null || FinishedAt is not null || Version != tour.Version;
        if (anew)
            (Version, Step, StartedAt, FinishedAt) = (tour.Version, tour.Steps[0].Key, at, null);
        (LeftAt, DismissedAt, LastAt) = (null, null, at);
        return anew;
    }

    public void StandAt(string step, DateTime at) => (Step, LastAt, LeftAt) = (step, at, null);

    public void Leave(DateTime at) => (LeftAt, LastAt) = (FinishedAt is null ? at : null, at);

    public void Finish(DateTime at) => (FinishedAt, LastAt, LeftAt) = (at, at, null);

    public void Dismiss(DateTime at) => (DismissedAt, LastAt, LeftAt) = (at, at, StartedAt is null || FinishedAt is not null ? null : at);
}

/// <summary>Somebody has passed a step.</summary>
[NotAudited("tells itself when it was")]
internal sealed class TourStepPassed
{
    public required long ProgressId { get; init; }
    public required string Step { get; init; }
    public required DateTime At { get; set; }
    /// <summary>What it asked for was not done.</summary>
    public required bool Skipped { get; set; }
}

/// <summary><c>NotBegun</c>; <c>Running</c>; <c>Left</c> on the way; <c>Finished</c>; <c>NotWanted</c>.</summary>
public enum TourStanding { NotBegun, Running, Left, Finished, NotWanted }

internal sealed class TourMap : IEntityTypeConfiguration<TourProgress>, IEntityTypeConfiguration<TourStepPassed>
{
    public void Configure(EntityTypeBuilder<TourProgress> builder)
    {
        builder.ToTable("tour_progress");
        builder.Ignore(p => p.IsRunning);
        builder.Ignore(p => p.Standing);
        builder.HasIndex(p => new { p.ActorId, p.Tour }, "ux_tour_progress").IsUnique();
    }

    public void Configure(EntityTypeBuilder<TourStepPassed> builder)
    {
        builder.ToTable("tour_step");
        builder.HasKey(s => new { s.ProgressId, s.Step });
        builder.HasOne<TourProgress>().WithMany().HasForeignKey(s => s.ProgressId);
    }
}
