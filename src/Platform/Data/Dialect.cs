using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Search;

namespace Tieline.Platform.Data;

/// <summary>Everything in which the two databases differ, in one place. No other folder asks which one it is.</summary>
public abstract class Dialect
{
    /// <summary><c>sqlite</c> or <c>postgres</c>: also the middle part of a migration's file name.</summary>
    public abstract string Name { get; }

    /// <summary>Keys taken at once. SQLite has one writer: taking a block must not need a second one within a transaction.</summary>
    public abstract int IdBlockSize { get; }

    public abstract void Use(DbContextOptionsBuilder options);

    /// <summary>An open connection outside any context.</summary>
    public abstract Task<DbConnection> Open(CancellationToken ct);

    /// <summary>An open connection for whoever holds one already: were all of one pool, many requests at once could wait for each other for ever.</summary>
    public virtual Task<DbConnection> OpenBeside(CancellationToken ct) => Open(ct);

    /// <summary>Waits until this node may write. Released by disposing. Free of charge where the database queues writers itself.</summary>
    public abstract ValueTask<IDisposable> WriterTurn(CancellationToken ct);

    /// <summary>Takes a range of keys in a transaction of its own.</summary>
    public abstract (long First, long End) TakeIds(string name, long count);

    /// <summary>
    /// Takes the next numbers of a series that people read out (account numbers ...): few at a time, so that gaps stay small.
    /// SQLite takes them in the caller's transaction, since a second writer would wait for it for ever.
    /// </summary>
    public abstract Task<(long First, long End)> TakeNumbers(DbConnection connection, DbTransaction? transaction, string name, CancellationToken ct);

    /// <summary>Runs <paramref name="work"/> while no other node migrates.</summary>
    public abstract Task UnderMigrationLock(Func<DbConnection, Task> work, CancellationToken ct);

    /// <summary>Runs what nodes that start at once must do one after the other. Its work may take long, and may use the database as it likes.</summary>
    public abstract Task UnderStartLock(Func<Task> work, CancellationToken ct);

    /// <summary>The real columns and indexes, for the drift test and for readiness.</summary>
    public abstract Task<IReadOnlyList<TableShape>> ReadSchema(DbConnection connection, CancellationToken ct);

    /// <summary>Column type that the EF model expects, in the words <see cref="ReadSchema"/> uses.</summary>
    public abstract string ColumnType(string storeType);

    public abstract bool IsUniqueViolation(Exception exception);

    /// <summary>A lock, serialisation or connection failure that is gone on the next try.</summary>
    public abstract bool IsTransient(Exception exception);

    /// <summary>There is no room left to write.</summary>
    public abstract bool IsFull(Exception exception);

    /// <returns>What an operator has to know where the database itself is at fault; null where it is not.</returns>
    public string? Fault(Exception exception) =>
        IsFull(exception) ? "The disk of the database is full."
        : IsTransient(exception) ? $"The database could not be reached, or was too busy: {exception.GetBaseException().Message.Split('\n', 2)[0].Trim()}"
        : null;

    /// <summary>SQL for the instant of the database's clock: leases must not depend on the clocks of nodes.</summary>
    public abstract string Now { get; }

    /// <returns>What the database's clock says, in UTC; null where it is the node's own.</returns>
    public abstract Task<DateTime?> Clock(CancellationToken ct);

    /// <summary>SQL for the database's clock plus <c>@seconds</c>.</summary>
    public abstract string NowPlusSeconds { get; }

    /// <summary>Whole days of 24 hours from one instant to another, rounded down; negative before it.</summary>
    /// <param name="since">A parameter or column, as is <paramref name="instant"/>.</param>
    public abstract string DaysBetween(string since, string instant);

    /// <summary>
    /// Claims up to <c>@limit</c> due jobs of <c>@kinds</c> for <c>@node</c>, oldest first, skipping what others hold. Returns what a node needs in order to run them.
    /// Those of <c>@elsewhere</c> are this node's other slots'. Other kinds are a newer node's, and only after a day, when there seems to be none, anyone's who tells that nobody can do them.
    /// </summary>
    public abstract string ClaimJobs { get; }

    public abstract ISearchStore Search { get; }

    /// <summary>SQL with the parameters {0} source and {1} keys: the rows of a table that came from the source under one of the keys; and the keys as the parameter has them.</summary>
    public abstract (string Sql, object Keys) OfSource(string table, IReadOnlyCollection<string> keys);

    /// <summary>Locks rows until the end of the transaction, in the order of their ids. Free of charge where there is one writer.</summary>
    public abstract Task Hold(DbConnection connection, DbTransaction? transaction, string table, IReadOnlyCollection<long> ids, CancellationToken ct);

    /// <summary>
    /// SQL at the end of a select: locks the rows of <paramref name="table"/> until the end of the transaction, leaving out those that somebody else holds, and
    /// those that by now do not fit the condition any more. Many who take work at once each get another, and none waits. Empty where there is one writer.
    /// </summary>
    /// <param name="table">Name or alias of the select's from.</param>
    public abstract string HoldFree(string table);

    /// <summary>Whoever holds the same name waits until the end of the transaction. Free of charge where there is one writer.</summary>
    public abstract Task HoldName(DbConnection connection, DbTransaction? transaction, string name, long id, CancellationToken ct);

    /// <summary>
    /// SQL at the end of a sub-select: nobody <see cref="Hold"/>s its rows until the end of the transaction, and it reads what those have committed who did.
    /// Any number may read so at once. Empty where there is one writer.
    /// </summary>
    public abstract string Sharing { get; }

    /// <summary>Inserts many rows at full speed (COPY, or one prepared statement) inside the given transaction.</summary>
    public abstract Task<long> BulkInsert(
        DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns,
        IEnumerable<object?[]> rows, CancellationToken ct);

    /// <summary>As <see cref="BulkInsert"/>, leaving out rows whose value in <paramref name="unique"/> is taken. Returns the ids of the inserted.</summary>
    public abstract Task<IReadOnlyList<long>> BulkInsertNew(
        DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns, string unique,
        IEnumerable<object?[]> rows, CancellationToken ct);

    /// <summary>
    /// As <see cref="BulkInsert"/>; where there is a row with the same <paramref name="key"/>, <paramref name="overwritten"/> are replaced if its value in
    /// <paramref name="newer"/> is smaller. No two rows may have the same key. Returns the keys of those that were written.
    /// </summary>
    public abstract Task<IReadOnlyList<object[]>> BulkUpsert(
        DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<BulkColumn> columns, IReadOnlyList<string> key,
        IReadOnlyList<string> overwritten, string newer, IEnumerable<object?[]> rows, CancellationToken ct);

    protected static string OnConflictOverwrite(string table, IReadOnlyList<string> key, IReadOnlyList<string> overwritten, string newer) =>
        $" on conflict ({string.Join(", ", key)}) do update set {string.Join(", ", overwritten.Select(c => $"{c} = excluded.{c}"))}"
        + $" where {table}.{newer} < excluded.{newer} returning {string.Join(", ", key.Select(k => $"{table}.{k}"))}";

    /// <summary>Tells other nodes something at commit. A hint: it may be lost, whoever listens also looks by themselves.</summary>
    public abstract Task Notify(DbConnection connection, DbTransaction? transaction, string channel, string payload, CancellationToken ct);

    /// <summary>Calls <paramref name="heard"/> for each hint until cancelled.</summary>
    public abstract Task Listen(string channel, Action<string> heard, CancellationToken ct);

    /// <summary>Refreshes planner statistics after a bulk load.</summary>
    public abstract Task Analyze(CancellationToken ct);
}

/// <param name="ClrType">After value conversion, nullable stripped.</param>
public sealed record BulkColumn(string Name, Type ClrType);

public sealed record ColumnShape(string Name, string Type, bool Nullable);

public sealed record IndexShape(string Name, string Columns, bool Unique);

public sealed record TableShape(string Name, IReadOnlyList<ColumnShape> Columns, IReadOnlyList<IndexShape> Indexes);
