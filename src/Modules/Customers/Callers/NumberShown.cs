using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Customers.Callers;

/// <summary>A number on record was shown in full to an employee, to call it back: for a while it proves nothing that somebody says it to them.</summary>
/// <param name="personId">Whose number it is.</param>
[NotAudited("the look is kept; this says for a while what proves nothing")]
internal sealed class NumberShown(long id, long employeeId, long personId, string e164, DateTime at)
{
    public long Id { get; private init; } = id;
    public long EmployeeId { get; private init; } = employeeId;
    public long PersonId { get; private init; } = personId;
    public string E164 { get; private init; } = e164;
    public DateTime At { get; private init; } = at;
}

internal sealed class NumberShownMap : IEntityTypeConfiguration<NumberShown>
{
    public void Configure(EntityTypeBuilder<NumberShown> builder)
    {
        builder.ToTable("number_shown");
        builder.HasIndex(n => new { n.EmployeeId, n.PersonId, n.At }, "ix_number_shown_employee");
        builder.HasOne<Person>().WithMany().HasForeignKey(n => n.PersonId);
    }
}
