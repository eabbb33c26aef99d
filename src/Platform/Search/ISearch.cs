using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

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

    /// <summary>The rows that the owners have now: a row that stays keeps its id, so that nobody who pages sees it twice.</summary>
    Task<IReadOnlyList<SearchHit>> RowsOf(IReadOnlyCollection<long> owners, CancellationToken ct);

    /// <summary>Rewrites the owners' rows, in the running transaction.</summary>
    Task Replace(IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct);

    Task Load(IEnumerable<SearchRow> rows, CancellationToken ct);

    /// <summary>Where the index holds something else than the rows that the owners should have: by owner, what is wrong, in words. A few statements, however many they are.</summary>
    Task<IReadOnlyDictionary<long, string>> Compare(IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct);

    /// <summary>As <see cref="Replace"/>, and nothing is taken to be right: neither what is known of the words.</summary>
    Task Mend(IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct);
}

internal sealed class SearchIndex(AppDb db, IEnumerable<ISecretNumbers> secrets) : ISearch
{
    // With more, the index is faster with the beginning itself.
    private const int MaxCompletions = 32;

    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> NoCorrections = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    public async Task<SearchResult> Find(string typed, string? cursor, int size, CancellationToken ct)
    {
        var query = Parse(typed);
        if (query.IsEmpty)
            return new SearchResult([], 0, null, query, NoCorrections);
        var (connection, _) = await db.Sql(ct);
        var leading = query.Terms[0].Typed;
        var from = Place.Read(cursor);
        var whole = await Complete(connection, query, ct);
        if (from is not { Corrected: true } && whole.Terms.All(t => t.Alternatives.Count > 0))
        {
            var page = await db.Dialect.Search.Find(connection, whole, leading, from?.After, size, ISearch.Cap, ct);
            if (page.Count > 0 || from is not null)
                return Result(page, query, leading, NoCorrections, from);
        }
        var corrections = await Correct(connection, query, ct);
        if (Corrected(whole, corrections) is not { } other)
            return new SearchResult([], 0, null, query, NoCorrections);
        return Result(await db.Dialect.Search.Find(connection, other, leading, from?.After, size, ISearch.Cap, ct), Corrected(query, corrections)!, leading, corrections, from);
    }

    public async Task<long> Count(string typed, CancellationToken ct)
    {
        var query = Parse(typed);
        if (query.IsEmpty)
            return 0;
        var (connection, _) = await db.Sql(ct);
        var whole = await Complete(connection, query, ct);
        var count = whole.Terms.All(t => t.Alternatives.Count > 0) ? await db.Dialect.Search.Count(connection, whole, ct) : 0;
        if (count > 0)
            return count;
        return Corrected(whole, await Correct(connection, query, ct)) is { } other ? await db.Dialect.Search.Count(connection, other, ct) : 0;
    }

    public async Task<IReadOnlyList<SearchHit>> RowsOf(IReadOnlyCollection<long> owners, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        return await db.Dialect.Search.RowsOf(connection, transaction, owners, ct);
    }

    public async Task Replace(IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        await db.Dialect.Search.Replace(connection, transaction, owners, [.. rows.Select(WithStems)], ct);
    }

    public async Task Load(IEnumerable<SearchRow> rows, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        await db.Dialect.Search.Load(connection, transaction, rows.Select(WithStems), ct);
    }

    public async Task<IReadOnlyDictionary<long, string>> Compare(IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var wrong = new Dictionary<long, string>();
        var stored = (await db.Dialect.Search.RowsOf(connection, transaction, owners, ct)).ToDictionary(r => r.Id);
        var expected = rows.Select(WithStems).ToList();
        var wanted = expected.Select(r => r.Id).ToHashSet();
        foreach (var row in expected.Where(r => !stored.ContainsKey(r.Id)))
            wrong.TryAdd(row.OwnerId, "It is not found: a search row is missing.");
        foreach (var row in stored.Values.Where(r => !wanted.Contains(r.Id)))
            wrong.TryAdd(row.OwnerId, "It is found as something that it is not: there is a search row too many.");
        foreach (var row in expected.Where(r => stored.TryGetValue(r.Id, out var there) && (there.Kind, there.OwnerId, there.Sort, there.Detail) != (r.Kind, r.OwnerId, r.Sort, r.Detail)))
            wrong.TryAdd(row.OwnerId, "What is shown of it when it is found is not what is on record.");
        var left = expected.Where(r => !wrong.ContainsKey(r.OwnerId)).ToList();
        var otherKeys = (await db.Dialect.Search.OtherKeys(connection, transaction, left, ct)).ToHashSet();
        foreach (var row in left.Where(r => otherKeys.Contains(r.Id)))
            wrong.TryAdd(row.OwnerId, "The words by which it is found are not those on record.");
        var unlearned = (await db.Dialect.Search.Unlearned(connection, transaction, WordsOf(left), ct)).ToHashSet(StringComparer.Ordinal);
        if (unlearned.Count > 0)
        {
            foreach (var row in left.Where(r => r.Keys.Any(unlearned.Contains)))
                wrong.TryAdd(row.OwnerId, "It is not found by the beginning of one of its words, or by one with a typing error.");
        }
        return wrong;
    }

    public async Task Mend(IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct)
    {
        await Replace(owners, rows, ct);
        var (connection, transaction) = await db.Sql(ct);
        var words = WordsOf(rows.Select(WithStems));
        var unlearned = await db.Dialect.Search.Unlearned(connection, transaction, words, ct);
        if (unlearned.Count > 0)
            await db.Dialect.Search.Learn(connection, transaction, unlearned.ToDictionary(w => w, w => words[w], StringComparer.Ordinal), ct);
    }

    private static Dictionary<string, int> WordsOf(IEnumerable<SearchRow> rows)
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (word, covered) in rows.SelectMany(r => SearchKeys.Words(r.Keys)))
            words[word] = words.TryGetValue(word, out var before) ? Math.Min(before, covered) : covered;
        return words;
    }

    private static SearchRow WithStems(SearchRow row) => row with { Keys = SearchKeys.WithStems(row.Keys) };

    private SearchQuery Parse(string typed) => SearchKeys.Parse(typed, number => secrets.SelectMany(s => s.HashesOf(number)));

    /// <summary>
    /// The same query with whole words in place of beginnings: an index finds rows that have several words at once by skipping from one to the
    /// next, but reads everything that begins with a few letters. A beginning of very many words stays; a term that nothing begins with is left empty.
    /// </summary>
    private async Task<SearchQuery> Complete(DbConnection connection, SearchQuery query, CancellationToken ct)
    {
        var beginnings = query.Terms.Where(IsBeginning).Select(t => t.Typed).ToArray();
        if (beginnings.Length == 0)
            return query;
        var words = await db.Dialect.Search.Completions(connection, beginnings, MaxCompletions + 1, ct);
        return new SearchQuery([.. query.Terms.Select(t =>
            IsBeginning(t) && words[t.Typed].ToArray() is { Length: <= MaxCompletions } whole ? t with { Alternatives = whole } : t)]);
    }

    private static bool IsBeginning(SearchTerm term) => term.Alternatives is [[.., SearchKeys.Prefix]] && SearchKeys.IsWord(term.Typed);

    /// <returns>For each word the known words that are one typing error away.</returns>
    private async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Correct(DbConnection connection, SearchQuery query, CancellationToken ct)
    {
        var words = query.Terms.Select(t => t.Typed).Where(w => w.Length >= Spelling.MinLength && SearchKeys.IsWord(w)).ToArray();
        if (words.Length == 0)
            return NoCorrections;
        var known = await db.Dialect.Search.Words(connection, words.SelectMany(Spelling.Variants).Distinct(StringComparer.Ordinal).ToArray(), ct);
        var corrections = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var near = known.Where(k => k != word && Spelling.IsNear(word, k)).Take(100).ToArray();
            if (near.Length > 0)
                corrections[word] = near;
        }
        return corrections;
    }

    /// <returns>The query with the corrections beside the words, or null when that still finds nothing.</returns>
    private static SearchQuery? Corrected(SearchQuery query, IReadOnlyDictionary<string, IReadOnlyList<string>> corrections)
    {
        if (corrections.Count == 0)
            return null;
        var terms = query.Terms.Select(t => corrections.TryGetValue(t.Typed, out var near) ? t with { Alternatives = [.. t.Alternatives, .. near] } : t).ToArray();
        return terms.All(t => t.Alternatives.Count > 0) ? new SearchQuery(terms) : null;
    }

    private static SearchResult Result(
        SearchPage page, SearchQuery query, string leading, IReadOnlyDictionary<string, IReadOnlyList<string>> corrections, Place? from)
    {
        var total = from?.Total ?? page.Count;
        var next = page.More ? Place.Behind(page.Hits[^1], leading, corrections.Count > 0, total).Write() : null;
        return new SearchResult(page.Hits, total, next, query, corrections);
    }

    /// <summary>What a cursor keeps: the last row shown, whether words were corrected, and the total, which is counted once.</summary>
    private sealed record Place(SearchCursor After, bool Corrected, int Total)
    {
        public static Place Behind(SearchHit last, string leading, bool corrected, int total) =>
            new(new SearchCursor(last.Sort.StartsWith(leading, StringComparison.Ordinal), last.Sort, last.Id), corrected, total);

        public string Write() => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes($"{(After.Leading ? 1 : 0)}|{(Corrected ? 1 : 0)}|{Total}|{After.Id}|{After.Sort}"));

        /// <returns>Null for the start.</returns>
        /// <exception cref="UnknownCursorException">Someone shortened the cursor or made it up.</exception>
        public static Place? Read(string? cursor)
        {
            if (string.IsNullOrEmpty(cursor))
                return null;
            if (cursor.Length > 2_000 || !cursor.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || cursor.Length % 4 == 1)
                throw new UnknownCursorException();
            var parts = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(cursor)).Split('|', 5);
            return parts.Length == 5 && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var total)
                && long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && !parts[4].Contains('\0', StringComparison.Ordinal)
                ? new Place(new SearchCursor(parts[0] == "1", parts[4], id), parts[1] == "1", total)
                : throw new UnknownCursorException();
        }
    }
}
