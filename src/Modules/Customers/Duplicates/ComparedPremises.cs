using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;

namespace Tieline.Customers.Duplicates;

/// <summary>Compares premises: the same address however it is written, or the same house number in a street whose name differs by a typing error.</summary>
internal sealed class ComparedPremises(AppDb db) : ICompared
{
    // A street name is compared with those that begin alike or with the same second letter: a typing error is in one of the two at most.
    public string Count => "select count(*) from premise where id > @after and id <= @upTo and merged_into_id is null";

    // What is asked of the others stands in ix_premise_house, side by side: in a large town a house number has many streets, and none of their rows is read.
    public string Candidates => """
        select pair.a, pair.b from (
            select x.id as a, y.id as b from premise y join premise x on x.match_key = y.match_key and x.id < y.id
            where y.id > @after and y.id <= @upTo
            union
            select x.id, y.id from premise y join premise x on x.house_number = y.house_number and x.postal_code = y.postal_code and x.id < y.id
                and (substr(x.street_name, 1, 2) = substr(y.street_name, 1, 2) or substr(x.street_name, 3, 3) = substr(y.street_name, 3, 3))
                and abs(length(x.street_name) - length(y.street_name)) <= 1 and coalesce(x.unit, '') = coalesce(y.unit, '')
            where y.id > @after and y.id <= @upTo and y.house_number is not null and y.street_name is not null) pair
        join premise a on a.id = pair.a and a.merged_into_id is null
        join premise b on b.id = pair.b and b.merged_into_id is null and b.kind = a.kind
        order by pair.b, pair.a
        """;

    public async Task<IReadOnlyList<Suspected>> Compare(IReadOnlyCollection<(long A, long B)> pairs, CancellationToken ct)
    {
        var ids = pairs.SelectMany(p => new[] { p.A, p.B }).Distinct().ToArray();
        var places = await db.Set<Premise>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
        var found = new List<Suspected>();
        foreach (var (a, b) in pairs)
        {
            var (one, other) = (places[a], places[b]);
            var facts = DuplicateFinder.Digest(one.MatchKey, other.MatchKey);
            if (one.MatchKey == other.MatchKey)
                found.Add(new Suspected(a, b, 100, "same address", facts));
            else if (FindLikelyPremises.IsNear(one.Parts, other))
                found.Add(new Suspected(a, b, 60, "nearly the same address", facts));
        }
        return found;
    }
}
