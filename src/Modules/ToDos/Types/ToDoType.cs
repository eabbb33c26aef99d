using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.ToDos.Types;

/// <summary>A kind of work, with who does it unless someone is named.</summary>
internal sealed class ToDoType(long id, string code, string name, int defaultPriority, long? defaultRoleId, DateOnly? fromOn = null, DateOnly? toOn = null) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    /// <summary>1 (now) to 9 (whenever).</summary>
    public int DefaultPriority { get; private set; } = defaultPriority;
    public long? DefaultRoleId { get; private set; } = defaultRoleId;
    public bool Active { get; private set; } = true;
    /// <summary>People make To Dos of it from this day on; null for ever since.</summary>
    public DateOnly? FromOn { get; private set; } = fromOn;
    /// <summary>The last day; null for no end.</summary>
    public DateOnly? ToOn { get; private set; } = toOn;
    public int Version { get; private set; }

    public bool IsInForce(DateOnly on) => Active && (FromOn is null || FromOn <= on) && (ToOn is null || ToOn >= on);

    public RecordRef AuditSubject => new("to_do_type", Id);

    public void Change(string name, int defaultPriority, long? defaultRoleId, bool active, DateOnly? fromOn, DateOnly? toOn)
    {
        (Name, DefaultPriority, DefaultRoleId, Active, FromOn, ToOn) = (name, defaultPriority, defaultRoleId, active, fromOn, toOn);
        Version++;
    }
}

internal sealed class ToDoTypeMap : IEntityTypeConfiguration<ToDoType>
{
    public void Configure(EntityTypeBuilder<ToDoType> builder)
    {
        builder.ToTable("to_do_type");
        builder.HasIndex(t => t.Code, "ux_to_do_type_code").IsUnique();
    }
}
