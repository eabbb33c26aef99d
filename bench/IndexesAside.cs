using Dapper;
using Npgsql;

namespace Tieline.Bench;

/// <summary>Takes the secondary indexes away while a database is loaded, and builds the very same ones afterwards: that is several times faster.</summary>
internal static class IndexesAside
{
    // Small, and needed while loading: what is known already is not learnt again, and references are looked up.
    private static readonly string[] Kept = ["job", "search_variant", "user_account", "role_permission", "employee", "to_do_role", "setting", "contact_type", "to_do_type"];

    public static async Task<IReadOnlyList<string>> Drop(string database, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        var indexes = (await connection.QueryAsync<(string Name, string Definition)>("""
            select i.indexname, i.indexdef from pg_indexes i
            join pg_class c on c.relname = i.indexname join pg_index x on x.indexrelid = c.oid
            where i.schemaname = current_schema() and not x.indisprimary and not i.tablename = any(@Kept)
            """, new { Kept })).AsList();
        foreach (var (name, _) in indexes)
            await connection.ExecuteAsync($"drop index {name}");
        return [.. indexes.Select(i => i.Definition)];
    }

    public static Task Build(string database, IReadOnlyList<string> definitions, CancellationToken ct) =>
        // The longest one first, beside it all the others.
        Parallel.ForEachAsync(definitions.OrderByDescending(d => d.Contains(" gin ", StringComparison.Ordinal)), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = ct }, async (definition, token) =>
        {
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync(token);
            await connection.ExecuteAsync(new CommandDefinition($"set maintenance_work_mem = '768MB'; {definition}", commandTimeout: 0, cancellationToken: token));
        });
}
