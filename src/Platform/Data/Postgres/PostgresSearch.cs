using System.Data.Common;
using System.Text;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using Tieline.Platform.Search;

namespace Tieline.Platform.Data.Postgres;

/// <summary>The search index as a GIN index over the words of each row.</summary>
internal sealed class PostgresSearch : ISearchStore
{
    // Up to this many matches are fetched and sorted; beyond it matches are so dense that walking the order finds a page sooner.
    private const int Sortable = 20_000;

    // Words of a larger share of all rows are not looked up when another word narrows the search.
    private const double Common = 0.05;

    // So many rows of the order are looked at before the matches are fetched from the index instead.
    private const int Walked = 2_000;
    private readonly CommonWords commonWords = new();
    private const string Led = """(sort collate "C" >= @Low and sort collate "C" < @High)""";

    /// <summary>
    /// The first statement of <see cref="Sorted"/> counts up to the cap, and is all there is for most searches. Above the cap, a page is read by walking the order:
    /// first the rows that start with the leading word, then the rest.
    /// </summary>
    public async Task<SearchPage> Find(DbConnection connection, SearchQuery query, string leading, SearchCursor? after, int size, int cap, CancellationToken ct)
    {
        var (narrow, wide) = await Split(connection, query, ct);
        var ask = new Asked(connection, TsQuery(query.Terms), narrow, wide, leading, leading + "\U0010FFFF", after?.Sort ?? "", after?.Id ?? 0, ct);
        var count = cap + 1;
        if (after is null && query.Terms is [var only] && SearchKeys.IsWord(only.Typed) && await Leading(ask, size + 1, count) is { } many)
            return Cut(many, count, size);
        if (after is null)
        {
            (var hits, count) = await Sorted(ask, "", cap + 1, size + 1);
            if (count <= cap)
                return Cut(hits, count, size);
        }
        var page = new List<SearchHit>();
        if (after is null || after.Leading)
        {
            // One lower bound only: with two, the scan starts at the wrong one.
            var from = after is null ? """sort collate "C" >= @Low""" : """(sort collate "C", id) > (@Sort, @Id)""";
            page.AddRange(await Section(ask, $"""{from} and sort collate "C" < @High""", size + 1));
        }
        if (page.Count <= size)
        {
            var from = after is { Leading: false } ? $"""(sort collate "C", id) > (@Sort, @Id) and not {Led}""" : $"not {Led}";
            page.AddRange(await Section(ask, from, size + 1 - page.Count));
        }
        return Cut(page, count, size);
    }

    /// <summary>
    /// The first rows that start with the only word, when those alone are as many as are counted: every one of them is a match, and reading
    /// all matches from the index would take the longer the more there are.
    /// </summary>
    private static async Task<List<SearchHit>?> Leading(Asked ask, int size, int many)
    {
        var (hits, count) = await ask.HitsAndCount($"""
            with first as materialized (select id from search_row where {Led} order by sort collate "C", id limit {size})
            select r.id, r.kind, r.owner_id, r.sort, r.detail, (select count(*) from (select 1 from search_row where {Led} limit {many}) led)::int
            from first join search_row r on r.id = first.id order by r.sort collate "C", r.id
            """);
        return count == many ? hits : null;
    }

    private static async Task<List<SearchHit>> Section(Asked ask, string where, int size)
    {
        var (hits, seen) = await Walk(ask, where, Walked, size);
        if (hits.Count >= size || seen < Walked)
            return hits;
        (hits, var count) = await Sorted(ask, "and " + where, Sortable + 1, size);
        return count <= Sortable ? hits : (await Walk(ask, where, long.MaxValue, size)).Hits;
    }

    /// <summary>Looks at the rows one after the other in their order. As a function, the match cannot tempt the planner to fetch and sort all matches.</summary>
    private static async Task<(List<SearchHit> Hits, long Seen)> Walk(Asked ask, string where, long rows, int size)
    {
        if (rows == long.MaxValue)
        {
            return (await ask.Hits($"""
                select id, kind, owner_id, sort, detail, 0 from search_row
                where ts_match_vq(keys, @Query::tsquery) and {where} order by sort collate "C", id limit {size}
                """), rows);
        }
        var (hits, seen) = await ask.HitsAndCount($"""
            with way as materialized (select id, keys, sort from search_row where {where} order by sort collate "C", id limit {rows}),
            hit as (select id from way where ts_match_vq(keys, @Query::tsquery) order by sort collate "C", id limit {size})
            select r.id, r.kind, r.owner_id, r.sort, r.detail, (select count(*) from way)::int
            from hit join search_row r on r.id = hit.id order by r.sort collate "C", r.id
            """);
        // Without a hit nothing tells how far the way went.
        return (hits, hits.Count == 0 ? rows : seen);
    }

    public async Task<long> Count(DbConnection connection, SearchQuery query, CancellationToken ct)
    {
        var (narrow, wide) = await Split(connection, query, ct);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from search_row where {Asked.Where(wide)}", new { narrow, wide }, cancellationToken: ct));
    }

    public async Task<IReadOnlyList<string>> Words(DbConnection connection, IReadOnlyCollection<string> variants, CancellationToken ct) =>
        (await connection.QueryAsync<string>(new CommandDefinition(
            "select distinct word from search_variant where variant = any(@variants) limit 500", new { variants = variants.ToArray() }, cancellationToken: ct))).AsList();

    public async Task<ILookup<string, string>> Completions(DbConnection connection, IReadOnlyCollection<string> beginnings, int limit, CancellationToken ct) =>
        (await connection.QueryAsync<(string Beginning, string Word)>(new CommandDefinition("""
            select b.text, w.word from unnest(@beginnings) b(text) cross join lateral (
                select word from search_variant
                where word collate "C" >= b.text and word collate "C" < b.text || U&'\+10FFFF' and word = variant and covered < length(b.text) limit @limit) w
            """, new { beginnings = beginnings.ToArray(), limit }, cancellationToken: ct))).ToLookup(w => w.Beginning, w => w.Word, StringComparer.Ordinal);

    public async Task<IReadOnlyList<SearchHit>> RowsOf(DbConnection connection, DbTransaction? transaction, IReadOnlyCollection<long> owners, CancellationToken ct) =>
        (await connection.QueryAsync<SearchHit>(new CommandDefinition(
            "select id, kind, owner_id as OwnerId, sort, detail from search_row where owner_id = any(@owners)", new { owners = owners.ToArray() }, transaction, cancellationToken: ct))).AsList();

    public async Task Replace(DbConnection connection, DbTransaction? transaction, IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from search_row where owner_id = any(@owners)", new { owners = owners.ToArray() }, transaction, cancellationToken: ct));
        if (rows.Count > 20)
        {
            await Load(connection, transaction, rows, ct);
            return;
        }
        await connection.ExecuteAsync(new CommandDefinition("""
            insert into search_row (id, kind, owner_id, sort, detail, keys)
            values (@Id, @Kind, @OwnerId, @Sort, @Detail, array_to_tsvector(@Keys))
            """, rows.Select(r => new { r.Id, r.Kind, r.OwnerId, r.Sort, r.Detail, Keys = r.Keys.Where(k => k.Length > 0).ToArray() }), transaction, cancellationToken: ct));
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in rows)
            Collect(words, row);
        await LearnNew(connection, transaction, words, ct);
    }

    public async Task Load(DbConnection connection, DbTransaction? transaction, IEnumerable<SearchRow> rows, CancellationToken ct)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "create temporary table search_load (id bigint, kind text, owner_id bigint, sort text, detail text, keys text[]) on commit drop", transaction: transaction, cancellationToken: ct));
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        await using (var copy = await ((NpgsqlConnection)connection).BeginBinaryImportAsync("copy search_load from stdin (format binary)", ct))
        {
            foreach (var row in rows)
            {
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(row.Id, NpgsqlDbType.Bigint, ct);
                await copy.WriteAsync(row.Kind, NpgsqlDbType.Text, ct);
                await copy.WriteAsync(row.OwnerId, NpgsqlDbType.Bigint, ct);
                await copy.WriteAsync(row.Sort, NpgsqlDbType.Text, ct);
                await copy.WriteAsync(row.Detail, NpgsqlDbType.Text, ct);
                await copy.WriteAsync(row.Keys.Where(k => k.Length > 0).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
                Collect(words, row);
            }
            await copy.CompleteAsync(ct);
        }
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into search_row select id, kind, owner_id, sort, detail, array_to_tsvector(keys) from search_load; drop table search_load;",
            transaction: transaction, commandTimeout: 0, cancellationToken: ct));
        await LearnNew(connection, transaction, words, ct);
    }

    public async Task<IReadOnlyList<long>> OtherKeys(DbConnection connection, DbTransaction? transaction, IReadOnlyCollection<SearchRow> rows, CancellationToken ct)
    {
        var expected = rows.ToDictionary(r => r.Id);
        var other = new List<long>();
        await using var command = (NpgsqlCommand)connection.CreateCommand();
        command.Transaction = (NpgsqlTransaction?)transaction;
        command.CommandText = "select id, tsvector_to_array(keys) from search_row where id = any(@ids)";
        command.Parameters.AddWithValue("ids", expected.Keys.ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetInt64(0);
            if (!expected[id].Keys.Where(k => k.Length > 0).ToHashSet(StringComparer.Ordinal).SetEquals(await reader.GetFieldValueAsync<string[]>(1, ct)))
                other.Add(id);
        }
        return other;
    }

    public async Task<IReadOnlyList<string>> Unlearned(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, int> words, CancellationToken ct)
    {
        var unlearned = new List<string>();
        foreach (var chunk in words.Chunk(2_000))
        {
            var pairs = Pairs(chunk);
            unlearned.AddRange(await connection.QueryAsync<string>(new CommandDefinition("""
                select distinct p.word from unnest(@variants, @words, @covered) p(variant, word, covered)
                where not exists (select 1 from search_variant v where v.variant = p.variant and v.word = p.word and (v.variant <> v.word or v.covered <= p.covered))
                """, pairs, transaction, cancellationToken: ct)));
        }
        return unlearned;
    }

    public async Task Learn(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, int> words, CancellationToken ct)
    {
        // In one order, so that two who learn at once do not wait for each other.
        foreach (var chunk in words.OrderBy(w => w.Key, StringComparer.Ordinal).Chunk(2_000))
            await connection.ExecuteAsync(new CommandDefinition(LearnPairs, Pairs(chunk), transaction, cancellationToken: ct));
    }

    private static object Pairs(KeyValuePair<string, int>[] words)
    {
        var pairs = words.SelectMany(w => Spelling.Variants(w.Key).Select(v => (Variant: v, Word: w.Key, Covered: (short)w.Value))).ToArray();
        return new { variants = Array.ConvertAll(pairs, p => p.Variant), words = Array.ConvertAll(pairs, p => p.Word), covered = Array.ConvertAll(pairs, p => p.Covered) };
    }

    private const string LearnPairs = """
        insert into search_variant (variant, word, covered) select * from unnest(@variants, @words, @covered)
        on conflict (variant, word) do update set covered = excluded.covered where excluded.covered < search_variant.covered
        """;

    private static void Collect(Dictionary<string, int> words, SearchRow row)
    {
        foreach (var (word, covered) in SearchKeys.Words(row.Keys))
            words[word] = words.TryGetValue(word, out var before) ? Math.Min(before, covered) : covered;
    }

    private static async Task LearnNew(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, int> words, CancellationToken ct)
    {
        foreach (var chunk in words.Chunk(5_000))
        {
            var known = (await connection.QueryAsync<(string Word, int Covered)>(new CommandDefinition(
                "select word, covered from search_variant where variant = any(@words) and word = variant",
                new { words = Array.ConvertAll(chunk, w => w.Key) }, transaction, cancellationToken: ct))).ToDictionary(w => w.Word, w => w.Covered, StringComparer.Ordinal);
            var pairs = chunk.Where(w => !known.TryGetValue(w.Key, out var covered) || w.Value < covered)
                .SelectMany(w => (known.ContainsKey(w.Key) ? [w.Key] : Spelling.Variants(w.Key)).Select(v => (Variant: v, Word: w.Key, Covered: (short)w.Value))).ToArray();
            if (pairs.Length == 0)
                continue;
            await connection.ExecuteAsync(new CommandDefinition(
                LearnPairs,
                new { variants = Array.ConvertAll(pairs, p => p.Variant), words = Array.ConvertAll(pairs, p => p.Word), covered = Array.ConvertAll(pairs, p => p.Covered) },
                transaction, cancellationToken: ct));
        }
    }

    // "materialized" keeps the planner from walking the sort index for a rare word.
    private static Task<(List<SearchHit> Hits, int Count)> Sorted(Asked ask, string also, int limit, int size) => ask.HitsAndCount($"""
        with hit as materialized (select id, sort from search_row where {ask.Matches} {also} limit {limit}),
        first as (select id, sort from hit order by {Led} desc, sort collate "C", id limit {size})
        select r.id, r.kind, r.owner_id, r.sort, r.detail, (select count(*) from hit)::int
        from first join search_row r on r.id = first.id
        order by (r.sort collate "C" >= @Low and r.sort collate "C" < @High) desc, r.sort collate "C", r.id
        """);

    private static SearchPage Cut(List<SearchHit> hits, int count, int size) =>
        new(hits.Count > size ? hits.GetRange(0, size) : hits, count, hits.Count > size);

    /// <summary>
    /// What the index is asked for, and what is compared with the rows it gives: a word that a large part of all rows has ("st", "springfield",
    /// "j") costs more to read from the index than it spares.
    /// </summary>
    private async Task<(string Narrow, string? Wide)> Split(DbConnection connection, SearchQuery query, CancellationToken ct)
    {
        var terms = query.Terms.Select(t => (Term: t, Share: 0.0)).ToArray();
        if (terms.Length > 1)
        {
            var common = await commonWords.Read(connection, ct);
            terms = [.. terms.Select(t => (t.Term, common.Where(c => t.Term.Alternatives.Any(a => Begins(c.Word, a))).Sum(c => c.Share)))];
        }
        var least = terms.Min(t => t.Share);
        var wide = terms.Where(t => t.Share > Math.Max(Common, least)).Select(t => t.Term).ToArray();
        return (TsQuery([.. query.Terms.Except(wide)]), wide.Length == 0 ? null : TsQuery(wide));
    }

    private static bool Begins(string word, string alternative) => alternative[^1] == SearchKeys.Prefix
        ? word.AsSpan().StartsWith(alternative.AsSpan(0, alternative.Length - 1), StringComparison.Ordinal) : word == alternative;

    private static string TsQuery(IReadOnlyList<SearchTerm> terms)
    {
        var text = new StringBuilder();
        foreach (var term in terms)
        {
            if (text.Length > 0)
                text.Append(" & ");
            text.Append('(').AppendJoin(" | ", term.Alternatives.Select(Quote)).Append(')');
        }
        return text.ToString();
    }

    private static string Quote(string key)
    {
        var prefix = key[^1] == SearchKeys.Prefix;
        var word = (prefix ? key[..^1] : key).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
        return prefix ? $"'{word}':*" : $"'{word}'";
    }

    /// <summary>One search on its connection, with the parameters of all of its statements.</summary>
    private sealed record Asked(DbConnection Connection, string Query, string Narrow, string? Wide, string Low, string High, string Sort, long Id, CancellationToken Ct)
    {
        public string Matches => Where(Wide);

        public static string Where(string? wide) =>
            wide is null ? "keys @@ @Narrow::tsquery" : "keys @@ @Narrow::tsquery and ts_match_vq(keys, @Wide::tsquery)";

        public async Task<List<SearchHit>> Hits(string sql) => (await HitsAndCount(sql)).Hits;

        public async Task<(List<SearchHit> Hits, int Count)> HitsAndCount(string sql)
        {
            var hits = new List<SearchHit>();
            var count = 0;
            await using var command = (NpgsqlCommand)Connection.CreateCommand();
            command.CommandText = sql;
            Add(command, "Query", Query);
            Add(command, "Narrow", Narrow);
            Add(command, "Wide", Wide ?? "");
            Add(command, "Low", Low);
            Add(command, "High", High);
            Add(command, "Sort", Sort);
            if (sql.Contains("@Id", StringComparison.Ordinal))
                command.Parameters.AddWithValue("Id", Id);
            await using var reader = await command.ExecuteReaderAsync(Ct);
            while (await reader.ReadAsync(Ct))
            {
                hits.Add(new SearchHit(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4)));
                count = reader.GetInt32(5);
            }
            return (hits, count);
        }

        private static void Add(NpgsqlCommand command, string name, string value)
        {
            if (command.CommandText.Contains($"@{name}", StringComparison.Ordinal))
                command.Parameters.AddWithValue(name, value);
        }
    }
}
