using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Organization.Employees;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Organization.Absences;

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

    public void Change(AbsenceDetails to)
    {
        (FromOn, ToOn, Reason, DeputyId) = (to.FromOn, to.ToOn, to.Reason, to.DeputyId);
        Version++;
    }

    public void Cancel(DateTime at) => (CancelledAt, Version) = (at, Version + 1);
}

internal sealed class AbsenceMap : IEntityTypeConfiguration<Absence>
{
    public void Configure(EntityTypeBuilder<Absence> builder)
    {
        builder.ToTable("absence");
        builder.HasIndex(a => new { a.EmployeeId, a.ToOn }, "ix_absence_employee");
        builder.HasIndex(a => new { a.DeputyId, a.ToOn }, "ix_absence_deputy");
        builder.HasOne<Employee>().WithMany().HasForeignKey(a => a.EmployeeId);
        builder.HasOne<Employee>().WithMany().HasForeignKey(a => a.DeputyId);
    }
}

/// <summary>An absence as it is listed.</summary>
internal sealed record AbsenceRow
{
    public long Id { get; init; }
    public long EmployeeId { get; init; }
    public string Employee { get; init; } = "";
    public DateOnly FromOn { get; init; }
    public DateOnly ToOn { get; init; }
    public string Reason { get; init; } = "";
    public long? DeputyId { get; init; }
    public string? Deputy { get; init; }
    public DateTime? CancelledAt { get; init; }
    public int Version { get; init; }

    /// <param name="reasons">Why someone is away is for those only who keep absences.</param>
    public static IQueryable<AbsenceRow> Of(AppDb db, bool reasons) =>
        from a in db.Set<Absence>()
        join e in db.Set<Employee>() on a.EmployeeId equals e.Id
        join d in db.Set<Employee>() on a.DeputyId equals d.Id into deputies
        from d in deputies.DefaultIfEmpty()
        select new AbsenceRow
        {
            Id = a.Id, EmployeeId = a.EmployeeId, Employee = e.Name, FromOn = a.FromOn, ToOn = a.ToOn, Reason = reasons ? a.Reason : "",
            DeputyId = a.DeputyId, Deputy = d.Name, CancelledAt = a.CancelledAt, Version = a.Version,
        };
}
