using System.Linq.Expressions;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;

namespace Tieline.Customers.Merging;

/// <summary>Rows of one table, each of which follows as it is: a few statements, however many there are.</summary>
internal sealed class RowsFollow<T>(AppDb db, string kind, int order, Expression<Func<T, long?>> column, string what, Expression<Func<T, long?>>? other = null) : IFollowsMerge where T : class
{
    private readonly IEntityType entity = db.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} has no map.");

    public string Kind => kind;
    public int Order => order;
    public IReadOnlyCollection<string> Covers => [Field];

    private IProperty Property => Of(column);
    private string Table => entity.GetTableName()!;
    private string Column => Property.GetColumnName();
    private string Field => $"{Table}.{Column}";
    private string Goes => other is null ? $"{Column} = @from" : $"{Column} = @from and ({Of(other).GetColumnName()} is null or {Of(other).GetColumnName()} <> @into)";
    private string Changed => entity.FindProperty("Version") is null ? "" : ", version = version + 1";

    public async Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var count = await connection.ExecuteScalarAsync<int>(new CommandDefinition($"select count(*) from {Table} where {Goes}", new { from, into }, transaction, cancellationToken: ct));
        return count == 0 ? [] : [new MergeCount(what, count)];
    }

    public async Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        // Held in their order first: others hold several of them at once, too.
        var there = (await connection.QueryAsync<long>(new CommandDefinition($"select id from {Table} where {Goes}", new { from, into }, transaction, cancellationToken: ct))).AsList();
        if (there.Count == 0)
            return [];
        await db.Hold(Table, there, ct);
        var moved = (await connection.QueryAsync<long>(new CommandDefinition(
            $"update {Table} set {Column} = @into{Changed} where {Goes} returning id", new { from, into }, transaction, cancellationToken: ct))).AsList();
        await Audit(moved, from, into, ct);
        return [.. moved.Select(id => new MovedRow(Field, id))];
    }

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        if (moved.Count == 0)
            return;
        var (connection, transaction) = await db.Sql(ct);
        var ids = moved.Select(m => m.Id).ToArray();
        await db.Hold(Table, ids, ct);
        var back = new List<long>();
        foreach (var some in ids.Chunk(1_000))
        {
            back.AddRange(await connection.QueryAsync<long>(new CommandDefinition(
                $"update {Table} set {Column} = @from{Changed} where {Column} = @into and id in ({string.Join(',', some)}) returning id", new { from, into }, transaction, cancellationToken: ct)));
        }
        await Audit(back, into, from, ct);
    }

    private IProperty Of(Expression<Func<T, long?>> property) =>
        entity.FindProperty((property.Body is UnaryExpression { Operand: MemberExpression inner } ? inner : (MemberExpression)property.Body).Member.Name)!;

    private async Task Audit(List<long> changed, long before, long after, CancellationToken ct)
    {
        if (changed.Count > 0 && typeof(IAudited).IsAssignableFrom(typeof(T)))
            await db.AuditChanged(await db.Set<T>().AsNoTracking().Where(r => changed.Contains(EF.Property<long>(r, "Id"))).ToListAsync(ct), Property.Name, before, after, ct);
    }
}
