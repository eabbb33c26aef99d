using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Operations.OnCall;

/// <summary>Somebody is on call from one instant to another. Of one level there is one at a time.</summary>
internal sealed class Duty(long id, long employeeId, int level, DateTime fromAt, DateTime toAt) : IAudited
{
    public const string Kind = "on_call_duty";
    public const int Levels = 3;

    public long Id { get; private init; } = id;
    public long EmployeeId { get; private set; } = employeeId;
    /// <summary>1 is called first.</summary>
    public int Level { get; private set; } = level;
    public DateTime FromAt { get; private set; } = fromAt;
    /// <summary>The first instant that no longer belongs to it.</summary>
    public DateTime ToAt { get; private set; } = toAt;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new(Kind, Id);

    public void Change(long employeeId, int level, DateTime fromAt, DateTime toAt)
    {
        (EmployeeId, Level, FromAt, ToAt) = (employeeId, level, fromAt, toAt);
        Version++;
    }
}

internal sealed class DutyMap : IEntityTypeConfiguration<Duty>
{
    public void Configure(EntityTypeBuilder<Duty> builder)
    {
        builder.ToTable("on_call_duty");
        builder.HasIndex(d => new { d.Level, d.ToAt }, "ix_on_call_duty_level");
    }
}
