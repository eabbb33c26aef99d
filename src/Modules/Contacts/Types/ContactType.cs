using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Contacts.Types;

/// <summary>Whether a contact of a type may, must or must not name a person, an account, a premise.</summary>
internal enum LinkRule { Required, Optional, NotAllowed }

internal enum ContactDirection { Inbound, Outbound }

/// <summary>Groups contact types: Billing, Outage ...</summary>
internal sealed class ContactClass(long id, string code, string name, DateOnly? fromOn = null, DateOnly? toOn = null) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    public bool Active { get; private set; } = true;
    /// <summary>Its types can be recorded from this day on; null for ever since.</summary>
    public DateOnly? FromOn { get; private set; } = fromOn;
    /// <summary>The last day; null for no end.</summary>
    public DateOnly? ToOn { get; private set; } = toOn;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("contact_class", Id);

    public bool IsInForce(DateOnly on) => Active && !(FromOn > on) && !(ToOn < on);

    /// <summary><see cref="IsInForce"/>, as a part of a statement.</summary>
    public static Expression<Func<ContactClass, bool>> InForce(DateOnly on) => c => c.Active && (c.FromOn == null || c.FromOn <= on) && (c.ToOn == null || c.ToOn >= on);

    public void Change(string name, bool active, DateOnly? fromOn, DateOnly? toOn)
    {
        (Name, Active, FromOn, ToOn) = (name, active, fromOn, toOn);
        Version++;
    }
}

/// <summary>What a contact is about, and what it must name.</summary>
internal sealed class ContactType : IAudited
{
    private readonly List<Characteristic> characteristics = [];

    public required long Id { get; init; }
    public required long ClassId { get; set; }
    public required string Code { get; init; }
    public required string Name { get; set; }
    /// <summary>What a CSR types to choose it, e.g. <c>hb</c>; lower case, unique.</summary>
    public string? Shorthand { get; set; }
    public string? DefaultText { get; set; }
    public ContactDirection DefaultDirection { get; set; }
    public LinkRule PersonRule { get; private set; }
    public LinkRule AccountRule { get; private set; }
    public LinkRule PremiseRule { get; private set; }
    /// <summary>The contact stays open until someone closes it.</summary>
    public bool StaysOpen { get; set; }
    /// <summary>Danger: needs nothing but a place, and stands before <see cref="DefaultRoleId"/> at once.</summary>
    public bool Emergency { get; set; }
    /// <summary>What is said and asked, one step a line; ticked off while recording.</summary>
    public string? Script { get; set; }
    /// <summary>To Do role that reminders go to unless someone is named.</summary>
    public long? DefaultRoleId { get; set; }
    /// <summary>JSON: language to name.</summary>
    public string? Translations { get; set; }
    public required DateOnly FromOn { get; set; }
    public DateOnly? ToOn { get; set; }
    public int Version { get; private set; }
    public IReadOnlyList<Characteristic> Characteristics => characteristics;

    public RecordRef AuditSubject => new("contact_type", Id);

    /// <returns>False when nothing could ever be named: person and premise both not allowed.</returns>
    public bool Allow(LinkRule person, LinkRule account, LinkRule premise)
    {
        if (person == LinkRule.NotAllowed && premise == LinkRule.NotAllowed)
            return false;
        (PersonRule, AccountRule, PremiseRule) = (person, account, premise);
        Version++;
        return true;
    }

    /// <summary>The steps of <see cref="Script"/>.</summary>
    public IReadOnlyList<string> Steps => Script?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    public bool IsInForce(DateOnly on) => FromOn <= on && (ToOn is null || ToOn >= on);

    public void Add(Characteristic characteristic) => characteristics.Add(characteristic);

    public void Remove(Characteristic characteristic) => characteristics.Remove(characteristic);

    public void Touch() => Version++;
}

internal enum CharacteristicKind { Text, Number, Date, YesNo, Choice }

/// <summary>A named value that contacts of a type carry, e.g. the meter reading a customer gave.</summary>
internal sealed class Characteristic(long id, long typeId, string code, string label, CharacteristicKind kind, bool required, string? choices, int position) : IAudited
{
    public long Id { get; private init; } = id;
    public long TypeId { get; private init; } = typeId;
    public string Code { get; private init; } = code;
    public string Label { get; private set; } = label;
    public CharacteristicKind Kind { get; private init; } = kind;
    public bool Required { get; private set; } = required;
    /// <summary>For a choice: one for each line.</summary>
    public string? Choices { get; private set; } = choices;
    public int Position { get; private set; } = position;

    public RecordRef AuditSubject => new("contact_type", TypeId);

    public void Change(string label, bool required, string? choices, int position) =>
        (Label, Required, Choices, Position) = (label, required, choices, position);
}

internal sealed class ContactTypeMap : IEntityTypeConfiguration<ContactClass>, IEntityTypeConfiguration<ContactType>, IEntityTypeConfiguration<Characteristic>
{
    public void Configure(EntityTypeBuilder<ContactClass> builder)
    {
        builder.ToTable("contact_class");
        builder.HasIndex(c => c.Code, "ux_contact_class_code").IsUnique();
    }

    public void Configure(EntityTypeBuilder<ContactType> builder)
    {
        builder.ToTable("contact_type");
        builder.Ignore(t => t.Steps);
        builder.HasIndex(t => t.Code, "ux_contact_type_code").IsUnique();
        builder.HasIndex(t => t.Shorthand, "ux_contact_type_shorthand").IsUnique();
        builder.HasIndex(t => t.ClassId, "ix_contact_type_class");
        builder.HasOne<ContactClass>().WithMany().HasForeignKey(t => t.ClassId);
        builder.HasMany(t => t.Characteristics).WithOne().HasForeignKey(c => c.TypeId);
    }

    public void Configure(EntityTypeBuilder<Characteristic> builder)
    {
        builder.ToTable("contact_type_characteristic");
        builder.HasIndex(c => new { c.TypeId, c.Code }, "ux_contact_type_characteristic").IsUnique();
    }
}
