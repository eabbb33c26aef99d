using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.ToDos.Types;

/// <summary>The page to which a To Do leads whoever works on it, besides its own.</summary>
internal enum DrillTarget { ToDo, Customer, Account, Premise, Contact, Cause }

/// <summary>A kind of work: who does it unless someone is named, what it says, and what happens to it as it grows old.</summary>
internal sealed class ToDoType(long id, string code, string name, int defaultPriority, long? defaultRoleId, DateOnly? fromOn = null, DateOnly? toOn = null) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    public string Description { get; private set; } = "";
    /// <summary>What a new To Do says, with places for parameters (<see cref="MessageText"/>); null for what its maker says.</summary>
    public string? Message { get; private set; }
    /// <summary>1 (now) to 9 (whenever).</summary>
    public int DefaultPriority { get; private set; } = defaultPriority;
    public long? DefaultRoleId { get; private set; } = defaultRoleId;
    /// <summary>People may add one.</summary>
    public bool ByHand { get; private set; } = true;
    public DrillTarget DrillTarget { get; private set; }
    /// <summary>Parameters of the message by whose values a list of this type can be sorted, separated by spaces.</summary>
    public string? SortKeys { get; private set; }
    /// <summary>With each so many days it becomes one step more urgent; null for never.</summary>
    public int? AgesEveryDays { get; private set; }
    /// <summary>Not complete after so many days, it is escalated, once; null for never.</summary>
    public int? EscalatesAfterDays { get; private set; }
    /// <summary>To whom it goes then; null leaves it where it is.</summary>
    public long? EscalationRoleId { get; private set; }
    /// <summary>So many days after it was due it is complete by itself, for nobody needs it any more; null for never.</summary>
    public int? LapsesAfterDays { get; private set; }
    public bool Active { get; private set; } = true;
    /// <summary>People make To Dos of it from this day on; null for ever since.</summary>
    public DateOnly? FromOn { get; private set; } = fromOn;
    /// <summary>The last day; null for no end.</summary>
    public DateOnly? ToOn { get; private set; } = toOn;
    public int Version { get; private set; }

    public bool IsInForce(DateOnly on) => Active && (FromOn is null || FromOn <= on) && (ToOn is null || ToOn >= on);

    public RecordRef AuditSubject => new("to_do_type", Id);

    public static ToDoType Of(long id, string code, ToDoTypeDetails details)
    {
        var type = new ToDoType(id, code, details.Name, details.DefaultPriority, details.DefaultRoleId);
        type.Say(details);
        return type;
    }

    public void Change(ToDoTypeDetails to, bool active)
    {
        Say(to);
        Active = active;
        Version++;
    }

    /// <summary>As its room begins with it: no change of somebody's.</summary>
    public void LeadToCause() => DrillTarget = DrillTarget.Cause;

    private void Say(ToDoTypeDetails to)
    {
        (Name, Description, Message, SortKeys, DrillTarget, ByHand) = (to.Name, to.Description, to.Message, to.SortKeys, to.DrillTarget, to.ByHand);
        (DefaultPriority, DefaultRoleId, AgesEveryDays, EscalatesAfterDays, EscalationRoleId, LapsesAfterDays) =
            (to.DefaultPriority, to.DefaultRoleId, to.AgesEveryDays, to.EscalatesAfterDays, to.EscalationRoleId, to.LapsesAfterDays);
        (FromOn, ToOn) = (to.FromOn, to.ToOn);
    }
}

/// <summary>A role to which To Dos of a type may be given; a type without any may go to all.</summary>
internal sealed class ToDoTypeRole(long typeId, long roleId) : IAudited
{
    public long TypeId { get; private init; } = typeId;
    public long RoleId { get; private init; } = roleId;

    public RecordRef AuditSubject => new("to_do_type", TypeId);
}

/// <summary>A skill without which nobody is given a To Do of a type as the next.</summary>
internal sealed class ToDoTypeSkill(long typeId, long skillId, int level) : IAudited
{
    public long TypeId { get; private init; } = typeId;
    public long SkillId { get; private init; } = skillId;
    /// <summary>At least, 1 to 5.</summary>
    public int Level { get; private set; } = level;

    public RecordRef AuditSubject => new("to_do_type", TypeId);

    public void Change(int level) => Level = level;
}

internal sealed class ToDoTypeMap : IEntityTypeConfiguration<ToDoType>, IEntityTypeConfiguration<ToDoTypeRole>, IEntityTypeConfiguration<ToDoTypeSkill>
{
    public void Configure(EntityTypeBuilder<ToDoType> builder)
    {
        builder.ToTable("to_do_type");
        builder.HasIndex(t => t.Code, "ux_to_do_type_code").IsUnique();
    }

    public void Configure(EntityTypeBuilder<ToDoTypeRole> builder)
    {
        builder.ToTable("to_do_type_role");
        builder.HasKey(r => new { r.TypeId, r.RoleId });
        builder.HasOne<ToDoType>().WithMany().HasForeignKey(r => r.TypeId);
    }

    public void Configure(EntityTypeBuilder<ToDoTypeSkill> builder)
    {
        builder.ToTable("to_do_type_skill");
        builder.HasKey(s => new { s.TypeId, s.SkillId });
        builder.HasOne<ToDoType>().WithMany().HasForeignKey(s => s.TypeId);
    }
}
