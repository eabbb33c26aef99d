using Tieline.Customers.Callers;
using Tieline.Customers.Finding;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>
/// Adds a person or organisation. Someone who looks like a person on record is refused with <see cref="LikelyRule"/> until
/// whoever types says that it is somebody else.
/// </summary>
internal sealed class AddPerson(
    AppDb db, CurrentActor actor, FindLikelyPeople likely, CustomerIndex index, ITimeline timeline, IEvents events, ISettings settings, IUtilityClock clock, IProtectedValues values, PeopleInSight sight, CallOfEmployee calls, KnownCallers callers)
    : IUse<AddPerson.Input, AddPerson.Added>
{
    public const string LikelyRule = "person.likely_duplicates";
    private const int MaxParts = 20;

    /// <param name="FullName">Of an organisation; an individual may come with it instead of <paramref name="Given"/> and <paramref name="Family"/>.</param>
    /// <param name="Language">ISO 639-1; English when left out.</param>
    /// <param name="ConfirmedNew">Those who look alike were seen, and this is somebody else.</param>
    public sealed record Input(
        PersonKind? Kind, string? Given = null, string? Family = null, string? FullName = null, IReadOnlyList<NameInput>? Names = null,
        IReadOnlyList<PhoneInput>? Phones = null, IReadOnlyList<EmailInput>? Emails = null, IReadOnlyList<AddressInput>? Addresses = null,
        IReadOnlyList<IdentifierInput>? Identifiers = null, DateOnly? BornOn = null, string? Language = null,
        bool Interpreter = false, bool Relay = false, bool LargePrint = false, bool NeedsTime = false, PreferredChannel? PreferredChannel = null,
        bool LifeSupport = false, bool SensitiveLoad = false, bool ConfirmedNew = false)
    {
        public FindLikelyPeople.Input Likeness => new(Kind, Given, Family, FullName, Phones, Emails, Addresses, Identifiers);
    }

    public sealed record Added(long Id, string Reference, int Version);

    public Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        return db.InTransaction(() => Add(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Added>> Add(Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var id = db.NextId();
        var country = await settings.Get(HouseSettings.Country, ct);
        var today = await clock.Today(ct);
        var kind = problems.Choice(nameof(Input.Kind), "Kind", input.Kind);
        var main = problems.Name("", kind, input.Given, input.Family, input.FullName);
        var names = Parts(problems, nameof(Input.Names), input.Names, (n, at) => n.Make(problems, at, kind, db, id));
        var phones = Parts(problems, nameof(Input.Phones), input.Phones, (p, at) => p.Make(problems, at, country, db, id));
        var emails = Parts(problems, nameof(Input.Emails), input.Emails, (e, at) => e.Make(problems, at, db, id));
        var addresses = Parts(problems, nameof(Input.Addresses), input.Addresses, (a, at) => a.Make(problems, at, db, id));
        var identifiers = Parts(problems, nameof(Input.Identifiers), input.Identifiers, (i, at) => i.Make(problems, at, values, db, id));
        problems.NotAfter(nameof(Input.BornOn), input.BornOn, today);
        var language = problems.Language(nameof(Input.Language), input.Language);
        var channel = problems.Choice(nameof(Input.PreferredChannel), "Preferred way", (PreferredChannel?)(input.PreferredChannel ?? PreferredChannel.None));
        Once(problems, nameof(Input.Phones), nameof(PhoneInput.Number), phones, p => (p.E164, p.Extension));
        Once(problems, nameof(Input.Emails), nameof(EmailInput.Address), emails, e => e.AddressKey);
        Once(problems, nameof(Input.Identifiers), nameof(IdentifierInput.Number), identifiers, i => (i.Kind, i.Hash));
        if (problems.Any)
            return problems;
        if (!input.ConfirmedNew && (await likely.Among(input.Likeness, ct)) is { Count: > 0 } alike)
            return new Problem(null, $"Likely on record already: {string.Join("; ", alike.Take(3).Select(p => $"{p.Name} ({p.Reference}, {p.Reason})"))}. Open that record, or say that this is somebody else.", LikelyRule);

        var person = new Person(
            id, ReferenceNumber.Format(await db.NextNumber("person", ct), "P"), kind,
            new PersonName(db.NextId(), id, NameKind.Main, main.Given, main.Family, main.Full, null), db.Now);
        person.Describe(input.BornOn, language, input.Interpreter, input.Relay, input.LargePrint, input.NeedsTime, channel);
        person.Flag(input.LifeSupport, input.SensitiveLoad);
        names.ForEach(n => person.AddName(n, today));
        phones.ForEach(person.AddPhone);
        emails.ForEach(person.AddEmail);
        addresses.ForEach(person.AddAddress);
        identifiers.ForEach(person.AddIdentifier);
        db.Add(person);
        // Whoever typed it in just now needs no mask before it, in this call.
        if (sight.Me is { } me)
        {
            var call = await calls.Current(ct) is { } current && await calls.IsMine(current, ct) ? current : (RecordRef?)null;
            db.Add(new Caller(db.NextId(), me, call, id, null, null, null, CallerCapacity.Customer, false, false, CallerWay.None, "adding the customer just now", db.Now, await callers.Until(call, ct)));
        }
        index.PersonChanges(id);
        timeline.Tell(new RecordRef("person", id), "person", db.Now, kind == PersonKind.Organization ? "Organisation added" : "Person added", person.DisplayName, false, id, null, null);
        await events.Publish(new PersonAdded(id), ct, new RecordRef("person", id));
        await db.SaveChangesAsync(ct);
        return new Added(id, person.Reference, person.Version);
    }

    private static List<TPart> Parts<TInput, TPart>(Problems problems, string field, IReadOnlyList<TInput>? typed, Func<TInput, string, TPart?> make)
        where TPart : class
    {
        if (typed is not null && typed.Count > MaxParts)
            problems.Add(field, $"There can be at most {MaxParts} here.", "too_many");
        var parts = new List<TPart>();
        for (var i = 0; i < Math.Min(typed?.Count ?? 0, MaxParts); i++)
        {
            if (typed![i] is null)
                problems.Add($"{field}[{i}]", "This entry is empty.", "required");
            else if (make(typed[i], $"{field}[{i}].") is { } part)
                parts.Add(part);
        }
        return parts;
    }

    private static void Once<TPart, TKey>(Problems problems, string list, string field, List<TPart> parts, Func<TPart, TKey> key)
    {
        for (var i = 1; i < parts.Count; i++)
        {
            if (parts.Take(i).Any(p => EqualityComparer<TKey>.Default.Equals(key(p), key(parts[i]))))
                problems.Add($"{list}[{i}].{field}", "This is here twice.", "twice");
        }
    }
}
