using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Finding;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;
using Tieline.Platform.Import;
using Tieline.Platform.Search;

namespace Tieline.Customers.Import;

/// <summary>Organisations and places that other rooms' imports name: found again, or added.</summary>
internal sealed class KnownPlaces(AppDb db, CustomerIndex index)
{
    public async Task<IReadOnlyDictionary<string, long>> Organizations(string source, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        var keys = names.ToDictionary(n => n, SearchText.Fold, StringComparer.OrdinalIgnoreCase);
        var wanted = keys.Values.Distinct(StringComparer.Ordinal).ToArray();
        var known = await db.OfSource<Person>(source, wanted).ToDictionaryAsync(p => p.ExternalKey!, p => p.Id, StringComparer.Ordinal, ct);
        await Settle("person", known, ct);
        foreach (var (name, key) in keys)
        {
            if (known.ContainsKey(key))
                continue;
            var id = db.NextId();
            var main = new PersonName(db.NextId(), id, NameKind.Main, null, null, name, null);
            var reference = ReferenceNumber.Format(await db.NextNumber("person", ct), "P");
            db.Add(Person.Imported(id, reference, PersonKind.Organization, main, db.Now, source, key));
            index.PersonChanges(id);
            known[key] = id;
        }
        return keys.ToDictionary(k => k.Key, k => known[k.Value], StringComparer.OrdinalIgnoreCase);
    }

    public async Task<IReadOnlyDictionary<string, long>> Places(string source, IReadOnlyCollection<string> lines, CancellationToken ct)
    {
        var places = lines.ToDictionary(l => l, l => Place(source, l), StringComparer.OrdinalIgnoreCase);
        var wanted = places.Values.Select(p => p.MatchKey).Distinct(StringComparer.Ordinal).ToArray();
        var known = (await db.Set<Premise>().Where(p => wanted.Contains(p.MatchKey)).Select(p => new { p.MatchKey, p.Id }).ToListAsync(ct))
            .GroupBy(p => p.MatchKey, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Min(p => p.Id), StringComparer.Ordinal);
        await Settle("premise", known, ct);
        var added = new List<long>();
        foreach (var place in places.Values)
        {
            if (!known.TryAdd(place.MatchKey, place.Id))
                continue;
            db.Add(place);
            added.Add(place.Id);
        }
        if (added.Count > 0)
            db.BeforeCommit($"find places {added[0]}", ct => index.Rewrite([], added, ct));
        return places.ToDictionary(p => p.Key, p => known[p.Value.MatchKey], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Who and what was merged is the survivor, and none of them is merged before the end of the transaction.</summary>
    private async Task Settle(string table, Dictionary<string, long> known, CancellationToken ct)
    {
        var survivors = await db.SharedAll(table, [.. known.Values], ct);
        foreach (var (key, id) in known.ToArray())
            known[key] = survivors[id];
    }

    private Premise Place(string source, string line)
    {
        var parts = AddressText.Parse(line);
        var kind = parts.HouseNumber is null || parts.IsIntersection ? PremiseKind.Location : PremiseKind.Address;
        return new Premise(db.NextId(), kind, parts, parts.StreetName is null ? line : null, source);
    }
}
