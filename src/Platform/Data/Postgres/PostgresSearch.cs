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
    private const string Columns = "id, kind, owner_id as OwnerId, sort, detail";

    public async Task<SearchPage> Find(DbConnection connection, SearchQuery query, string leading, SearchCursor? after, int size, int cap, CancellationToken ct)
    {
        var parameters = new Parameters(TsQuery(query), leading, leading + "\U0010FFFF", after?.Leading ?? true, after?.Sort ?? "", after?.Id ?? 0, size + 1, cap + 1);
        if (after is null)
        {
            var (hits, count) = await Sorted(connection, parameters, "", cap + 1, ct);
            if (count <= cap)
                return Cut(hits, count, size);
        }
        var page = new List<SearchHit>();
        if (after is null || after.Leading)
        {
            page.AddRange(await connection.QueryAsync<SearchHit>(new CommandDefinition($"""
                select {Columns} from search_row
                where keys @@ @Query::tsquery and sort collate "C" >= @Low and sort collate "C" < @High
                    and (sort collate "C", id) > (@Sort, @Id)
                order by sort collate "C", id limit @Size
                """, parameters, cancellationToken: ct)));
        }
        if (page.Count <= size)
        {
            var rest = parameters with { Size = size + 1 - page.Count, Sort = after is { Leading: false } ? after.Sort : "", Id = after is { Leading: false } ? after.Id : 0 };
            const string Behind = """and not (sort collate "C" >= @Low and sort collate "C" < @High) and (sort collate "C", id) > (@Sort, @Id)""";
            var (hits, count) = await Sorted(connection, rest, Behind, Sortable + 1, ct);
            page.AddRange(count <= Sortable ? hits : await connection.QueryAsync<SearchHit>(new CommandDefinition(
                $"""select {Columns} from search_row where keys @@ @Query::tsquery {Behind} order by sort collate "C", id limit @Size""", rest, cancellationToken: ct)));
        }
        return Cut(page, cap + 1, size);
    }

    public async Task<long> Count(DbConnection connection, SearchQuery query, CancellationToken ct) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select count(*) from search_row where keys @@ @query::tsquery", new { query = TsQuery(query) }, cancellationToken: ct));

    public async Task<IReadOnlyList<string>> Words(DbConnection connection, IReadOnlyCollection<string> variants, CancellationToken ct) =>
        (await connection.QueryAsync<string>(new CommandDefinition(
            "select distinct word from search_variant where variant = any(@variants) limit 500", new { variants = variants.ToArray() }, cancellationToken: ct))).AsList();

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
            """, rows.Select(r => new { r.Id, r.Kind, r.OwnerId, r.Sort, r.Detail, Keys = r.Keys.ToArray() }), transaction, cancellationToken: ct));
        await Learn(connection, transaction, rows.SelectMany(r => r.Keys).Where(SearchKeys.IsWord).Distinct(StringComparer.Ordinal).ToArray(), ct);
    }

    public async Task Load(DbConnection connection, DbTransaction? transaction, IEnumerable<SearchRow> rows, CancellationToken ct)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "create temporary table search_load (id bigint, kind text, owner_id bigint, sort text, detail text, keys text[]) on commit drop", transaction: transaction, cancellationToken: ct));
        var words = new HashSet<string>(StringComparer.Ordinal);
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
                await copy.WriteAsync(row.Keys.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
                words.UnionWith(row.Keys.Where(SearchKeys.IsWord));
            }
            await copy.CompleteAsync(ct);
        }
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into search_row select id, kind, owner_id, sort, detail, array_to_tsvector(keys) from search_load; drop table search_load;",
            transaction: transaction, commandTimeout: 0, cancellationToken: ct));
        foreach (var chunk in words.Chunk(5_000))
            await Learn(connection, transaction, chunk, ct);
    }

    private static async Task Learn(DbConnection connection, DbTransaction? transaction, string[] words, CancellationToken ct)
    {
        var known = await connection.QueryAsync<string>(new CommandDefinition(
            "select word from search_variant where variant = any(@words) and word = variant", new { words }, transaction, cancellationToken: ct));
        var pairs = words.Except(known, StringComparer.Ordinal).SelectMany(w => Spelling.Variants(w).Select(v => (Variant: v, Word: w))).ToArray();
        if (pairs.Length > 0)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into search_variant select * from unnest(@variants, @words) on conflict do nothing",
                new { variants = Array.ConvertAll(pairs, p => p.Variant), words = Array.ConvertAll(pairs, p => p.Word) }, transaction, cancellationToken: ct));
        }
    }

    private static async Task<(List<SearchHit> Hits, int Count)> Sorted(DbConnection connection, Parameters parameters, string also, int limit, CancellationToken ct)
    {
        var hits = new List<SearchHit>();
        var count = 0;
        await using var command = connection.CreateCommand();
        // "materialized" keeps the planner from walking the sort index for a rare word.
        command.CommandText = $"""
            with hit as materialized (select id, kind, owner_id, sort, detail from search_row where keys @@ @Query::tsquery {also} limit {limit})
            select id, kind, owner_id, sort, detail, (select count(*) from hit)::int from hit
            order by (sort collate "C" >= @Low and sort collate "C" < @High) desc, sort collate "C", id limit @Size
            """;
        parameters.AddTo((NpgsqlCommand)command);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            hits.Add(new SearchHit(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4)));
            count = reader.GetInt32(5);
        }
        return (hits, count);
    }

    private static SearchPage Cut(List<SearchHit> hits, int count, int size) =>
        new(hits.Count > size ? hits.GetRange(0, size) : hits, count, hits.Count > size);

    private static string TsQuery(SearchQuery query)
    {
        var text = new StringBuilder();
        foreach (var term in query.Terms)
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

    private sealed record Parameters(string Query, string Low, string High, bool Leading, string Sort, long Id, int Size, int Limit)
    {
        public void AddTo(NpgsqlCommand command)
        {
            command.Parameters.AddWithValue("Query", Query);
            command.Parameters.AddWithValue("Low", Low);
            command.Parameters.AddWithValue("High", High);
            command.Parameters.AddWithValue("Sort", Sort);
            command.Parameters.AddWithValue("Id", Id);
            command.Parameters.AddWithValue("Size", Size);
        }
    }
}
