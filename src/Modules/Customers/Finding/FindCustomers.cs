using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Finding;

/// <summary>One customer at one of their places, or a premise without a customer.</summary>
/// <param name="Why">Every field in which something typed was found.</param>
internal sealed record FoundCustomer(
    long? PersonId, string? Reference, string Name, bool Organization, bool LifeSupport,
    long? AccountId, string? Account, string? AccountStatus, long? PremiseId, string? Premise, IReadOnlyList<Why> Why)
{
    public string Href => PersonId is { } person ? $"/customers/{person}" : $"/premises/{PremiseId}";

    /// <summary>The text with what matched marked, or the text as it is.</summary>
    public IReadOnlyList<MarkedPart> Marked(WhyField field, string text) =>
        Why.FirstOrDefault(w => w.Field == field)?.Text ?? [new MarkedPart(text, false)];
}

/// <param name="Total">Exact unless <paramref name="More"/>: then there are more than 1,000.</param>
/// <param name="Next">Cursor of the next page.</param>
/// <param name="Records">Records of other kinds whose reference number this is.</param>
/// <param name="Instead">Words that nobody has, and those that were searched instead.</param>
internal sealed record FoundCustomers(
    IReadOnlyList<FoundCustomer> Results, int Total, bool More, string? Next, IReadOnlyList<FoundRecord> Records, IReadOnlyDictionary<string, IReadOnlyList<string>> Instead)
{
    /// <summary>A number without its letter is an account's before it is a contact's.</summary>
    internal bool CustomersFirst { get; init; }

    /// <summary>The page of the only match, when there is just one customer or record.</summary>
    public string? OnlyHref => (Results.Select(r => r.Href).Distinct().Take(2).ToArray(), Records, Next) switch
    {
        ([var only], { Count: 0 }, null) => only,
        ({ Length: 0 }, [var record], null) => record.Href,
        _ => null,
    };
}

/// <summary>Finds customers by any part of what is known of them. One look is kept for each search, with its words and whom it showed.</summary>
internal sealed class FindCustomers(ISearch search, IEnumerable<IFindByReference> rooms, ISettings settings, CustomerLooks looks, CurrentActor actor, PeopleInSight sight)
    : IUse<FindCustomers.Input, FoundCustomers>
{
    public const int MaxSize = 100;

    /// <param name="Q">What was typed.</param>
    /// <param name="After">Cursor of the page before.</param>
    /// <param name="Size">1 to 100; 25 when left out.</param>
    public sealed record Input(string? Q = null, string? After = null, int? Size = null);

    public Task<Outcome<FoundCustomers>> Handle(Input input, CancellationToken ct) => Find(input, looks.Searched, ct);

    /// <summary>For the panel below the box, which asks after each key.</summary>
    public Task<Outcome<FoundCustomers>> WhileTyping(string typed, int size, CancellationToken ct) =>
        Find(new(typed, Size: size), (text, _, shown, token) => looks.WhileTyping(text, shown, token), ct);

    private async Task<Outcome<FoundCustomers>> Find(Input input, Func<string, bool, IEnumerable<long>, CancellationToken, Task> keep, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        var typed = TypedText.OneLine(input.Q, 200);
        var found = await search.Find(typed, input.After, Math.Clamp(input.Size ?? 25, 1, MaxSize), ct);
        var records = input.After is null ? await Records(typed, ct) : [];
        var country = await settings.Get(HouseSettings.Country, ct);
        var matched = new WhyMatched(found.Query, country);
        var ownAccounts = await sight.OwnAccounts(ct);
        var details = found.Hits.Select(hit => OwnSearch.Seen(CustomerDetail.Read(hit.Detail), ownAccounts, matched)).OfType<CustomerDetail>().ToArray();
        var levels = await sight.Of([.. details.Select(d => d.PersonId).OfType<long>().Distinct()], ct);
        var hidden = await sight.Hidden(ct);
        var results = details.Where(d => d.PersonId is not { } id || levels[id] != SightLevel.Closed)
            .Select(d => Show(d, matched, d.PersonId is { } id && levels[id] == SightLevel.Masked ? hidden : MaskedValues.Nothing)).ToArray();
        if (typed.Length > 0)
        {
            var secret = results.Any(r => r.Why.Any(w => w.Field == WhyField.Identifier));
            await keep(typed, secret, details.Select(d => d.PersonId ?? d.PremiseId!.Value).Where(id => !levels.TryGetValue(id, out var level) || level != SightLevel.Closed).Concat(records.Select(r => r.Record.Id)), ct);
        }
        return new FoundCustomers(results, found.Total - await search.OwnMatches(typed, sight, ct), found.More, found.Next, records, Instead(found, details))
        {
            CustomersFirst = !typed.AsSpan().ContainsAnyInRange('A', 'Z') && !typed.AsSpan().ContainsAnyInRange('a', 'z'),
        };
    }

    // The one place through which every result goes: what someone may not see of a customer is left out or masked here.
    private static FoundCustomer Show(CustomerDetail detail, WhyMatched matched, MaskedValues hidden) => new(
        detail.PersonId, detail.Reference, detail.Name, detail.Organization, detail.LifeSupport,
        detail.AccountId, detail.Account, detail.AccountStatus, detail.PremiseId, detail.Premise, [.. matched.Of(detail).Select(w => Masked(w, hidden))]);

    private static Why Masked(Why why, MaskedValues hidden) => why.Field switch
    {
        WhyField.Phone when hidden.HasFlag(MaskedValues.Phones) => why with { Text = [new MarkedPart(Masks.Ending(string.Concat(why.Text.Select(t => t.Text))), true)] },
        WhyField.Email when hidden.HasFlag(MaskedValues.Emails) => why with { Text = [new MarkedPart(Masks.Whole, true)] },
        WhyField.Address when hidden.HasFlag(MaskedValues.Mailing) => why with { Text = [new MarkedPart(Masks.Whole, true)] },
        WhyField.Identifier when hidden.HasFlag(MaskedValues.Identifiers) => why with { Text = [new MarkedPart(Masks.Whole, true)] },
        _ => why,
    };

    /// <summary>Of the words that were searched instead only those that somebody shown has: a word may be known from one who is not to be found.</summary>
    private static IReadOnlyDictionary<string, IReadOnlyList<string>> Instead(SearchResult found, IReadOnlyList<CustomerDetail> details)
    {
        if (found.Corrections.Count == 0)
            return found.Corrections;
        var shown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in details.SelectMany(d => (string?[])[d.Name, d.Premise, .. d.OtherNames ?? [], .. d.Emails ?? [], .. d.Addresses ?? []]).OfType<string>())
        {
            shown.UnionWith(SearchText.Words(text));
            shown.UnionWith(SearchText.NameWords(text));
            shown.UnionWith(AddressText.SearchWords(text));
        }
        return found.Corrections.Select(c => (c.Key, Words: (IReadOnlyList<string>)[.. c.Value.Where(shown.Contains)]))
            .Where(c => c.Words.Count > 0).ToDictionary(c => c.Key, c => c.Words, StringComparer.Ordinal);
    }

    private async Task<IReadOnlyList<FoundRecord>> Records(string typed, CancellationToken ct)
    {
        if (!ReferenceNumber.TryParse(typed, out var sequence))
            return [];
        var letters = new string([.. typed.TakeWhile(c => !char.IsDigit(c)).Where(char.IsLetter)]).ToUpperInvariant();
        var records = new List<FoundRecord>();
        foreach (var room in rooms)
        {
            if (await room.Find(letters, sequence, ct) is { } record)
                records.Add(record);
        }
        return records;
    }
}

/// <summary>The exact number of matches, however many.</summary>
internal sealed class CountCustomers(ISearch search, CurrentActor actor, PeopleInSight sight) : IUse<CountCustomers.Input, CountCustomers.Counted>
{
    public sealed record Input(string? Q = null);

    public sealed record Counted(long Total);

    public async Task<Outcome<Counted>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        var typed = TypedText.OneLine(input.Q, 200);
        return new Counted(await search.Count(typed, ct) - await search.OwnMatches(typed, sight, ct));
    }
}

internal static class OwnSearch
{
    /// <summary>
    /// Matches that are the employee's own or a relative's record, or are found by the number of their account only: a number that counts them would tell whether what was typed is theirs. Few employees have
    /// such records, and the others pay nothing for it. Counted among the first thousand; beyond that no number tells anything of one.
    /// </summary>
    public static async Task<int> OwnMatches(this ISearch search, string typed, PeopleInSight sight, CancellationToken ct)
    {
        var own = await sight.Own(ct);
        if (own.Count == 0)
            return 0;
        var accounts = await sight.OwnAccounts(ct);
        var found = await search.Find(typed, null, ISearch.Cap, ct);
        var matched = new WhyMatched(found.Query, "");
        return found.Hits.Select(h => CustomerDetail.Read(h.Detail)).Count(d => (d.PersonId is { } id && own.Contains(id)) || Seen(d, accounts, matched) is null);
    }

    /// <summary>Without an account that is the employee's own or a relative's.</summary>
    /// <returns>Null when it was found by that account's number and by nothing else.</returns>
    public static CustomerDetail? Seen(CustomerDetail detail, IReadOnlySet<long> ownAccounts, WhyMatched matched) =>
        detail.AccountId is not { } account || !ownAccounts.Contains(account) ? detail
        : detail.WithoutAccount() is var open && matched.Explains(open) ? open : null;
}
