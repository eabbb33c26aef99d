using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Customers.People;

internal enum PersonKind { Individual, Organization }

/// <summary>Whose record is closed to all but those who have the right, or give a reason; the stricter ones come later.</summary>
internal enum PersonRestriction
{
    None, Employee, Vip,

    /// <summary>By an order of court or the like.</summary>
    Protected,
}

/// <summary>
/// A customer, or someone who stands in a relationship to one: an individual or an organisation. Names, phones and addresses belong
/// to the person and change through it, so that there is always exactly one main name and at most one primary phone and e-mail.
/// </summary>
internal sealed class Person : IAudited
{
    private readonly List<PersonName> names = [];
    private readonly List<PersonPhone> phones = [];
    private readonly List<PersonEmail> emails = [];
    private readonly List<PersonAddress> addresses = [];
    private readonly List<PersonIdentifier> identifiers = [];

    public Person(long id, string reference, PersonKind kind, PersonName mainName, DateTime createdAt)
    {
        (Id, Reference, Kind, CreatedAt) = (id, reference, kind, createdAt);
        names.Add(mainName);
        UseMainName();
    }

    private Person() { }

    public long Id { get; private init; }
    /// <summary>What people read out, with its check digit: <c>P-0012-3456-7</c>.</summary>
    public string Reference { get; private init; } = "";
    public PersonKind Kind { get; private init; }
    public string DisplayName { get; private set; } = "";
    public string SortName { get; private set; } = "";
    public DateOnly? BornOn { get; private set; }
    /// <summary>ISO 639-1.</summary>
    public string Language { get; private set; } = "en";
    public bool Interpreter { get; private set; }
    /// <summary>Calls through a relay service or TTY.</summary>
    public bool Relay { get; private set; }
    public bool LargePrint { get; private set; }
    public bool NeedsTime { get; private set; }
    public bool LifeSupport { get; private set; }
    public bool SensitiveLoad { get; private set; }
    public PreferredChannel PreferredChannel { get; private set; }
    public PersonRestriction Restriction { get; private set; }
    public string? RestrictionReason { get; private set; }
    /// <summary>Of the word by which the customer shows who they are.</summary>
    [Masked]
    public string? PassphraseHash { get; private set; }
    public string? Source { get; private init; }
    public string? ExternalKey { get; private init; }
    public DateTime CreatedAt { get; private init; }
    /// <summary>This was the same person as that one, who is found instead; never one who was merged too.</summary>
    public long? MergedIntoId { get; private set; }
    public DateTime? MergedAt { get; private set; }
    public int Version { get; private set; }

    public IReadOnlyList<PersonName> Names => names;
    public IReadOnlyList<PersonPhone> Phones => phones;
    public IReadOnlyList<PersonEmail> Emails => emails;
    public IReadOnlyList<PersonAddress> Addresses => addresses;
    public IReadOnlyList<PersonIdentifier> Identifiers => identifiers;

    public RecordRef AuditSubject => new("person", Id);

    /// <summary>Where an imported person came from; unique together.</summary>
    public static Person Imported(long id, string reference, PersonKind kind, PersonName mainName, DateTime createdAt, string source, string externalKey)
    {
        var person = new Person { Id = id, Reference = reference, Kind = kind, CreatedAt = createdAt, Source = source, ExternalKey = externalKey };
        person.names.Add(mainName);
        person.UseMainName();
        return person;
    }

    public void Describe(DateOnly? bornOn, string language, bool interpreter, bool relay, bool largePrint, bool needsTime, PreferredChannel preferred)
    {
        (BornOn, Language, Interpreter, Relay, LargePrint, NeedsTime, PreferredChannel) = (bornOn, language, interpreter, relay, largePrint, needsTime, preferred);
        Version++;
    }

    public void Flag(bool lifeSupport, bool sensitiveLoad)
    {
        (LifeSupport, SensitiveLoad) = (lifeSupport, sensitiveLoad);
        Version++;
    }

    /// <param name="reason">Null when the restriction is lifted.</param>
    public void Restrict(PersonRestriction restriction, string? reason)
    {
        (Restriction, RestrictionReason) = (restriction, reason);
        Version++;
    }

    /// <param name="hash">Null takes it away.</param>
    public void UsePassphrase(string? hash)
    {
        PassphraseHash = hash;
        Version++;
    }

    /// <summary>Adds a name. A new main name makes the old one a former name that ends the day before.</summary>
    public void AddName(PersonName name, DateOnly today)
    {
        if (name.Kind == NameKind.Main)
        {
            foreach (var old in names.Where(n => n.Kind == NameKind.Main))
                old.BecomeFormer(today.AddDays(-1));
        }
        names.Add(name);
        UseMainName();
        Version++;
    }

    /// <summary>The name that a person is going to have, or null.</summary>
    public PersonName? ComingName => names.Find(n => n.Kind == NameKind.Coming);

    /// <summary>The coming name's day has come: it is the main name, and the one before ended the day before.</summary>
    public void TakeComingName()
    {
        if (ComingName is not { FromOn: { } from } coming)
            throw new InvalidOperationException($"Person {Id} is going to have no other name.");
        foreach (var old in names.Where(n => n.Kind == NameKind.Main))
            old.BecomeFormer(from.AddDays(-1));
        coming.BecomeMain();
        UseMainName();
        Version++;
    }

    /// <returns>False when the name is none that is still to come.</returns>
    public bool WithdrawName(long nameId)
    {
        if (names.RemoveAll(n => n.Id == nameId && n.Kind == NameKind.Coming) == 0)
            return false;
        Version++;
        return true;
    }

    /// <summary>The new main name was a mistake: it goes, and the one before is the main name again.</summary>
    /// <returns>False when it is not the main name any more, or the one before has gone.</returns>
    public bool TakeBackMainName(long nameId, long beforeId)
    {
        if (names.Find(n => n.Id == nameId) is not { Kind: NameKind.Main } name || names.Find(n => n.Id == beforeId) is not { Kind: NameKind.Former } before)
            return false;
        names.Remove(name);
        before.BecomeMain();
        UseMainName();
        Version++;
        return true;
    }

    /// <returns>False for the main name, which can only be replaced.</returns>
    public bool EndName(long nameId, DateOnly on)
    {
        if (names.Find(n => n.Id == nameId) is not { Kind: not NameKind.Main } name)
            return false;
        name.End(on);
        Version++;
        return true;
    }

    public void AddPhone(PersonPhone phone)
    {
        phones.Add(phone);
        KeepOnePrimary(phones, phone, p => p.IsPrimary, (p, primary) => p.IsPrimary = primary);
        Version++;
    }

    public void RemovePhone(long phoneId)
    {
        phones.RemoveAll(p => p.Id == phoneId);
        KeepOnePrimary(phones, null, p => p.IsPrimary, (p, primary) => p.IsPrimary = primary);
        Version++;
    }

    /// <returns>False when there is no such phone.</returns>
    public bool MakePhonePrimary(long phoneId)
    {
        if (phones.Find(p => p.Id == phoneId) is not { } chosen)
            return false;
        phones.ForEach(p => p.IsPrimary = ReferenceEquals(p, chosen));
        Version++;
        return true;
    }

    public void AddEmail(PersonEmail email)
    {
        emails.Add(email);
        KeepOnePrimary(emails, email, e => e.IsPrimary, (e, primary) => e.IsPrimary = primary);
        Version++;
    }

    public void RemoveEmail(long emailId)
    {
        emails.RemoveAll(e => e.Id == emailId);
        KeepOnePrimary(emails, null, e => e.IsPrimary, (e, primary) => e.IsPrimary = primary);
        Version++;
    }

    /// <returns>False when there is no such address.</returns>
    public bool MakeEmailPrimary(long emailId)
    {
        if (emails.Find(e => e.Id == emailId) is not { } chosen)
            return false;
        emails.ForEach(e => e.IsPrimary = ReferenceEquals(e, chosen));
        Version++;
        return true;
    }

    public void AddAddress(PersonAddress address)
    {
        addresses.Add(address);
        Version++;
    }

    public bool EndAddress(long addressId, DateOnly on)
    {
        if (addresses.Find(a => a.Id == addressId) is not { } address)
            return false;
        address.End(on);
        Version++;
        return true;
    }

    /// <summary>It was a mistake: mail never went there.</summary>
    public void TakeBackAddress(long addressId)
    {
        addresses.RemoveAll(a => a.Id == addressId);
        Version++;
    }

    /// <summary>That it ended was a mistake.</summary>
    /// <param name="toOn">When it ends instead.</param>
    public void ReopenAddress(long addressId, DateOnly? toOn)
    {
        addresses.Find(a => a.Id == addressId)?.Reopen(toOn);
        Version++;
    }

    public void AddIdentifier(PersonIdentifier identifier)
    {
        identifiers.Add(identifier);
        Version++;
    }

    public void RemoveIdentifier(long identifierId)
    {
        identifiers.RemoveAll(i => i.Id == identifierId);
        Version++;
    }

    /// <summary>What belongs to the person has changed by another way.</summary>
    public void PartsChange() => Version++;

    public void MergeInto(long id, DateTime at) => (MergedIntoId, MergedAt, Version) = (id, at, Version + 1);

    /// <summary>Separated from who they were merged into: what was closed while they were one opens for neither.</summary>
    public void BecomeOneself(Person survivor)
    {
        (MergedIntoId, MergedAt, Version) = (null, null, Version + 1);
        if (survivor.Restriction > Restriction)
            (Restriction, RestrictionReason) = (survivor.Restriction, survivor.RestrictionReason);
    }

    private void UseMainName()
    {
        var main = names.Single(n => n.Kind == NameKind.Main);
        DisplayName = main.FullName;
        SortName = PersonNameText.Sort(main.Given, main.Family, main.FullName);
    }

    private static void KeepOnePrimary<T>(List<T> all, T? added, Func<T, bool> isPrimary, Action<T, bool> set) where T : class
    {
        if (all.Count == 0)
            return;
        var chosen = added is not null && (isPrimary(added) || all.Count == 1) ? added : all.Find(x => isPrimary(x)) ?? all[0];
        foreach (var one in all)
            set(one, ReferenceEquals(one, chosen));
    }
}
