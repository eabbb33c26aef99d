using Tieline.Customers.Sight;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Finding;

/// <summary>What type-aheads offer: found as in the search box, one entry for each person or premise.</summary>
internal sealed class CustomerChoices(ISearch search, CustomerLooks looks, CurrentActor actor, PeopleInSight sight)
{
    private const int Shown = 12;

    /// <param name="More">Matches that are not among the choices.</param>
    public sealed record Found(IReadOnlyList<CustomerDetail> Choices, int More, bool Capped)
    {
        public static readonly Found Nothing = new([], 0, false);
    }

    public Task<Found> People(string? typed, CancellationToken ct) => Of(typed, d => d.PersonId, ct);

    public Task<Found> Premises(string? typed, CancellationToken ct) => Of(typed, d => d.PremiseId, ct);

    private async Task<Found> Of(string? typed, Func<CustomerDetail, long?> key, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        var text = TypedText.OneLine(typed, 200);
        if (text.Length == 0)
            return Found.Nothing;
        var result = await search.Find(text, null, 40, ct);
        var own = await sight.Own(ct);
        var (accounts, matched) = (await sight.OwnAccounts(ct), new WhyMatched(result.Query, ""));
        var read = result.Hits.Select(h => CustomerDetail.Read(h.Detail)).Select(d => d.PersonId is { } id && own.Contains(id) ? null : OwnSearch.Seen(d, accounts, matched)).ToArray();
        var hits = read.OfType<CustomerDetail>().Where(d => key(d) is not null).ToArray();
        var shown = hits.DistinctBy(key).Take(Shown).ToArray();
        if (shown.Length > 0)
            await looks.WhileTyping(text, shown.Select(d => key(d)!.Value), ct);
        // Of what lies behind the hits that were read nobody knows whom it concerns.
        var ownBehind = await search.OwnMatches(text, sight, ct) - read.Count(d => d is null);
        var behind = Math.Max(result.Total - result.Hits.Count - ownBehind, 0);
        return new Found(shown, hits.DistinctBy(key).Count() - shown.Length + behind, result.More);
    }
}
