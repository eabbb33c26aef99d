using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Organization.Departments;

internal sealed class Department(long id, string code, string name, long? parentId) : IAudited
{
    public long Id { get; private init; } = id;
    /// <summary>Upper case, unique; what lists and imports use.</summary>
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    public long? ParentId { get; private set; } = parentId;
    public bool Active { get; private set; } = true;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("department", Id);

    public void Change(string name, long? parentId, bool active)
    {
        (Name, ParentId, Active) = (name, parentId, active);
        Version++;
    }
}

internal sealed class DepartmentMap : IEntityTypeConfiguration<Department>
{
    public void Configure(EntityTypeBuilder<Department> builder)
    {
        builder.ToTable("department");
        builder.HasIndex(d => d.Code, "ux_department_code").IsUnique();
        builder.HasOne<Department>().WithMany().HasForeignKey(d => d.ParentId);
    }
}
