using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;
using Tieline.Platform.Search;

namespace Tieline.Customers.Duplicates;

/// <summary>Compares people by the rules by which a new one is compared: see <see cref="Likeness"/>.</summary>
internal sealed class ComparedPeople(AppDb db) : ICompared
{
    /// <summary>A phone number of the office, a park where hundreds live: what more share than this says nothing.</summary>
    private const int MostShare = 20;

    // Agreements, of which a place has several for each who lived there.
    private const int MostAtPlace = 80;

    public string Count => "select count(*) from person where id > @after and id <= @upTo and merged_into_id is null";

    public string Candidates => $"""
        select pair.a, pair.b from (
            select x.person_id as a, y.person_id as b from person_phone y join person_phone x on x.e164 = y.e164 and x.person_id < y.person_id
            where y.person_id > @after and y.person_id <= @upTo and {Few("person_phone", "e164", "y.e164", MostShare)}
            union
            select x.person_id, y.person_id from person_email y join person_email x on x.address_key = y.address_key and x.person_id < y.person_id
            where y.person_id > @after and y.person_id <= @upTo and {Few("person_email", "address_key", "y.address_key", MostShare)}
            union
            select x.person_id, y.person_id from person_identifier y join person_identifier x on x.kind = y.kind and x.hash = y.hash and x.person_id < y.person_id
            where y.person_id > @after and y.person_id <= @upTo
            union
            select x.id, y.id from person y join person x on x.sort_name = y.sort_name and x.born_on = y.born_on and x.id < y.id
            where y.id > @after and y.id <= @upTo and y.born_on is not null
            union
            select x.id, y.id from (
                select distinct home.person_id, s.account_id from (
                    select distinct ap.person_id, s.premise_id from account_person ap join service_agreement s on s.account_id = ap.account_id
                    where ap.person_id > @after and ap.person_id <= @upTo) home
                join premise here on here.id = home.premise_id and {Few("service_agreement", "premise_id", "home.premise_id", MostAtPlace)}
                join premise there on there.match_key = here.match_key
                join service_agreement s on s.premise_id = there.id) supplied
            join account_person ap on ap.account_id = supplied.account_id and ap.person_id < supplied.person_id
            join person y on y.id = supplied.person_id
            join person x on x.id = ap.person_id and substr(x.sort_name, 1, 1) = substr(y.sort_name, 1, 1)) pair
        join person a on a.id = pair.a and a.merged_into_id is null
        join person b on b.id = pair.b and b.merged_into_id is null and b.kind = a.kind
        order by pair.b, pair.a
        """;

    // Counts no further than it must: ten thousand who share a number would each count ten thousand.
    private static string Few(string table, string column, string value, int most) =>
        $"(select count(*) from (select 1 from {table} c where c.{column} = {value} limit {most + 1}) shared) <= {most}";

    public async Task<IReadOnlyList<Suspected>> Compare(IReadOnlyCollection<(long A, long B)> pairs, CancellationToken ct)
    {
        var called = await ReadNames([.. pairs.SelectMany(p => new[] { p.A, p.B }).Distinct()], ct);
        // In a large town most who share a phone or a place are strangers: what else is known of them is not read.
        var named = pairs.Where(p => (Compare(called[p.A], called[p.B]) & Likeness.NeededOfTwo) != 0).ToArray();
        var facts = await Read([.. named.SelectMany(p => new[] { p.A, p.B }).Distinct()], called, ct);
        var found = new List<Suspected>();
        foreach (var (a, b) in named)
        {
            if (Compare(facts[a], facts[b]) is var alike && Likeness.SuggestsOfTwo(alike) && Likeness.Score(alike) > 0)
                found.Add(new Suspected(a, b, Likeness.Score(alike), Likeness.Reasons(alike), DuplicateFinder.Digest(facts[a].ToString(), facts[b].ToString())));
        }
        return found;
    }

    private static Alike Compare(Called one, Called other) =>
        Likeness.Names(one.Sorts.Overlaps(other.Sorts), one.Names.Any(n => other.Names.Any(m => Likeness.IsNear(n, m)))) | (one.Numbers.Overlaps(other.Numbers) ? Alike.Number : 0);

    private static Alike Compare(Facts one, Facts other) =>
        Compare(one.Called, other.Called) | (one.Phones.Overlaps(other.Phones) ? Alike.Phone : 0) | (one.Emails.Overlaps(other.Emails) ? Alike.Email : 0)
        | (one.Places.Overlaps(other.Places) ? Alike.Place : 0)
        | (one.BornOn is { } born && other.BornOn is { } birthday ? born == birthday ? Alike.Born : Alike.OtherBirthday : 0);

    private async Task<Dictionary<long, Called>> ReadNames(long[] ids, CancellationToken ct)
    {
        var names = (await db.Set<PersonName>().Where(n => ids.Contains(n.PersonId)).Select(n => new { n.PersonId, n.Given, n.Family, n.FullName }).ToListAsync(ct)).ToLookup(n => n.PersonId);
        var numbers = (await db.Set<PersonIdentifier>().Where(i => ids.Contains(i.PersonId)).Select(i => new { i.PersonId, i.Kind, i.Hash }).ToListAsync(ct)).ToLookup(i => i.PersonId, i => $"{i.Kind} {i.Hash}");
        return ids.ToDictionary(id => id, id => new Called(
            [.. names[id].Select(n => PersonNameText.Sort(n.Given, n.Family, n.FullName)).Where(s => s.Length > 0)], [.. names[id].Select(n => SearchText.Words(n.FullName))], [.. numbers[id]]));
    }

    private async Task<Dictionary<long, Facts>> Read(long[] ids, Dictionary<long, Called> called, CancellationToken ct)
    {
        if (ids.Length == 0)
            return [];
        var people = await db.Set<Person>().Where(p => ids.Contains(p.Id)).Select(p => new { p.Id, p.BornOn }).ToListAsync(ct);
        var phones = (await db.Set<PersonPhone>().Where(p => ids.Contains(p.PersonId)).Select(p => new { p.PersonId, p.E164 }).ToListAsync(ct)).ToLookup(p => p.PersonId, p => p.E164);
        var emails = (await db.Set<PersonEmail>().Where(e => ids.Contains(e.PersonId)).Select(e => new { e.PersonId, e.AddressKey }).ToListAsync(ct)).ToLookup(e => e.PersonId, e => e.AddressKey);
        var mail = (await db.Set<PersonAddress>().Where(a => ids.Contains(a.PersonId)).Select(a => new { a.PersonId, a.OneLine }).ToListAsync(ct)).ToLookup(a => a.PersonId, a => a.OneLine);
        var places = (await (from ap in db.Set<AccountPerson>()
                             join s in db.Set<ServiceAgreement>() on ap.AccountId equals s.AccountId
                             join p in db.Set<Premise>() on s.PremiseId equals p.Id
                             where ids.Contains(ap.PersonId)
                             select new { ap.PersonId, p.MatchKey }).Distinct().ToListAsync(ct)).ToLookup(x => x.PersonId, x => x.MatchKey);
        return people.ToDictionary(p => p.Id, p => new Facts(
            p.BornOn, called[p.Id], [.. phones[p.Id]], [.. emails[p.Id]],
            [.. places[p.Id], .. mail[p.Id].Select(l => AddressText.MatchKey(AddressText.Parse(l))).Where(k => k.Length > 0)]));
    }

    private sealed record Called(SortedSet<string> Sorts, IReadOnlyList<IReadOnlyList<string>> Names, SortedSet<string> Numbers);

    private sealed record Facts(DateOnly? BornOn, Called Called, SortedSet<string> Phones, SortedSet<string> Emails, SortedSet<string> Places)
    {
        public override string ToString() => string.Join('|', [
            BornOn?.ToString("O", System.Globalization.CultureInfo.InvariantCulture), .. Called.Names.Select(n => string.Join(' ', n)).Order(StringComparer.Ordinal),
            "p", .. Phones, "e", .. Emails, "n", .. Called.Numbers, "a", .. Places]);
    }
}
