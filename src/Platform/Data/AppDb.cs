using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Platform.Data;

/// <summary>
/// The one database context. Entities and their maps belong to the rooms and are internal there; a use adds to the
/// context (directly or through other rooms' doors) and saves once, so that everything it did commits or fails together.
/// </summary>
public sealed class AppDb(
    DbContextOptions<AppDb> options, ModuleList modules, Dialect dialect, Ids ids, CurrentActor actor, TimeProvider time)
    : DbContext(options)
{
    private readonly List<(string Key, Func<CancellationToken, Task> Step)> beforeCommit = [];
    private readonly List<Action> afterCommit = [];
    private readonly List<Func<CancellationToken, Task>> afterRollback = [];
    private int opened;

    public Dialect Dialect => dialect;
    public Actor Actor => actor.Actor;

    /// <summary>Where the actor acts from, as the audit keeps it.</summary>
    public string Source => actor.Source;

    /// <summary>What the process that acts is at, as the audit and events keep it.</summary>
    public RecordRef? Because => actor.Because;

    /// <summary>Now in UTC, truncated to microseconds (what both databases keep).</summary>
    public DateTime Now => time.GetUtcNow().UtcDateTime.TruncateToMicroseconds();

    /// <summary>A new key, known before the insert.</summary>
    public long NextId() => ids.Next();

    /// <summary>The next number of a series that people read out, e.g. <c>account</c>.</summary>
    public Task<long> NextNumber(string series, CancellationToken ct) => ids.NextNumber(this, series, ct);

    /// <summary>Registers a step that runs once per key, after the rows are written and before the commit: derived rows such as the search index.</summary>
    public void BeforeCommit(string key, Func<CancellationToken, Task> step)
    {
        if (!beforeCommit.Exists(s => s.Key == key))
            beforeCommit.Add((key, step));
    }

    /// <summary>Registers what may only happen once the commit is certain: signals to workers and browsers.</summary>
    public void AfterCommit(Action action) => afterCommit.Add(action);

    /// <summary>
    /// Registers what stays true when the transaction is given up with an answer: that somebody was shown something. Runs in a
    /// transaction of its own then; not when the transaction commits or fails.
    /// </summary>
    public void AfterRollback(Func<CancellationToken, Task> step) => afterRollback.Add(step);

    /// <summary>Runs <paramref name="work"/> in one transaction, joining the one that is open.</summary>
    /// <param name="keep">Whether the result is worth a commit; null always commits. What is not kept is rolled back.</param>
    public async Task<T> InTransaction<T>(Func<Task<T>> work, CancellationToken ct, Func<T, bool>? keep = null)
    {
        if (Database.CurrentTransaction is not null)
            return await work();
        var result = await InOwnTransaction(work, ct, keep);
        var steps = afterRollback.ToArray();
        afterRollback.Clear();
        foreach (var step in steps)
            await step(ct);
        return result;
    }

    private async Task<T> InOwnTransaction<T>(Func<Task<T>> work, CancellationToken ct, Func<T, bool>? keep)
    {
        using var turn = await dialect.WriterTurn(ct);
        ids.Ready();
        // Nobody goes on in a transaction after a failed save, so a savepoint around each one would only cost two more round trips.
        Database.AutoSavepointsEnabled = false;
        await using var transaction = await Database.BeginTransactionAsync(ct);
        try
        {
            var result = await work();
            if (keep is not null && !keep(result))
            {
                await transaction.RollbackAsync(ct);
                var shown = afterRollback.ToArray();
                Forget();
                afterRollback.AddRange(shown);
                return result;
            }
            await transaction.CommitAsync(ct);
            afterRollback.Clear();
            Committed();
            return result;
        }
        catch
        {
            Forget();
            throw;
        }
    }

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (Database.CurrentTransaction is null && beforeCommit.Count > 0)
            return await InTransaction(() => Write(acceptAllChangesOnSuccess, cancellationToken), cancellationToken);
        if (Database.CurrentTransaction is not null)
            return await Write(acceptAllChangesOnSuccess, cancellationToken);
        using var turn = await dialect.WriterTurn(cancellationToken);
        var written = await Write(acceptAllChangesOnSuccess, cancellationToken);
        Committed();
        return written;
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess) =>
        throw new NotSupportedException("Use SaveChangesAsync.");

    /// <summary>The open connection and transaction, for hand-written statements that must commit with the rest.</summary>
    public async Task<(DbConnection Connection, DbTransaction? Transaction)> Sql(CancellationToken ct)
    {
        await Database.OpenConnectionAsync(ct);
        opened++;
        return (Database.GetDbConnection(), Database.CurrentTransaction?.GetDbTransaction());
    }

    /// <summary>All that this context asks goes by a connection beside the pool of requests; see <see cref="Dialect.OpenBeside"/>. Before anything is asked.</summary>
    public async Task AskBeside(CancellationToken ct) => Database.SetDbConnection(await dialect.OpenBeside(ct), contextOwnsConnection: true);

    /// <summary>Nothing is asked for a while, or never again: others may have the connection. A transaction keeps it.</summary>
    public async Task GiveBack()
    {
        if (Database.CurrentTransaction is not null)
            return;
        for (; opened > 0; opened--)
            await Database.CloseConnectionAsync();
    }

    /// <summary>Saving fails with a conflict unless the record still has the version that the person saw.</summary>
    public void Expect<T>(T record, int version) where T : class => Entry(record).Property<int>("Version").OriginalValue = version;

    /// <summary>Nobody else changes or holds these rows until the commit, in the running transaction; what others have committed before is seen from here on.</summary>
    public async Task Hold(string table, IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        if (ids.Count == 0)
            return;
        var (connection, transaction) = await Sql(ct);
        await dialect.Hold(connection, transaction, table, ids, ct);
    }

    /// <summary>As <see cref="Hold"/> where there is no row yet that could be held: whoever names the same waits until the commit.</summary>
    public async Task HoldName(string name, long id, CancellationToken ct)
    {
        var (connection, transaction) = await Sql(ct);
        await dialect.HoldName(connection, transaction, name, id, ct);
    }

    /// <summary>Drops everything not yet saved: after a failed save the context starts clean.</summary>
    public void Forget()
    {
        ChangeTracker.Clear();
        beforeCommit.Clear();
        afterCommit.Clear();
        afterRollback.Clear();
    }

    private async Task<int> Write(bool accept, CancellationToken ct)
    {
        try
        {
            ChangeLog.Record(this, actor);
            var written = await base.SaveChangesAsync(accept, ct);
            while (beforeCommit.Count > 0)
            {
                var steps = beforeCommit.ToArray();
                beforeCommit.Clear();
                foreach (var (_, step) in steps)
                    await step(ct);
                if (ChangeTracker.HasChanges())
                {
                    ChangeLog.Record(this, actor);
                    written += await base.SaveChangesAsync(accept, ct);
                }
            }
            return written;
        }
        catch
        {
            Forget();
            throw;
        }
    }

    private void Committed()
    {
        var actions = afterCommit.ToArray();
        afterCommit.Clear();
        foreach (var action in actions)
            action();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        ModelConventions.Configure(configurationBuilder);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var assembly in modules.Assemblies)
            modelBuilder.ApplyConfigurationsFromAssembly(assembly);
        ModelConventions.NameColumns(modelBuilder);
    }
}
