using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Organization.Employees;

/// <summary>Days on which an employee is away, both included, and who stands in.</summary>
internal sealed class Absence(long id, long employeeId, DateOnly fromOn, DateOnly toOn, string reason, long? deputyId) : IAudited
{
    public long Id { get; private init; } = id;
    public long EmployeeId { get; private init; } = employeeId;
    public DateOnly FromOn { get; private set; } = fromOn;
    public DateOnly ToOn { get; private set; } = toOn;
    public string Reason { get; private set; } = reason;
    public long? DeputyId { get; private set; } = deputyId;
    public DateTime? CancelledAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("employee", EmployeeId);

    public void Cancel(DateTime at) => (CancelledAt, Version) = (at, Version + 1);
}

internal sealed class AbsenceMap : IEntityTypeConfiguration<Absence>
{
    public void Configure(EntityTypeBuilder<Absence> builder)
    {
        builder.ToTable("absence");
        builder.HasIndex(a => new { a.EmployeeId, a.ToOn }, "ix_absence_employee");
        builder.HasOne<Employee>().WithMany().HasForeignKey(a => a.EmployeeId);
        builder.HasOne<Employee>().WithMany().HasForeignKey(a => a.DeputyId);
    }
}
