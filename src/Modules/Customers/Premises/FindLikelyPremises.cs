using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Finding;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Premises;

/// <summary>
/// Places on record that may be the one just typed: the same address however it is written, or the same house number in a street
/// whose name differs by a typing error. Another flat of the same house is another place.
/// </summary>
internal sealed class FindLikelyPremises(AppDb db, CurrentActor actor, ISearch search) : IUse<PremiseInput, IReadOnlyList<FindLikelyPremises.Likely>>
{
    private const int Shown = 20;
    private const int Candidates = 100;

    public sealed record Likely(long Id, string Address, string Reason, int Score);

    public async Task<Outcome<IReadOnlyList<Likely>>> Handle(PremiseInput input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        var problems = new Problems();
        var (_, parts) = input.Read(problems);
        return problems.Any ? problems : Outcome<IReadOnlyList<Likely>>.Of(await Among(parts, null, ct));
    }

    public static string Message(IReadOnlyList<Likely> alike) =>
        $"Likely on record already: {string.Join("; ", alike.Take(3).Select(p => $"{p.Address} ({p.Reason})"))}. Use that premise, or say that this is another.";

    /// <param name="but">The premise that is being changed.</param>
    internal async Task<IReadOnlyList<Likely>> Among(AddressParts parts, long? but, CancellationToken ct)
    {
        var key = AddressText.MatchKey(parts) is { Length: > 0 } street ? street : SearchText.Fold(parts.OneLine);
        var same = await db.Set<Premise>().AsNoTracking().Where(p => p.MatchKey == key && p.Id != but && p.MergedIntoId == null).OrderBy(p => p.Id).Take(Shown).ToListAsync(ct);
        var near = parts.HouseNumber is null || parts.StreetName is null ? [] : await Near(parts, but, ct);
        return [.. same.Select(p => new Likely(p.Id, p.OneLine, "same address", 100))
            .Concat(near.Where(p => same.TrueForAll(s => s.Id != p.Id)).Select(p => new Likely(p.Id, p.OneLine, "nearly the same address", 60)))
            .Take(Shown)];
    }

    private async Task<IEnumerable<Premise>> Near(AddressParts parts, long? but, CancellationToken ct)
    {
        // The index of the search box corrects typing errors; the house number stands in front so that it is taken as a whole.
        var found = await search.Find($"{parts.HouseNumber} {parts.StreetName} {parts.PostalCode ?? parts.City}", null, Candidates, ct);
        var ids = found.Hits.Select(h => CustomerDetail.Read(h.Detail).PremiseId).OfType<long>().Distinct().ToArray();
        var candidates = await db.Set<Premise>().AsNoTracking().Where(p => ids.Contains(p.Id) && p.Id != but && p.MergedIntoId == null).ToListAsync(ct);
        return candidates.Where(p => IsNear(parts, p));
    }

    /// <summary>The same house number in a street whose name differs by a typing error at most, and no other flat of the house.</summary>
    internal static bool IsNear(AddressParts typed, Premise premise)
    {
        if (!string.Equals(typed.HouseNumber, premise.HouseNumber, StringComparison.OrdinalIgnoreCase) || premise.StreetName is null)
            return false;
        if (typed.Unit is not null && premise.Unit is not null && SearchText.Fold(typed.Unit) != SearchText.Fold(premise.Unit))
            return false;
        var (one, other) = (SearchText.Words(typed.StreetName), SearchText.Words(premise.StreetName));
        return one.Count == other.Count && one.Zip(other).All(w => w.First == w.Second || (w.First.Length >= Spelling.MinLength && Spelling.IsNear(w.First, w.Second)))
            && (typed.PreDirection is null || premise.PreDirection is null || SearchText.Fold(typed.PreDirection) == SearchText.Fold(premise.PreDirection));
    }
}
