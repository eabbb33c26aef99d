using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Finding;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>
/// People on record who may be the one just typed: the same name; a name that differs by typing errors or initials with the same
/// phone, e-mail or address; the same secret number. Best first. What cannot be read is left out of the comparison.
/// </summary>
internal sealed class FindLikelyPeople(AppDb db, CurrentActor actor, IAuditTrail audit, ISettings settings, ISearch search, IProtectedValues values, PeopleInSight sight)
    : IUse<FindLikelyPeople.Input, IReadOnlyList<FindLikelyPeople.Likely>>
{
    private const int Shown = 20;
    private const int Candidates = 200;

    public sealed record Input(
        PersonKind? Kind, string? Given = null, string? Family = null, string? FullName = null, IReadOnlyList<PhoneInput>? Phones = null,
        IReadOnlyList<EmailInput>? Emails = null, IReadOnlyList<AddressInput>? Addresses = null, IReadOnlyList<IdentifierInput>? Identifiers = null);

    /// <param name="Reason">Readable: "same name, same phone".</param>
    /// <param name="Score">0 to 100.</param>
    /// <param name="Address">A premise of theirs, to tell them apart.</param>
    public sealed record Likely(long Id, string Reference, string Name, string Reason, int Score, string? Address, DateOnly? BornOn);

    public async Task<Outcome<IReadOnlyList<Likely>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        return Outcome<IReadOnlyList<Likely>>.Of(await Among(input, ct));
    }

    internal async Task<IReadOnlyList<Likely>> Among(Input input, CancellationToken ct)
    {
        var typed = await Read(input, ct);
        var byName = await db.Set<Person>().Where(p => p.SortName == typed.Sort && typed.Sort != "").OrderBy(p => p.Id).Select(p => p.Id).Take(Candidates).ToListAsync(ct);
        var byPhone = await Ids(typed.Phones, db.Set<PersonPhone>().Where(p => typed.Phones.Contains(p.E164)).Select(p => p.PersonId), ct);
        var byEmail = await Ids(typed.Emails, db.Set<PersonEmail>().Where(e => typed.Emails.Contains(e.AddressKey)).Select(e => e.PersonId), ct);
        var byNumber = await Ids(typed.Hashes, db.Set<PersonIdentifier>().Where(i => typed.Hashes.Contains(i.Hash)).Select(i => i.PersonId), ct);
        var byPlace = await Ids(
            typed.Places,
            from p in db.Set<Premise>()
            join s in db.Set<ServiceAgreement>() on p.Id equals s.PremiseId
            join ap in db.Set<AccountPerson>() on s.AccountId equals ap.AccountId
            where typed.Places.Contains(p.MatchKey)
            select ap.PersonId, ct);
        long[] ids = [.. byNumber, .. byPhone, .. byEmail, .. byPlace, .. await ByMail(input, ct), .. byName];
        ids = [.. ids.Distinct()];
        if (ids.Length == 0)
            return [];
        // Whoever is closed must not be guessed by typing what one knows of them.
        var levels = await sight.Of(ids, ct);
        ids = [.. ids.Where(id => levels[id] != SightLevel.Closed)];
        var people = await db.Set<Person>().AsNoTracking().AsSplitQuery().Where(p => ids.Contains(p.Id) && p.MergedIntoId == null).Include(p => p.Names).Include(p => p.Addresses).ToListAsync(ct);
        var likely = people.Select(p => Compare(
                typed, p, byNumber.Contains(p.Id), byPhone.Contains(p.Id), byEmail.Contains(p.Id),
                byPlace.Contains(p.Id) || p.Addresses.Any(a => typed.Places.Contains(AddressText.MatchKey(AddressText.Parse(a.OneLine))))))
            .OfType<Likely>().OrderByDescending(p => p.Score).ThenBy(p => p.Id).Take(Shown).ToArray();
        if (likely.Length == 0)
            return [];
        await audit.Looked(new RecordRef("search", 0), ct, $"likely people: {typed.Name.Full}", likely.Select(p => p.Id));
        var hidden = await sight.Hidden(ct);
        return [.. (await WithAddresses([.. likely.Select(p => levels[p.Id] == SightLevel.Masked ? Masked(p, hidden) : p)], ct))];
    }

    private static Likely Masked(Likely person, MaskedValues hidden) => person with
    {
        Address = hidden.HasFlag(MaskedValues.Mailing) && person.Address is not null ? Masks.Whole : person.Address,
        BornOn = hidden.HasFlag(MaskedValues.Born) ? null : person.BornOn,
    };

    private async Task<Typed> Read(Input input, CancellationToken ct)
    {
        var country = await settings.Get(HouseSettings.Country, ct);
        var kind = input.Kind ?? PersonKind.Individual;
        var name = new Problems().Name("", kind, input.Given, input.Family, input.FullName);
        return new Typed(
            name, PersonNameText.Sort(name.Given, name.Family, name.Full), SearchText.Words(name.Full),
            [.. (input.Phones ?? []).Where(p => p is not null).Select(p => PhoneNumber.TryParse(p.Number, country, out var n, out _) ? n.E164 : null).OfType<string>()],
            [.. (input.Emails ?? []).Where(e => e is not null).Select(e => EmailText.TryRead(e.Address, out var a, out _) ? SearchKeys.OfEmail(a) : null).OfType<string>()],
            [.. (input.Identifiers ?? []).Where(i => i is not null).Select(i => IdentifierText.Normalise(i.Number)).Where(n => n.Length >= 4).Select(n => values.Hash(IdentifierText.Purpose, n))],
            [.. (input.Addresses ?? []).Where(a => a is not null).Select(a => AddressText.MatchKey(AddressText.Parse(a.Line))).Where(k => k.Length > 0)]);
    }

    /// <summary>Mailing addresses have no key of their own: the index of the search box finds them by their words.</summary>
    private async Task<IEnumerable<long>> ByMail(Input input, CancellationToken ct)
    {
        var people = new List<long>();
        foreach (var parts in (input.Addresses ?? []).Where(a => a is not null).Take(5).Select(a => AddressText.Parse(a.Line)).Where(p => p.StreetName is not null))
            people.AddRange((await search.Find($"{parts.StreetLine} {parts.PostalCode ?? parts.City}", null, Candidates, ct)).Hits.Where(h => h.Kind == CustomerRows.PersonKind).Select(h => h.OwnerId));
        return people;
    }

    private static async Task<HashSet<long>> Ids(string[] keys, IQueryable<long> found, CancellationToken ct) =>
        keys.Length == 0 ? [] : [.. await found.Distinct().Take(Candidates).ToListAsync(ct)];

    private static Likely? Compare(Typed typed, Person person, bool number, bool phone, bool email, bool place)
    {
        var same = typed.Sort.Length > 0 && (person.SortName == typed.Sort || person.Names.Any(n => PersonNameText.Sort(n.Given, n.Family, n.FullName) == typed.Sort));
        var alike = Likeness.Names(same, person.Names.Any(n => Likeness.IsNear(typed.Words, SearchText.Words(n.FullName))))
            | (number ? Alike.Number : 0) | (phone ? Alike.Phone : 0) | (email ? Alike.Email : 0) | (place ? Alike.Place : 0);
        if (!Likeness.Suggests(alike))
            return null;
        return new Likely(person.Id, person.Reference, person.DisplayName, Likeness.Reasons(alike), Likeness.Score(alike), person.Addresses.FirstOrDefault()?.OneLine, person.BornOn);
    }

    private async Task<IReadOnlyList<Likely>> WithAddresses(Likely[] likely, CancellationToken ct)
    {
        var ids = likely.Select(p => p.Id).ToArray();
        var places = await (from ap in db.Set<AccountPerson>()
                            join s in db.Set<ServiceAgreement>() on ap.AccountId equals s.AccountId
                            join p in db.Set<Premise>() on s.PremiseId equals p.Id
                            where ids.Contains(ap.PersonId)
                            orderby s.Id descending
                            select new { ap.PersonId, p.OneLine }).Take(Candidates).ToListAsync(ct);
        return [.. likely.Select(p => p with { Address = places.Find(x => x.PersonId == p.Id)?.OneLine ?? p.Address })];
    }

    private sealed record Typed(TypedName Name, string Sort, IReadOnlyList<string> Words, string[] Phones, string[] Emails, string[] Hashes, string[] Places);
}
