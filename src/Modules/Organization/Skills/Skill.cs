using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Organization.Employees;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Organization.Skills;

/// <summary>What someone can do beyond their position: a language, a kind of case.</summary>
internal sealed class Skill(long id, string code, string name, DateOnly? fromOn = null, DateOnly? toOn = null) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    public bool Active { get; private set; } = true;
    /// <summary>It is given to people from this day on; null for ever since.</summary>
    public DateOnly? FromOn { get; private set; } = fromOn;
    /// <summary>The last day; null for no end.</summary>
    public DateOnly? ToOn { get; private set; } = toOn;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("skill", Id);

    /// <summary>It may be given to people on a day, as a part of a statement.</summary>
    public static Expression<Func<Skill, bool>> InForce(DateOnly on) => s => s.Active && (s.FromOn == null || s.FromOn <= on) && (s.ToOn == null || s.ToOn >= on);

    public void Change(string name, bool active, DateOnly? fromOn, DateOnly? toOn)
    {
        (Name, Active, FromOn, ToOn) = (name, active, fromOn, toOn);
        Version++;
    }
}

/// <summary>An employee's skill.</summary>
internal sealed class EmployeeSkill(long employeeId, long skillId, int level) : IAudited
{
    public const int Lowest = 1;
    public const int Highest = 5;

    public long EmployeeId { get; private init; } = employeeId;
    public long SkillId { get; private init; } = skillId;
    /// <summary>1 (learning) to 5 (teaches others).</summary>
    public int Level { get; private set; } = level;

    public RecordRef AuditSubject => new("employee", EmployeeId);

    public void Change(int level) => Level = level;
}

internal sealed class SkillMap : IEntityTypeConfiguration<Skill>, IEntityTypeConfiguration<EmployeeSkill>
{
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

/// <summary>A skill as it is listed.</summary>
internal sealed record SkillRow
{
    public long Id { get; init; }
    public string Code { get; init; } = "";
    public string Name { get; init; } = "";
    public int Employees { get; init; }
    public bool Active { get; init; }
    public DateOnly? FromOn { get; init; }
    public DateOnly? ToOn { get; init; }
    public int Version { get; init; }

    public static IQueryable<SkillRow> Of(AppDb db) =>
        from s in db.Set<Skill>()
        select new SkillRow
        {
            Id = s.Id, Code = s.Code, Name = s.Name, Active = s.Active, FromOn = s.FromOn, ToOn = s.ToOn, Version = s.Version,
            Employees = (from held in db.Set<EmployeeSkill>()
                         join e in db.Set<Employee>() on held.EmployeeId equals e.Id
                         where held.SkillId == s.Id && e.LeftOn == null
                         select held).Count(),
        };
}
