using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Organization.Departments;
using Tieline.Organization.Positions;
using Tieline.Platform;
using Tieline.Platform.Search;

namespace Tieline.Organization.Employees;

internal sealed class Employee(long id, string number, string name, long departmentId, long positionId, string? email, string? phone, DateOnly hiredOn)
    : IAudited
{
    public long Id { get; private init; } = id;
    /// <summary>The personnel number: unique, stays for good.</summary>
    public string Number { get; private init; } = number;
    public string Name { get; private set; } = name;
    /// <summary>Folded name, for type-ahead.</summary>
    public string NameKey { get; private set; } = SearchText.Fold(name);
    public long DepartmentId { get; private set; } = departmentId;
    public long PositionId { get; private set; } = positionId;
    public string? Email { get; private set; } = email;
    public string? Phone { get; private set; } = phone;
    public DateOnly HiredOn { get; private set; } = hiredOn;
    /// <summary>The last day; null for those who work here.</summary>
    public DateOnly? LeftOn { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("employee", Id);

    public void Change(EmployeeDetails to)
    {
        (Name, NameKey, DepartmentId, PositionId) = (to.Name, SearchText.Fold(to.Name), to.DepartmentId, to.PositionId);
        (Email, Phone, HiredOn) = (to.Email, to.Phone, to.HiredOn);
        Version++;
    }

    public void Leave(DateOnly on) => (LeftOn, Version) = (on, Version + 1);

    public void Return() => (LeftOn, Version) = (null, Version + 1);

    /// <summary>Someone's absences are one whole: of two people who record at once, the second must look again.</summary>
    public void AbsencesChanged() => Version++;
}

internal sealed class EmployeeMap : IEntityTypeConfiguration<Employee>
{
    public void Configure(EntityTypeBuilder<Employee> builder)
    {
        builder.ToTable("employee");
        builder.HasIndex(e => e.Number, "ux_employee_number").IsUnique();
        builder.HasIndex(e => new { e.NameKey, e.Id }, "ix_employee_name");
        builder.HasIndex(e => e.DepartmentId, "ix_employee_department");
        builder.HasOne<Department>().WithMany().HasForeignKey(e => e.DepartmentId);
        builder.HasOne<Position>().WithMany().HasForeignKey(e => e.PositionId);
    }
}
