using System.Data.Common;

namespace Tieline.Platform.Search;

/// <summary>One row of the search index, as a room writes it.</summary>
/// <param name="Kind">What it is, e.g. <c>customer</c>.</param>
/// <param name="OwnerId">The record whose change rewrites the row.</param>
/// <param name="Sort">Folded text by which results are ordered; what someone types most often is its start.</param>
/// <param name="Detail">JSON of what the room shows of a match.</param>
/// <param name="Keys">Folded words; see <see cref="SearchKeys"/>.</param>
public sealed record SearchRow(long Id, string Kind, long OwnerId, string Sort, string Detail, IReadOnlyCollection<string> Keys);

public sealed record SearchHit(long Id, string Kind, long OwnerId, string Sort, string Detail);

/// <summary>All of <c>Terms</c> must match; a term matches when a key starts with one of its alternatives.</summary>
public sealed record SearchQuery(IReadOnlyList<SearchTerm> Terms)
{
    public bool IsEmpty => Terms.Count == 0;
}

/// <param name="Typed">The word as the person typed it, folded.</param>
/// <param name="Alternatives">Key beginnings, any of which will do; ending in <see cref="SearchKeys.Exact"/> for a whole key.</param>
public sealed record SearchTerm(string Typed, IReadOnlyList<string> Alternatives);

/// <summary>Where a page starts: behind this row in the order (starts with the first term, sort, id).</summary>
public sealed record SearchCursor(bool Leading, string Sort, long Id);

/// <param name="Count">Exact up to the cap that was asked for; one above it means "more".</param>
public sealed record SearchPage(IReadOnlyList<SearchHit> Hits, int Count, bool More);

/// <summary>The statements of the search index, which the two databases answer in different ways.</summary>
public interface ISearchStore
{
    /// <summary>Replaces all rows of the owners. Runs in the given transaction.</summary>
    Task Replace(DbConnection connection, DbTransaction? transaction, IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct);

    Task<IReadOnlyList<SearchHit>> RowsOf(DbConnection connection, DbTransaction? transaction, IReadOnlyCollection<long> owners, CancellationToken ct);

    /// <summary>Loads rows in bulk into an index without them.</summary>
    Task Load(DbConnection connection, DbTransaction? transaction, IEnumerable<SearchRow> rows, CancellationToken ct);

    /// <returns>Ids of those of the rows that the index has under other keys.</returns>
    Task<IReadOnlyList<long>> OtherKeys(DbConnection connection, DbTransaction? transaction, IReadOnlyCollection<SearchRow> rows, CancellationToken ct);

    /// <param name="words">Each with the length of the longest other one that every row with it has as well.</param>
    /// <returns>Those that are not known, nor all of their spelling variants, or that are completed later than they should be.</returns>
    Task<IReadOnlyList<string>> Unlearned(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, int> words, CancellationToken ct);

    /// <summary>From now on words are known with all of their spelling variants.</summary>
    /// <inheritdoc cref="Unlearned"/>
    Task Learn(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, int> words, CancellationToken ct);

    /// <summary>A page in the order (starts with <paramref name="leading"/>, sort, id), and the number of matches up to <paramref name="cap"/> + 1.</summary>
    Task<SearchPage> Find(DbConnection connection, SearchQuery query, string leading, SearchCursor? after, int size, int cap, CancellationToken ct);

    Task<long> Count(DbConnection connection, SearchQuery query, CancellationToken ct);

    /// <summary>
    /// Known words that begin with each of <paramref name="beginnings"/>, at most <paramref name="limit"/> for each. Left out are words that only
    /// stand in rows which have a shorter one of them as well.
    /// </summary>
    Task<ILookup<string, string>> Completions(DbConnection connection, IReadOnlyCollection<string> beginnings, int limit, CancellationToken ct);

    /// <summary>Known words one of whose spelling variants is among <paramref name="variants"/>.</summary>
    Task<IReadOnlyList<string>> Words(DbConnection connection, IReadOnlyCollection<string> variants, CancellationToken ct);
}
