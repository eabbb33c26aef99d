using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Tieline.Platform.Data;

/// <summary>
/// Applies each room's embedded <c>Migrations/NNNN_name.{sqlite|postgres}.sql</c> in room order, one transaction per file,
/// under a lock, and records each with its checksum. A file that changed after it was applied is an error.
/// </summary>
public sealed partial class Migrator(ModuleList modules, Dialect dialect, TimeProvider time, ILogger<Migrator> log)
{
    /// <returns>How many files were applied.</returns>
    /// <exception cref="InvalidOperationException">An applied file was changed, or the database is newer than this programme.</exception>
    public async Task<int> Run(CancellationToken ct)
    {
        var applied = 0;
        await dialect.UnderMigrationLock(async connection => applied = await Apply(connection, ct), ct);
        return applied;
    }

    /// <summary>Whether every migration of this programme has been applied.</summary>
    public async Task<bool> IsCurrent(CancellationToken ct)
    {
        await using var connection = await dialect.OpenBeside(ct);
        var known = await Known(connection);
        return Files().All(f => known.ContainsKey(f.Key));
    }

    private async Task<int> Apply(DbConnection connection, CancellationToken ct)
    {
        await connection.ExecuteAsync("create table if not exists schema_migration (key text primary key, checksum text not null, applied_at text not null)");
        var known = await Known(connection);
        var applied = 0;
        var files = Files().ToList();
        if (known.Keys.Except(files.Select(f => f.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal).FirstOrDefault() is { } newer)
            throw new InvalidOperationException($"The database is newer than this programme: it has the migration {newer}. Start the newer programme.");
        foreach (var (key, sql) in files)
        {
            var checksum = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(sql.ReplaceLineEndings("\n"))));
            if (known.TryGetValue(key, out var before))
            {
                if (before != checksum)
                    throw new InvalidOperationException($"Migration {key} was changed after it had been applied. Write a new one instead.");
                continue;
            }
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await connection.ExecuteAsync(new CommandDefinition(sql, transaction: transaction, commandTimeout: 0, cancellationToken: ct));
            await connection.ExecuteAsync(
                "insert into schema_migration (key, checksum, applied_at) values (@key, @checksum, @at)",
                new { key, checksum, at = time.GetUtcNow().ToString("u") }, transaction);
            await transaction.CommitAsync(ct);
            LogApplied(key);
            applied++;
        }
        return applied;
    }

    private static async Task<Dictionary<string, string>> Known(DbConnection connection)
    {
        var rows = await connection.QueryAsync<(string Key, string Checksum)>("select key, checksum from schema_migration");
        return rows.ToDictionary(r => r.Key, r => r.Checksum, StringComparer.Ordinal);
    }

    private IEnumerable<(string Key, string Sql)> Files()
    {
        var ending = $".{dialect.Name}.sql";
        foreach (var module in modules.Modules)
        {
            var names = module.Assembly.GetManifestResourceNames()
                .Where(n => n.StartsWith("Migrations/", StringComparison.Ordinal) && n.EndsWith(ending, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);
            foreach (var name in names)
            {
                using var reader = new StreamReader(module.Assembly.GetManifestResourceStream(name)!);
                yield return ($"{module.Name}/{name["Migrations/".Length..^ending.Length]}", reader.ReadToEnd());
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied migration {Key}")]
    private partial void LogApplied(string key);
}
