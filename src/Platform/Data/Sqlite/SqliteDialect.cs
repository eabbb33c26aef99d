using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Tieline.Platform.Search;

namespace Tieline.Platform.Data.Sqlite;

/// <summary>SQLite in WAL mode: one file, one node, one writer at a time.</summary>
public sealed class SqliteDialect : Dialect, IDisposable
{
    private readonly string connectionString;
    private readonly SemaphoreSlim writer = new(1, 1);
    private readonly Pragmas pragmas;

    /// <param name="file">Database file; created when missing.</param>
    /// <param name="durable">False leaves out the wait for the disk at commit: for tests only.</param>
    public SqliteDialect(string file, bool durable = true)
    {
        connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, ForeignKeys = true, DefaultTimeout = 30, Pooling = true,
        }.ToString();
        pragmas = new Pragmas($"pragma journal_mode=wal; pragma synchronous={(durable ? "full" : "off")}; pragma temp_store=memory; pragma cache_size=-32768; pragma mmap_size=268435456;");
        Search = new SqliteSearch();
    }

    public override string Name => "sqlite";
    public override int IdBlockSize => 10_000_000;
    public override ISearchStore Search { get; }
    public override string Now => "strftime('%Y-%m-%d %H:%M:%f', 'now')";
    public override string NowPlusSeconds => "strftime('%Y-%m-%d %H:%M:%f', 'now', @seconds || ' seconds')";

    public override Task<DateTime?> Clock(CancellationToken ct) => Task.FromResult<DateTime?>(null);

    public override string DaysBetween(string since, string instant) => $"cast(floor(julianday({instant}) - julianday({since})) as integer)";

    public override string ClaimJobs => """
        update job set state = 'Running', node = @node, lease_until = strftime('%Y-%m-%d %H:%M:%f', 'now', @lease || ' seconds'), attempts = attempts + 1
        where id in (
            select id from job
            where (state = 'Waiting' and run_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')
                   and (kind in @kinds or (run_at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 day') and kind not in @elsewhere)))
               or (state = 'Running' and lease_until < strftime('%Y-%m-%d %H:%M:%f', 'now')
                   and (kind in @kinds or (lease_until < strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 day') and kind not in @elsewhere)))
            order by run_at, id limit @limit)
        returning id, kind, payload, attempts, max_attempts as MaxAttempts, correlation, created_at as CreatedAt, death_id as DeathId
        """;

    public override void Use(DbContextOptionsBuilder options) =>
        options.UseSqlite(connectionString).AddInterceptors(pragmas);

    public override async Task<DbConnection> Open(CancellationToken ct)
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(ct);
        await connection.ExecuteAsync(pragmas.Sql);
        return connection;
    }

    public override async ValueTask<IDisposable> WriterTurn(CancellationToken ct)
    {
        await writer.WaitAsync(ct);
        return new Turn(writer);
    }

    public override (long First, long End) TakeIds(string name, long count)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        var end = connection.ExecuteScalar<long>(
            "insert into id_block (name, next) values (@name, 1 + @count) on conflict (name) do update set next = next + @count returning next",
            new { name, count });
        return (end - count, end);
    }

    public override async Task<(long First, long End)> TakeNumbers(DbConnection connection, DbTransaction? transaction, string name, CancellationToken ct)
    {
        var end = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "insert into id_block (name, next) values (@name, 2) on conflict (name) do update set next = next + 1 returning next",
            new { name }, transaction, cancellationToken: ct));
        return (end - 1, end);
    }

    public override async Task UnderMigrationLock(Func<DbConnection, Task> work, CancellationToken ct)
    {
        using var turn = await WriterTurn(ct);
        await using var connection = await Open(ct);
        await work(connection);
    }

    // Only one node runs on a SQLite database.
    public override Task UnderStartLock(Func<Task> work, CancellationToken ct) => work();

    public override async Task<IReadOnlyList<TableShape>> ReadSchema(DbConnection connection, CancellationToken ct)
    {
        var tables = await connection.QueryAsync<string>("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name");
        var shapes = new List<TableShape>();
        foreach (var table in tables)
        {
            var columns = await connection.QueryAsync<(string Name, string Type, bool NotNull, bool Pk)>(
                "select name, type, \"notnull\", pk > 0 from pragma_table_info(@table)", new { table });
            var indexes = await connection.QueryAsync<(string Name, bool Unique, string Columns)>("""
                select l.name, l."unique", (select group_concat(i.name, ',') from (select name from pragma_index_info(l.name) order by seqno) i)
                from pragma_index_list(@table) l where l.origin = 'c' order by l.name
                """, new { table });
            shapes.Add(new TableShape(table,
                [.. columns.Select(c => new ColumnShape(c.Name, ColumnType(c.Type), !c.NotNull && !c.Pk))],
                [.. indexes.Select(i => new IndexShape(i.Name, i.Columns ?? "", i.Unique))]));
        }
        return shapes;
    }

    public override string ColumnType(string storeType) => storeType.ToUpperInvariant();

    public override bool IsUniqueViolation(Exception exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: 2067 or 1555 }
        || (exception.InnerException is { } inner && IsUniqueViolation(inner));

    public override bool IsTransient(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: 5 or 6 } || (exception.InnerException is { } inner && IsTransient(inner));

    public override bool IsFull(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: 13 } || (exception.InnerException is { } inner && IsFull(inner));

    public override string Sharing => "";

    public override Task Hold(DbConnection connection, DbTransaction? transaction, string table, IReadOnlyCollection<long> ids, CancellationToken ct) => Task.CompletedTask;

    public override string HoldFree(string table) => "";

    public override Task HoldName(DbConnection connection, DbTransaction? transaction, string name, long id, CancellationToken ct) => Task.CompletedTask;

    public override (string Sql, object Keys) OfSource(string table, IReadOnlyCollection<string> keys) =>
        ($"select * from {table} where source = {{0}} and external_key in (select value from json_each({{1}}))", System.Text.Json.JsonSerializer.Serialize(keys));

    public override async Task<long> BulkInsert(
        DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns,
        IEnumerable<object?[]> rows, CancellationToken ct)
    {
        await using var command = Insert(connection, transaction, table, columns, "");
        await command.PrepareAsync(ct);
        var count = 0L;
        foreach (var row in rows)
        {
            Fill(command, row);
            await command.ExecuteNonQueryAsync(ct);
            count++;
        }
        return count;
    }

    public override async Task<IReadOnlyList<long>> BulkInsertNew(
        DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns, string unique,
        IEnumerable<object?[]> rows, CancellationToken ct)
    {
        await using var command = Insert(connection, transaction, table, columns, $" on conflict ({unique}) do nothing returning id");
        await command.PrepareAsync(ct);
        var inserted = new List<long>();
        foreach (var row in rows)
        {
            Fill(command, row);
            if (await command.ExecuteScalarAsync(ct) is long id)
                inserted.Add(id);
        }
        return inserted;
    }

    public override async Task<IReadOnlyList<object[]>> BulkUpsert(
        DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns, IReadOnlyList<string> key,
        IReadOnlyList<string> overwritten, string newer, IEnumerable<object?[]> rows, CancellationToken ct)
    {
        await using var command = Insert(connection, transaction, table, columns, OnConflictOverwrite(table, key, overwritten, newer));
        await command.PrepareAsync(ct);
        var written = new List<object[]>();
        foreach (var row in rows)
        {
            Fill(command, row);
            await using var reader = await command.ExecuteReaderAsync(ct);
            if (!await reader.ReadAsync(ct))
                continue;
            var values = new object[key.Count];
            reader.GetValues(values);
            written.Add(values);
        }
        return written;
    }

    private static DbCommand Insert(DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns, string ending)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"insert into {table} ({string.Join(", ", columns.Select(c => c.Name))}) values ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))}){ending}";
        for (var i = 0; i < columns.Count; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private static void Fill(DbCommand command, object?[] row)
    {
        for (var i = 0; i < row.Length; i++)
            command.Parameters[i].Value = row[i] ?? DBNull.Value;
    }

    // One node: whoever would listen is in this process and was told directly.
    public override Task Notify(DbConnection connection, DbTransaction? transaction, string channel, string payload, CancellationToken ct) =>
        Task.CompletedTask;

    public override Task Listen(string channel, Action<string> heard, CancellationToken ct) => Task.CompletedTask;

    public override async Task Analyze(CancellationToken ct)
    {
        using var turn = await WriterTurn(ct);
        await using var connection = await Open(ct);
        await connection.ExecuteAsync("pragma analysis_limit=1000; analyze;");
    }

    public void Dispose()
    {
        writer.Dispose();
        SqliteConnection.ClearPool(new SqliteConnection(connectionString));
    }

    private sealed class Turn(SemaphoreSlim writer) : IDisposable
    {
        private int released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
                writer.Release();
        }
    }

    private sealed class Pragmas(string sql) : DbConnectionInterceptor
    {
        public string Sql => sql;

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => connection.Execute(sql);

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) =>
            await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
    }
}
