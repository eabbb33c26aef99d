using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Organization.Departments;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Search;

namespace Tieline.Organization.Employees;

internal sealed class Employee(long id, string number, string name, long departmentId, long positionId, string? email, string? phone, DateOnly hiredOn)
    : IAudited
{
    public long Id { get; private init; } = id;
    public string Number { get; private init; } = number;
    public string Name { get; private set; } = name;
    /// <summary>Folded name, for type-ahead.</summary>
    public string NameKey { get; private set; } = SearchText.Fold(name);
    public long DepartmentId { get; private set; } = departmentId;
    public long PositionId { get; private set; } = positionId;
    public string? Email { get; private set; } = email;
    public string? Phone { get; private set; } = phone;
    public DateOnly HiredOn { get; private set; } = hiredOn;
    public DateOnly? LeftOn { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("employee", Id);

    public void Change(string name, long departmentId, long positionId, string? email, string? phone, DateOnly hiredOn, DateOnly? leftOn)
    {
        (Name, NameKey, DepartmentId, PositionId) = (name, SearchText.Fold(name), departmentId, positionId);
        (Email, Phone, HiredOn, LeftOn) = (email, phone, hiredOn, leftOn);
        Version++;
    }
}

internal sealed class Position(long id, string code, string title) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Title { get; private set; } = title;
    public bool Active { get; private set; } = true;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("position", Id);

    public void Change(string title, bool active)
    {
        (Title, Active) = (title, active);
        Version++;
    }
}

internal sealed class Skill(long id, string code, string name) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    public bool Active { get; private set; } = true;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("skill", Id);

    public void Change(string name, bool active)
    {
        (Name, Active) = (name, active);
        Version++;
    }
}

/// <summary>An employee's skill.</summary>
internal sealed class EmployeeSkill(long employeeId, long skillId, int level) : IAudited
{
    public long EmployeeId { get; private init; } = employeeId;
    public long SkillId { get; private init; } = skillId;
    /// <summary>1 (learning) to 5 (teaches others).</summary>
    public int Level { get; private set; } = level;

    public RecordRef AuditSubject => new("employee", EmployeeId);
}

internal sealed class EmployeeMap :
    IEntityTypeConfiguration<Employee>, IEntityTypeConfiguration<Position>, IEntityTypeConfiguration<Skill>, IEntityTypeConfiguration<EmployeeSkill>
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

    public void Configure(EntityTypeBuilder<Position> builder)
    {
        builder.ToTable("position");
        builder.HasIndex(p => p.Code, "ux_position_code").IsUnique();
    }

    public void Configure(EntityTypeBuilder<Skill> builder)
    {
        builder.ToTable("skill");
        builder.HasIndex(s => s.Code, "ux_skill_code").IsUnique();
    }

    public void Configure(EntityTypeBuilder<EmployeeSkill> builder)
    {
        builder.ToTable("employee_skill");
        builder.HasKey(s => new { s.EmployeeId, s.SkillId });
        builder.HasOne<Employee>().WithMany().HasForeignKey(s => s.EmployeeId);
        builder.HasOne<Skill>().WithMany().HasForeignKey(s => s.SkillId);
        builder.HasIndex(s => s.SkillId, "ix_employee_skill_skill");
    }
}
