using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Tieline.Platform.Search;

namespace Tieline.Platform.Data.Postgres;

/// <summary>PostgreSQL 15 or later: any number of equal nodes.</summary>
public sealed class PostgresDialect : Dialect, IAsyncDisposable
{
    private const long MigrationLock = 0x7169_656c_696e_65;
    private const long StartLock = MigrationLock + 1;
    private readonly NpgsqlDataSource source;
    private readonly NpgsqlDataSource beside;
    private readonly string listener;

    /// <param name="configure">What else the data source shall do, e.g. tell about its statements.</param>
    public PostgresDialect(string connectionString, Action<NpgsqlDataSourceBuilder>? configure = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "tieline", MaxAutoPrepare = 200, AutoPrepareMinUsages = 2, Enlist = false,
            // Nothing is ever set for a session: clearing it would be one more statement for each request.
            NoResetOnClose = true,
        };
        // Sixty desks that ask at once are all answered sooner by few connections than by sixty (docs/performance.md); who knows better says so in the connection string.
        if (!settings.ShouldSerialize("Maximum Pool Size"))
            settings.MaxPoolSize = Math.Max(settings.MinPoolSize, Math.Clamp(6 * Environment.ProcessorCount, 12, 100));
        listener = new NpgsqlConnectionStringBuilder(settings.ToString()) { Pooling = false }.ToString();
        source = Source(settings);
        beside = Source(new(settings.ToString()) { MinPoolSize = 0, MaxPoolSize = 4 });
        Search = new PostgresSearch();

        NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings)
        {
            var builder = new NpgsqlDataSourceBuilder(settings.ToString());
            configure?.Invoke(builder);
            return builder.Build();
        }
    }

    /// <summary>Tells one database from another, whoever signs in to it. Holds no secret.</summary>
    /// <exception cref="ArgumentException">No connection string.</exception>
    public static string Fingerprint(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{settings.Host?.ToLowerInvariant()}\n{settings.Port}\n{settings.Database ?? settings.Username}")))[..16];
    }

    public override string Name => "postgres";
    public override int IdBlockSize => 5_000;
    public override ISearchStore Search { get; }
    public override string Now => "now()";
    public override string NowPlusSeconds => "now() + make_interval(secs => @seconds)";

    public override async Task<DateTime?> Clock(CancellationToken ct)
    {
        await using var connection = await OpenBeside(ct);
        return await connection.ExecuteScalarAsync<DateTime>(new CommandDefinition("select clock_timestamp()", cancellationToken: ct));
    }

    public override string DaysBetween(string since, string instant) => $"cast(floor(extract(epoch from ({instant} - {since})) / 86400) as integer)";

    public override string ClaimJobs => """
        with waiting as (
            select id, run_at from job where state = 'Waiting' and run_at <= now() and (kind = any(@kinds) or (run_at < now() - interval '1 day' and not kind = any(@elsewhere)))
            order by run_at, id limit @limit for update skip locked),
        lost as (
            select id, run_at from job where state = 'Running' and lease_until < now() and (kind = any(@kinds) or (lease_until < now() - interval '1 day' and not kind = any(@elsewhere)))
            order by lease_until limit @limit for update skip locked),
        due as (
            select id from (select * from waiting union all select * from lost) both_kinds order by run_at, id limit @limit)
        update job set state = 'Running', node = @node, lease_until = now() + make_interval(secs => @lease), attempts = attempts + 1
        where id in (select id from due)
        returning id, kind, payload, attempts, max_attempts as MaxAttempts, correlation, created_at as CreatedAt, death_id as DeathId
        """;

    public override void Use(DbContextOptionsBuilder options) => options.UseNpgsql(source);

    public override async Task<DbConnection> Open(CancellationToken ct) => await source.OpenConnectionAsync(ct);

    public override async Task<DbConnection> OpenBeside(CancellationToken ct) => await beside.OpenConnectionAsync(ct);

    public override ValueTask<IDisposable> WriterTurn(CancellationToken ct) => new(NoTurn.Instance);

    public override (long First, long End) TakeIds(string name, long count)
    {
        using var connection = beside.OpenConnection();
        var end = connection.ExecuteScalar<long>(
            "insert into id_block (name, next) values (@name, 1 + @count) on conflict (name) do update set next = id_block.next + @count returning next",
            new { name, count });
        return (end - count, end);
    }

    public override Task<(long First, long End)> TakeNumbers(DbConnection connection, DbTransaction? transaction, string name, CancellationToken ct) =>
        Task.FromResult(TakeIds(name, 50));

    public override Task UnderMigrationLock(Func<DbConnection, Task> work, CancellationToken ct) => UnderLock(MigrationLock, work, ct);

    public override Task UnderStartLock(Func<Task> work, CancellationToken ct) => UnderLock(StartLock, _ => work(), ct);

    private async Task UnderLock(long key, Func<DbConnection, Task> work, CancellationToken ct)
    {
        // Whoever waits for a lock waits long: not on a connection of the pool.
        await using var connection = new NpgsqlConnection(listener);
        await connection.OpenAsync(ct);
        await connection.ExecuteAsync("select pg_advisory_lock(@key)", new { key }, commandTimeout: 0);
        try
        {
            await work(connection);
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@key)", new { key });
        }
    }

    public override async Task<IReadOnlyList<TableShape>> ReadSchema(DbConnection connection, CancellationToken ct)
    {
        var columns = await connection.QueryAsync<(string Table, string Name, string Type, bool Nullable)>("""
            select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = current_schema() and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
            order by c.relname, a.attnum
            """);
        var indexes = (await connection.QueryAsync<(string Table, string Name, bool Unique, string Columns)>("""
            select t.relname, i.relname, x.indisunique,
                (select string_agg(a.attname, ',' order by k.ord) from unnest(x.indkey) with ordinality k(att, ord)
                 join pg_attribute a on a.attrelid = t.oid and a.attnum = k.att)
            from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
            join pg_namespace n on n.oid = t.relnamespace
            where n.nspname = current_schema() and not x.indisprimary
            order by t.relname, i.relname
            """)).ToLookup(i => i.Table);
        return [.. columns.GroupBy(c => c.Table).Select(g => new TableShape(g.Key,
            [.. g.Select(c => new ColumnShape(c.Name, c.Type, c.Nullable))],
            [.. indexes[g.Key].Select(i => new IndexShape(i.Name, i.Columns ?? "", i.Unique))]))];
    }

    public override string ColumnType(string storeType) => storeType;

    public override bool IsUniqueViolation(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation }
        || (exception.InnerException is { } inner && IsUniqueViolation(inner));

    public override bool IsTransient(Exception exception) =>
        exception is NpgsqlException { IsTransient: true }
        || exception is PostgresException
        {
            SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
        }
        || (exception.InnerException is { } inner && IsTransient(inner));

    public override bool IsFull(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.DiskFull } || (exception.InnerException is { } inner && IsFull(inner));

    // Rows that refer to these may still be added: a foreign key only needs the key.
    public override string Sharing => " for share";

    public override async Task Hold(DbConnection connection, DbTransaction? transaction, string table, IReadOnlyCollection<long> ids, CancellationToken ct) =>
        await connection.ExecuteAsync(new CommandDefinition(
            $"select 1 from {table} where id = any(@ids) order by id for no key update", new { ids = ids.ToArray() }, transaction, cancellationToken: ct));

    public override string HoldFree(string table) => $" for no key update of {table} skip locked";

    public override async Task HoldName(DbConnection connection, DbTransaction? transaction, string name, long id, CancellationToken ct) =>
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(hashtext(@name), hashint8(@id))", new { name, id }, transaction, cancellationToken: ct));

    // Each key is looked up by itself: of a source that the statistics do not know yet the planner expects no row, and would read all of it for each chunk of a file.
    public override (string Sql, object Keys) OfSource(string table, IReadOnlyCollection<string> keys) =>
        ($"select r.* from (select distinct unnest({{1}}) as key) k cross join lateral (select * from {table} where source = {{0}} and external_key = k.key offset 0) r", keys.ToArray());

    public override async Task<long> BulkInsert(
        DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns,
        IEnumerable<object?[]> rows, CancellationToken ct)
    {
        var postgres = (NpgsqlConnection)connection;
        var types = columns.Select(c => TypeOf(c.ClrType)).ToArray();
        await using var copy = await postgres.BeginBinaryImportAsync(
            $"copy {table} ({string.Join(", ", columns.Select(c => c.Name))}) from stdin (format binary)", ct);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(ct);
            for (var i = 0; i < types.Length; i++)
            {
                if (row[i] is { } value)
                    await copy.WriteAsync(value, types[i], ct);
                else
                    await copy.WriteNullAsync(ct);
            }
        }
        return (long)await copy.CompleteAsync(ct);
    }

    public override async Task<IReadOnlyList<long>> BulkInsertNew(
        DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns, string unique,
        IEnumerable<object?[]> rows, CancellationToken ct)
    {
        await using var command = Unnest(connection, transaction, table, columns, rows, $" on conflict ({unique}) do nothing returning id");
        var inserted = new List<long>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            inserted.Add(reader.GetInt64(0));
        return inserted;
    }

    public override async Task<IReadOnlyList<object[]>> BulkUpsert(
        DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns, IReadOnlyList<string> key,
        IReadOnlyList<string> overwritten, string newer, IEnumerable<object?[]> rows, CancellationToken ct)
    {
        await using var command = Unnest(connection, transaction, table, columns, rows, OnConflictOverwrite(table, key, overwritten, newer));
        var written = new List<object[]>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var values = new object[key.Count];
            reader.GetValues(values);
            written.Add(values);
        }
        return written;
    }

    /// <summary>One array per column: a statement of constant length, whatever the number of rows.</summary>
    private static NpgsqlCommand Unnest(
        DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns, IEnumerable<object?[]> rows, string ending)
    {
        var arrays = columns.Select(c => (System.Collections.IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(
            c.ClrType.IsValueType ? typeof(Nullable<>).MakeGenericType(c.ClrType) : c.ClrType))!).ToArray();
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
                arrays[i].Add(row[i]);
        }
        var names = string.Join(", ", columns.Select(c => c.Name));
        var command = (NpgsqlCommand)connection.CreateCommand();
        command.Transaction = (NpgsqlTransaction?)transaction;
        command.CommandText = $"insert into {table} ({names}) select * from unnest({string.Join(", ", columns.Select((_, i) => $"@p{i}"))}){ending}";
        for (var i = 0; i < columns.Count; i++)
            command.Parameters.Add(new NpgsqlParameter($"p{i}", NpgsqlDbType.Array | TypeOf(columns[i].ClrType)) { Value = arrays[i] });
        return command;
    }

    public override async Task Notify(DbConnection connection, DbTransaction? transaction, string channel, string payload, CancellationToken ct) =>
        await connection.ExecuteAsync(new CommandDefinition("select pg_notify(@channel, @payload)", new { channel, payload }, transaction, cancellationToken: ct));

    public override async Task Listen(string channel, Action<string> heard, CancellationToken ct)
    {
        // Not of the pool: it would go on listening for whoever has it next.
        await using var connection = new NpgsqlConnection(listener);
        await connection.OpenAsync(ct);
        connection.Notification += (_, e) => heard(e.Payload);
        await connection.ExecuteAsync($"listen {channel}");
        while (!ct.IsCancellationRequested)
            await connection.WaitAsync(ct);
    }

    public override async Task Analyze(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition("vacuum analyze", commandTimeout: 0, cancellationToken: ct));
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await beside.DisposeAsync();
    }

    private static NpgsqlDbType TypeOf(Type type) =>
        type == typeof(long) ? NpgsqlDbType.Bigint
        : type == typeof(int) ? NpgsqlDbType.Integer
        : type == typeof(short) ? NpgsqlDbType.Smallint
        : type == typeof(bool) ? NpgsqlDbType.Boolean
        : type == typeof(DateTime) ? NpgsqlDbType.TimestampTz
        : type == typeof(DateOnly) ? NpgsqlDbType.Date
        : type == typeof(TimeOnly) ? NpgsqlDbType.Time
        : type == typeof(byte[]) ? NpgsqlDbType.Bytea
        : type == typeof(string[]) ? NpgsqlDbType.Array | NpgsqlDbType.Text
        : type == typeof(string) ? NpgsqlDbType.Text
        : throw new NotSupportedException($"No column type for {type}.");

    private sealed class NoTurn : IDisposable
    {
        public static readonly NoTurn Instance = new();

        public void Dispose() { }
    }
}
