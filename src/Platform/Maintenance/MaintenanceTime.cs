using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Platform.Maintenance;

/// <summary>A time in which the desk is read-only. At most one goes on.</summary>
internal sealed class MaintenanceTime : IAudited
{
    public const string Kind = "maintenance";

    public required long Id { get; init; }
    public required string Reason { get; init; }
    public required DateTime BeganAt { get; init; }
    public required ActorRef BeganBy { get; init; }
    /// <summary>Expected end: nothing ends by itself.</summary>
    public DateTime? UntilAt { get; init; }
    public DateTime? EndedAt { get; private set; }
    public ActorRef? EndedBy { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new(Kind, Id);

    public void End(DateTime at, ActorRef by)
    {
        (EndedAt, EndedBy) = (at, by);
        Version++;
    }
}

internal sealed class MaintenanceTimeMap : IEntityTypeConfiguration<MaintenanceTime>
{
    public void Configure(EntityTypeBuilder<MaintenanceTime> builder)
    {
        builder.ToTable("maintenance");
        builder.HasIndex(m => m.EndedAt, "ix_maintenance_ended");
    }
}

/// <summary>As it is told on pages and to machines.</summary>
/// <param name="UntilAt">Expected end.</param>
internal sealed record MaintenanceLine(long Id, string Reason, DateTime BeganAt, ActorRef BeganBy, DateTime? UntilAt, DateTime? EndedAt, ActorRef? EndedBy)
{
    public static MaintenanceLine Of(MaintenanceTime m) => new(m.Id, m.Reason, m.BeganAt, m.BeganBy, m.UntilAt, m.EndedAt, m.EndedBy);
}

/// <summary>Whether the desk is read-only now, as this node knows it: at most a second old.</summary>
internal sealed record KnownMaintenance(MaintenanceLine? Running)
{
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    public static async Task<KnownMaintenance> Read(AppDb db, CancellationToken ct) =>
        new(await db.Set<MaintenanceTime>().AsNoTracking().OrderBy(m => m.Id).FirstOrDefaultAsync(m => m.EndedAt == null, ct) is { } running ? MaintenanceLine.Of(running) : null);
}
