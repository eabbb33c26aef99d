using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Organization.Employees;
using Tieline.Platform;
using Tieline.Platform.Data;

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

/// <summary>A department as it is listed.</summary>
internal sealed record DepartmentRow
{
    public long Id { get; init; }
    public string Code { get; init; } = "";
    public string Name { get; init; } = "";
    public long? ParentId { get; init; }
    public string? Parent { get; init; }
    /// <summary>People who work there now, departments below not included.</summary>
    public int Employees { get; init; }
    public bool Active { get; init; }
    public int Version { get; init; }

    public static IQueryable<DepartmentRow> Of(AppDb db) =>
        from d in db.Set<Department>()
        join p in db.Set<Department>() on d.ParentId equals p.Id into above
        from p in above.DefaultIfEmpty()
        select new DepartmentRow
        {
            Id = d.Id, Code = d.Code, Name = d.Name, ParentId = d.ParentId, Parent = p.Name, Active = d.Active, Version = d.Version,
            Employees = db.Set<Employee>().Count(e => e.DepartmentId == d.Id && e.LeftOn == null),
        };
}
