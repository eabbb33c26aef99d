using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Tieline.Customers.People;

internal sealed class PersonMap :
    IEntityTypeConfiguration<Person>, IEntityTypeConfiguration<PersonName>, IEntityTypeConfiguration<PersonPhone>, IEntityTypeConfiguration<PersonEmail>,
    IEntityTypeConfiguration<PersonAddress>, IEntityTypeConfiguration<PersonIdentifier>, IEntityTypeConfiguration<Relationship>
{
    public void Configure(EntityTypeBuilder<Person> builder)
    {
        builder.ToTable("person");
        builder.HasIndex(p => p.Reference, "ux_person_reference").IsUnique();
        builder.HasIndex(p => new { p.Source, p.ExternalKey }, "ux_person_external").IsUnique();
        builder.HasIndex(p => new { p.SortName, p.Id }, "ix_person_sort");
        builder.HasIndex(p => new { p.SortName, p.BornOn }, "ix_person_born");
        builder.HasIndex(p => p.MergedIntoId, "ix_person_merged");
        builder.HasOne<Person>().WithMany().HasForeignKey(p => p.MergedIntoId);
        builder.HasIndex(p => new { p.SortName, p.Id }, "ix_person_restricted");
        builder.HasMany(p => p.Names).WithOne().HasForeignKey(n => n.PersonId);
        builder.HasMany(p => p.Phones).WithOne().HasForeignKey(n => n.PersonId);
        builder.HasMany(p => p.Emails).WithOne().HasForeignKey(n => n.PersonId);
        builder.HasMany(p => p.Addresses).WithOne().HasForeignKey(n => n.PersonId);
        builder.HasMany(p => p.Identifiers).WithOne().HasForeignKey(n => n.PersonId);
    }

    public void Configure(EntityTypeBuilder<PersonName> builder)
    {
        builder.ToTable("person_name");
        builder.HasIndex(n => n.PersonId, "ix_person_name_person");
        builder.HasIndex(n => n.PersonId, "ux_person_name_coming").IsUnique().HasFilter("kind = 'Coming'");
    }

    public void Configure(EntityTypeBuilder<PersonPhone> builder)
    {
        builder.ToTable("person_phone");
        builder.HasIndex(p => p.PersonId, "ix_person_phone_person");
        builder.HasIndex(p => p.E164, "ix_person_phone_number");
    }

    public void Configure(EntityTypeBuilder<PersonEmail> builder)
    {
        builder.ToTable("person_email");
        builder.HasIndex(p => p.PersonId, "ix_person_email_person");
        builder.HasIndex(p => p.AddressKey, "ix_person_email_key");
    }

    public void Configure(EntityTypeBuilder<PersonAddress> builder)
    {
        builder.ToTable("person_address");
        builder.HasIndex(p => p.PersonId, "ix_person_address_person");
    }

    public void Configure(EntityTypeBuilder<PersonIdentifier> builder)
    {
        builder.ToTable("person_identifier");
        builder.HasIndex(p => p.PersonId, "ix_person_identifier_person");
        builder.HasIndex(p => new { p.Kind, p.Hash, p.PersonId }, "ux_person_identifier_hash").IsUnique();
    }

    public void Configure(EntityTypeBuilder<Relationship> builder)
    {
        builder.ToTable("relationship");
        builder.HasIndex(r => r.PersonId, "ix_relationship_person");
        builder.HasIndex(r => r.RelatedPersonId, "ix_relationship_related");
        builder.HasIndex(r => r.EmployeeId, "ix_relationship_employee");
        builder.HasOne<Person>().WithMany().HasForeignKey(r => r.PersonId);
        builder.HasOne<Person>().WithMany().HasForeignKey(r => r.RelatedPersonId);
    }
}
