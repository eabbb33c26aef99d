using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.People;
using Tieline.Platform;

namespace Tieline.Customers.Sight;

/// <summary>An employee opened the record of a restricted person for a while, and said why.</summary>
internal sealed class GlassBreak(long id, long personId, long employeeId, string employeeName, string reason, DateTime at, DateTime untilAt) : IAudited
{
    public long Id { get; private init; } = id;
    public long PersonId { get; private init; } = personId;
    public long EmployeeId { get; private init; } = employeeId;
    public string EmployeeName { get; private init; } = employeeName;
    public string Reason { get; private init; } = reason;
    public DateTime At { get; private init; } = at;
    public DateTime UntilAt { get; private init; } = untilAt;

    public RecordRef AuditSubject => new("person", PersonId);
}

internal sealed class GlassBreakMap : IEntityTypeConfiguration<GlassBreak>
{
    public void Configure(EntityTypeBuilder<GlassBreak> builder)
    {
        builder.ToTable("glass_break");
        builder.HasIndex(g => new { g.EmployeeId, g.UntilAt }, "ix_glass_break_employee");
        builder.HasIndex(g => new { g.PersonId, g.Id }, "ix_glass_break_person");
        builder.HasOne<Person>().WithMany().HasForeignKey(g => g.PersonId);
    }
}
