using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Tieline.Platform.Data;

namespace Tieline.Platform.Search;

/// <param name="Total">Exact up to <see cref="ISearch.Cap"/>; one above it means "more than".</param>
/// <param name="Next">Cursor of the next page.</param>
/// <param name="Corrections">What was searched instead of words that are not known, e.g. "smoth" to "smith".</param>
public sealed record SearchResult(
    IReadOnlyList<SearchHit> Hits, int Total, string? Next, SearchQuery Query, IReadOnlyDictionary<string, IReadOnlyList<string>> Corrections)
{
    public bool More => Total > ISearch.Cap;
}

/// <summary>A room that can tell under which keyed hashes a typed number may be kept as an identifier.</summary>
public interface ISecretNumbers
{
    IEnumerable<string> HashesOf(string typed);
}

/// <summary>One box over everything that rooms have put into the index.</summary>
public interface ISearch
{
    /// <summary>The total is exact up to here.</summary>
    const int Cap = 1_000;

    Task<SearchResult> Find(string typed, string? cursor, int size, CancellationToken ct);

    /// <summary>The exact number of matches, however many.</summary>
    Task<long> Count(string typed, CancellationToken ct);

    /// <summary>Rewrites the owners' rows, in the running transaction.</summary>
    Task Replace(IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct);

    Task Load(IEnumerable<SearchRow> rows, CancellationToken ct);
}

internal sealed class SearchIndex(AppDb db, IEnumerable<ISecretNumbers> secrets) : ISearch
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> NoCorrections = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    public async Task<SearchResult> Find(string typed, string? cursor, int size, CancellationToken ct)
    {
        var query = Parse(typed);
        if (query.IsEmpty)
            return new SearchResult([], 0, null, query, NoCorrections);
        var (connection, _) = await db.Sql(ct);
        var leading = query.Terms[0].Typed;
        var (after, corrected) = Decode(cursor);
        var corrections = NoCorrections;
        if (!corrected)
        {
            var page = await db.Dialect.Search.Find(connection, query, leading, after, size, ISearch.Cap, ct);
            if (page.Count > 0 || after is not null)
                return Result(page, query, leading, corrections);
        }
        (query, corrections) = await Correct(connection, query, ct);
        if (corrections.Count == 0)
            return new SearchResult([], 0, null, query, NoCorrections);
        return Result(await db.Dialect.Search.Find(connection, query, leading, after, size, ISearch.Cap, ct), query, leading, corrections);
    }

    public async Task<long> Count(string typed, CancellationToken ct)
    {
        var query = Parse(typed);
        if (query.IsEmpty)
            return 0;
        var (connection, _) = await db.Sql(ct);
        var count = await db.Dialect.Search.Count(connection, query, ct);
        if (count > 0)
            return count;
        (query, var corrections) = await Correct(connection, query, ct);
        return corrections.Count == 0 ? 0 : await db.Dialect.Search.Count(connection, query, ct);
    }

    public async Task Replace(IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        await db.Dialect.Search.Replace(connection, transaction, owners, rows, ct);
    }

    public async Task Load(IEnumerable<SearchRow> rows, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        await db.Dialect.Search.Load(connection, transaction, rows, ct);
    }

    private SearchQuery Parse(string typed) => SearchKeys.Parse(typed, number => secrets.SelectMany(s => s.HashesOf(number)));

    /// <summary>Adds to each word the known words that are one typing error away.</summary>
    private async Task<(SearchQuery, IReadOnlyDictionary<string, IReadOnlyList<string>>)> Correct(System.Data.Common.DbConnection connection, SearchQuery query, CancellationToken ct)
    {
        var words = query.Terms.Select(t => t.Typed).Where(SearchKeys.IsWord).ToArray();
        if (words.Length == 0)
            return (query, NoCorrections);
        var known = await db.Dialect.Search.Words(connection, words.SelectMany(Spelling.Variants).Distinct(StringComparer.Ordinal).ToArray(), ct);
        var corrections = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var near = known.Where(k => k != word && Spelling.IsNear(word, k)).Take(20).ToArray();
            if (near.Length > 0)
                corrections[word] = near;
        }
        var terms = query.Terms.Select(t => corrections.TryGetValue(t.Typed, out var near) ? t with { Alternatives = [.. t.Alternatives, .. near] } : t);
        return (new SearchQuery([.. terms]), corrections);
    }

    private static SearchResult Result(SearchPage page, SearchQuery query, string leading, IReadOnlyDictionary<string, IReadOnlyList<string>> corrections)
    {
        var next = page.More ? Encode(page.Hits[^1], leading, corrections.Count > 0) : null;
        return new SearchResult(page.Hits, page.Count, next, query, corrections);
    }

    private static string Encode(SearchHit last, string leading, bool corrected)
    {
        var leads = string.CompareOrdinal(last.Sort, leading) >= 0 && string.CompareOrdinal(last.Sort, leading + "\U0010FFFF") < 0;
        return WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes($"{(leads ? 1 : 0)}{(corrected ? 1 : 0)}{last.Id}|{last.Sort}"));
    }

    private static (SearchCursor? After, bool Corrected) Decode(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
            return (null, false);
        try
        {
            var text = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(cursor));
            var bar = text.IndexOf('|', StringComparison.Ordinal);
            return (new SearchCursor(text[0] == '1', text[(bar + 1)..], long.Parse(text.AsSpan(2, bar - 2), CultureInfo.InvariantCulture)), text[1] == '1');
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException)
        {
            // A cursor that someone shortened or made up: start over.
            return (null, false);
        }
    }
}
