using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Search;

namespace Tieline.Customers.People;

internal enum NameKind
{
    Main, Alternate, Legal, Trading, Former,

    /// <summary>Will be the main name from its first day on.</summary>
    Coming,
}

internal enum PhoneKind { Mobile, Home, Work, Fax, Relay }

internal enum AddressKind { Mailing, Seasonal, Temporary }

/// <summary>Which mail an address gets.</summary>
internal enum MailKind { Everything, Bills, Letters }

internal enum IdentifierKind { NationalId, DriverLicense, TaxNumber, Passport, BankAccount }

internal enum PreferredChannel { None, Phone, Text, Email, Letter }

/// <summary>A name with the days on which it was in use; old names stay findable.</summary>
internal sealed class PersonName(long id, long personId, NameKind kind, string? given, string? family, string fullName, DateOnly? fromOn, DateOnly? toOn = null)
    : IAudited
{
    public long Id { get; private init; } = id;
    public long PersonId { get; private init; } = personId;
    public NameKind Kind { get; private set; } = kind;
    public string? Given { get; private init; } = given;
    public string? Family { get; private init; } = family;
    public string FullName { get; private init; } = fullName;
    public DateOnly? FromOn { get; private init; } = fromOn;
    public DateOnly? ToOn { get; private set; } = toOn;

    public RecordRef AuditSubject => new("person", PersonId);

    public void BecomeAlternate() => Kind = NameKind.Alternate;

    /// <summary>Of a person who is oneself again.</summary>
    public void BecomeMain() => (Kind, ToOn) = (NameKind.Main, null);

    /// <summary>Of a person who is oneself again, and is going to have it.</summary>
    public void BecomeComing() => Kind = NameKind.Coming;

    public void BecomeFormer(DateOnly lastOn) => (Kind, ToOn) = (NameKind.Former, lastOn);

    public void End(DateOnly on) => ToOn = on;
}

/// <summary>A phone number: E.164 to dial, and as someone typed it.</summary>
internal sealed class PersonPhone(long id, long personId, PhoneKind kind, string e164, string? extension, string typed, bool isPrimary) : IAudited
{
    public long Id { get; private init; } = id;
    public long PersonId { get; private init; } = personId;
    public PhoneKind Kind { get; private init; } = kind;
    public string E164 { get; private init; } = e164;
    public string? Extension { get; private init; } = extension;
    public string Typed { get; private init; } = typed;
    public bool IsPrimary { get; internal set; } = isPrimary;

    public RecordRef AuditSubject => new("person", PersonId);
}

internal sealed class PersonEmail(long id, long personId, string address, bool isPrimary) : IAudited
{
    public long Id { get; private init; } = id;
    public long PersonId { get; private init; } = personId;
    public string Address { get; private init; } = address;
    /// <summary>As the search index has it.</summary>
    public string AddressKey { get; private init; } = SearchKeys.OfEmail(address);
    public bool IsPrimary { get; internal set; } = isPrimary;

    public RecordRef AuditSubject => new("person", PersonId);
}

/// <summary>Where mail goes instead of the premise: from a day, for a while, or every year between two days.</summary>
internal sealed class PersonAddress(long id, long personId, AddressKind kind, string oneLine, DateOnly? fromOn, DateOnly? toOn, bool everyYear) : IAudited
{
    public long Id { get; private init; } = id;
    public long PersonId { get; private init; } = personId;
    public AddressKind Kind { get; private init; } = kind;
    public string OneLine { get; private init; } = oneLine;
    public DateOnly? FromOn { get; private init; } = fromOn;
    public DateOnly? ToOn { get; private set; } = toOn;
    /// <summary>Seasonal: only month and day of the dates count.</summary>
    public bool EveryYear { get; private init; } = everyYear;
    /// <summary>Null says nothing about it: everything.</summary>
    public MailKind? Carries { get; init; }

    public RecordRef AuditSubject => new("person", PersonId);

    public void End(DateOnly on) => ToOn = on;

    public void Reopen(DateOnly? toOn) => ToOn = toOn;
}

/// <summary>A secret number: encrypted, found only by its keyed hash, shown by its last digits.</summary>
internal sealed class PersonIdentifier(long id, long personId, IdentifierKind kind, byte[] protectedValue, string hash, string lastDigits) : IAudited
{
    public long Id { get; private init; } = id;
    public long PersonId { get; private init; } = personId;
    public IdentifierKind Kind { get; private init; } = kind;
    [Masked]
    public byte[] ProtectedValue { get; internal set; } = protectedValue;
    [Masked]
    public string Hash { get; private init; } = hash;
    public string LastDigits { get; private init; } = lastDigits;

    public RecordRef AuditSubject => new("person", PersonId);
}
