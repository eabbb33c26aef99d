using System.Data.Common;
using System.Text;
using System.Text.Json;
using Dapper;
using Tieline.Platform.Search;

namespace Tieline.Platform.Data.Sqlite;

/// <summary>The search index as a contentless FTS5 table beside the rows.</summary>
internal sealed class SqliteSearch : ISearchStore
{
    public async Task<SearchPage> Find(DbConnection connection, SearchQuery query, string leading, SearchCursor? after, int size, int cap, CancellationToken ct)
    {
        var parameters = new
        {
            query = Match(query), low = leading, high = leading + "\U0010FFFF", size = size + 1, cap = cap + 1,
            leads = after is null || after.Leading ? 1 : 0, sort = after?.Sort ?? "", id = after?.Id ?? 0,
        };
        var behind = after is null ? "" : "where leads < @leads or (leads = @leads and (sort, id) > (@sort, @id))";
        var hits = (await connection.QueryAsync<SearchHit>(new CommandDefinition($"""
            select id, kind, owner_id as OwnerId, sort, detail from (
                select r.id, r.kind, r.owner_id, r.sort, r.detail, (r.sort >= @low and r.sort < @high) as leads
                from search_word w join search_row r on r.id = w.rowid where search_word match @query)
            {behind}
            order by leads desc, sort, id limit @size
            """, parameters, cancellationToken: ct))).AsList();
        // Fewer than a page from the start: they are all there are. Later pages have been counted with the first one.
        var count = after is not null || hits.Count <= size ? hits.Count : await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "select count(*) from (select 1 from search_word where search_word match @query limit @cap)", parameters, cancellationToken: ct));
        return new SearchPage(hits.Count > size ? hits.GetRange(0, size) : hits, count, hits.Count > size);
    }

    public async Task<long> Count(DbConnection connection, SearchQuery query, CancellationToken ct) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select count(*) from search_word where search_word match @query", new { query = Match(query) }, cancellationToken: ct));

    public async Task<IReadOnlyList<string>> Words(DbConnection connection, IReadOnlyCollection<string> variants, CancellationToken ct) =>
        (await connection.QueryAsync<string>(new CommandDefinition(
            "select distinct word from search_variant where variant in @variants limit 500", new { variants }, cancellationToken: ct))).AsList();

    public async Task<ILookup<string, string>> Completions(DbConnection connection, IReadOnlyCollection<string> beginnings, int limit, CancellationToken ct)
    {
        var words = new List<(string Beginning, string Word)>();
        foreach (var beginning in beginnings)
        {
            words.AddRange((await connection.QueryAsync<string>(new CommandDefinition(
                "select word from search_variant where word >= @beginning and word < @end and word = variant and covered < length(@beginning) limit @limit",
                new { beginning, end = beginning + "\U0010FFFF", limit }, cancellationToken: ct))).Select(w => (beginning, w)));
        }
        return words.ToLookup(w => w.Beginning, w => w.Word, StringComparer.Ordinal);
    }

    public async Task<IReadOnlyList<SearchHit>> RowsOf(DbConnection connection, DbTransaction? transaction, IReadOnlyCollection<long> owners, CancellationToken ct)
    {
        var rows = new List<SearchHit>();
        foreach (var chunk in owners.Chunk(500))
        {
            rows.AddRange(await connection.QueryAsync<SearchHit>(new CommandDefinition(
                "select id, kind, owner_id as OwnerId, sort, detail from search_row where owner_id in @chunk", new { chunk }, transaction, cancellationToken: ct)));
        }
        return rows;
    }

    public async Task Replace(DbConnection connection, DbTransaction? transaction, IReadOnlyCollection<long> owners, IReadOnlyCollection<SearchRow> rows, CancellationToken ct)
    {
        foreach (var chunk in owners.Chunk(500))
        {
            await connection.ExecuteAsync(new CommandDefinition("""
                delete from search_word where rowid in (select id from search_row where owner_id in @chunk);
                delete from search_row where owner_id in @chunk;
                """, new { chunk }, transaction, cancellationToken: ct));
        }
        await Load(connection, transaction, rows, ct);
    }

    public async Task Load(DbConnection connection, DbTransaction? transaction, IEnumerable<SearchRow> rows, CancellationToken ct)
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var row = Command(connection, transaction, "insert into search_row (id, kind, owner_id, sort, detail) values (@0, @1, @2, @3, @4)", 5);
        await using var word = Command(connection, transaction, "insert into search_word (rowid, keys) values (@0, @1)", 2);
        foreach (var r in rows)
        {
            await Execute(row, ct, r.Id, r.Kind, r.OwnerId, r.Sort, r.Detail);
            await Execute(word, ct, r.Id, string.Join(' ', r.Keys.Select(Ascii)));
            foreach (var (w, covered) in SearchKeys.Words(r.Keys))
                words[w] = words.TryGetValue(w, out var before) ? Math.Min(before, covered) : covered;
        }
        await LearnNew(connection, transaction, words, ct);
    }

    private static async Task LearnNew(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, int> words, CancellationToken ct)
    {
        await using var known = Command(connection, transaction, "select covered from search_variant where variant = @0 and word = @0", 1);
        await using var variant = Command(connection, transaction, LearnPair, 3);
        foreach (var (w, covered) in words)
        {
            known.Parameters[0].Value = w;
            var before = await known.ExecuteScalarAsync(ct);
            if (before is long least && least <= covered)
                continue;
            foreach (var v in before is null ? Spelling.Variants(w) : [w])
                await Execute(variant, ct, v, w, covered);
        }
    }

    /// <remarks>
    /// What a contentless table holds cannot be read back: each word that one of the rows should have is asked for its rows, and what else a row has shows in how many words it counts.
    /// By word and not by row, since the index walks all rows of a common word to come to one.
    /// </remarks>
    public async Task<IReadOnlyList<long>> OtherKeys(DbConnection connection, DbTransaction? transaction, IReadOnlyCollection<SearchRow> rows, CancellationToken ct)
    {
        if (rows.Count == 0)
            return [];
        var expected = rows.ToDictionary(r => r.Id, r => r.Keys.SelectMany(k => Tokens(Ascii(k))).ToList());
        var words = expected.ToDictionary(r => r.Key, r => r.Value.ToHashSet(StringComparer.Ordinal));
        var found = new Dictionary<long, int>();
        foreach (var (word, id) in await connection.QueryAsync<(string Word, long Id)>(new CommandDefinition("""
            select t.value, w.rowid from json_each(@words) t cross join search_word w where w.search_word match '"' || t.value || '"' and w.rowid between @first and @last
            """, new { words = JsonSerializer.Serialize(words.Values.SelectMany(w => w).Distinct(StringComparer.Ordinal)), first = expected.Keys.Min(), last = expected.Keys.Max() }, transaction, cancellationToken: ct)))
        {
            if (words.TryGetValue(id, out var own) && own.Contains(word))
                found[id] = found.GetValueOrDefault(id) + 1;
        }
        var counted = (await connection.QueryAsync<(long Id, string Count)>(new CommandDefinition(
            "select id, hex(sz) from search_word_docsize where id in (select r.value from json_each(@ids) r)", new { ids = JsonSerializer.Serialize(expected.Keys) }, transaction, cancellationToken: ct)))
            .ToDictionary(c => c.Id, c => c.Count);
        return [.. expected.Where(r => found.GetValueOrDefault(r.Key) != words[r.Key].Count || counted.GetValueOrDefault(r.Key) != Varint(r.Value.Count)).Select(r => r.Key)];
    }

    public async Task<IReadOnlyList<string>> Unlearned(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, int> words, CancellationToken ct)
    {
        var pairs = words.SelectMany(w => Spelling.Variants(w.Key).Select(v => new object[] { v, w.Key, w.Value }));
        return (await connection.QueryAsync<string>(new CommandDefinition("""
            select distinct p.value ->> 1 from json_each(@pairs) p
            where not exists (select 1 from search_variant v where v.variant = p.value ->> 0 and v.word = p.value ->> 1 and (v.variant <> v.word or v.covered <= p.value ->> 2))
            """, new { pairs = JsonSerializer.Serialize(pairs) }, transaction, cancellationToken: ct))).AsList();
    }

    public async Task Learn(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, int> words, CancellationToken ct)
    {
        await using var variant = Command(connection, transaction, LearnPair, 3);
        foreach (var (word, covered) in words)
        {
            foreach (var v in Spelling.Variants(word))
                await Execute(variant, ct, v, word, covered);
        }
    }

    private const string LearnPair = """
        insert into search_variant (variant, word, covered) values (@0, @1, @2)
        on conflict (variant, word) do update set covered = excluded.covered where excluded.covered < search_variant.covered
        """;

    /// <summary>As the tokenizer of the table cuts what it is given; beyond ASCII it is given nothing.</summary>
    private static string[] Tokens(string key)
    {
        var cut = new StringBuilder(key.Length);
        foreach (var c in key)
            cut.Append(char.IsAsciiLetterOrDigit(c) || "@._-~#+".Contains(c, StringComparison.Ordinal) ? c : ' ');
        return cut.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>How the index writes down the number of words of a row, in hexadecimal.</summary>
    private static string Varint(int number)
    {
        var bytes = new List<byte> { (byte)(number & 0x7f) };
        while ((number >>= 7) > 0)
            bytes.Insert(0, (byte)((number & 0x7f) | 0x80));
        return Convert.ToHexString([.. bytes]);
    }

    private static DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@{i}";
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private static async Task Execute(DbCommand command, CancellationToken ct, params object[] values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Match(SearchQuery query)
    {
        var text = new StringBuilder();
        foreach (var term in query.Terms)
        {
            if (text.Length > 0)
                text.Append(" AND ");
            text.Append('(').AppendJoin(" OR ", term.Alternatives.Select(Quote)).Append(')');
        }
        return text.ToString();
    }

    private static string Quote(string key)
    {
        var prefix = key[^1] == SearchKeys.Prefix;
        var word = Ascii(prefix ? key[..^1] : key).Replace("\"", "\"\"", StringComparison.Ordinal);
        return prefix ? $"\"{word}\"*" : $"\"{word}\"";
    }

    // The tokenizer knows the letters of an older Unicode and cuts words at vowel signs; ASCII it leaves alone. Beginnings stay beginnings.
    private static string Ascii(string key)
    {
        if (System.Text.Ascii.IsValid(key) && !key.Contains('_', StringComparison.Ordinal))
            return key;
        var ascii = new StringBuilder(key.Length * 2);
        foreach (var c in key)
        {
            if (char.IsAscii(c) && c != '_')
                ascii.Append(c);
            else
                ascii.Append(System.Globalization.CultureInfo.InvariantCulture, $"_{(int)c:x4}");
        }
        return ascii.ToString();
    }
}
