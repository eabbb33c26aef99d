using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Organization.Employees;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Organization.ToDoRoles;

/// <summary>A pool of people to whom work is given, e.g. "Billing errors".</summary>
internal sealed class ToDoRole(long id, string code, string name, string description) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    public string Description { get; private set; } = description;
    public bool Active { get; private set; } = true;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("to_do_role", Id);

    public void Change(string name, string description, bool active)
    {
        (Name, Description, Active) = (name, description, active);
        Version++;
    }
}

internal sealed class ToDoRoleMember(long toDoRoleId, long employeeId) : IAudited
{
    public long ToDoRoleId { get; private init; } = toDoRoleId;
    public long EmployeeId { get; private init; } = employeeId;

    public RecordRef AuditSubject => new("to_do_role", ToDoRoleId);
}

internal sealed class ToDoRoleMap : IEntityTypeConfiguration<ToDoRole>, IEntityTypeConfiguration<ToDoRoleMember>
{
    public void Configure(EntityTypeBuilder<ToDoRole> builder)
    {
        builder.ToTable("to_do_role");
        builder.HasIndex(r => r.Code, "ux_to_do_role_code").IsUnique();
    }

    public void Configure(EntityTypeBuilder<ToDoRoleMember> builder)
    {
        builder.ToTable("to_do_role_member");
        builder.HasKey(m => new { m.ToDoRoleId, m.EmployeeId });
        builder.HasOne<ToDoRole>().WithMany().HasForeignKey(m => m.ToDoRoleId);
        builder.HasOne<Employee>().WithMany().HasForeignKey(m => m.EmployeeId);
        builder.HasIndex(m => m.EmployeeId, "ix_to_do_role_member_employee");
    }
}
