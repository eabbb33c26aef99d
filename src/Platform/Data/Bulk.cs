using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Tieline.Platform.Data;

/// <summary>Writes entities at the speed of the database's bulk way, by the same maps as everything else. No audit: for loaders.</summary>
public static class Bulk
{
    /// <returns>Rows written.</returns>
    public static async Task<long> BulkInsert<T>(this AppDb db, IEnumerable<T> entities, CancellationToken ct) where T : class
    {
        var entity = db.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} has no map.");
        var table = entity.GetTableName()!;
        var properties = entity.GetProperties().ToArray();
        var columns = Array.ConvertAll(properties, Column);
        var readers = Array.ConvertAll(properties, Reader);
        var (connection, transaction) = await db.Sql(ct);
        return await db.Dialect.BulkInsert(connection, transaction, table, columns, Rows(entities, readers), ct);
    }

    /// <summary>Inserts those entities for which no row with the same <paramref name="unique"/> value exists; others are left out.</summary>
    /// <returns>The ids of the inserted.</returns>
    public static async Task<IReadOnlyList<long>> BulkInsertNew<T>(this AppDb db, IReadOnlyCollection<T> entities, Expression<Func<T, object?>> unique, CancellationToken ct)
        where T : class
    {
        var entity = db.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} has no map.");
        var properties = entity.GetProperties().ToArray();
        var member = unique.Body is UnaryExpression { Operand: MemberExpression inner } ? inner : (MemberExpression)unique.Body;
        var (connection, transaction) = await db.Sql(ct);
        return await db.Dialect.BulkInsertNew(
            connection, transaction, entity.GetTableName()!, Array.ConvertAll(properties, Column), entity.FindProperty(member.Member.Name)!.GetColumnName(),
            Rows(entities, Array.ConvertAll(properties, Reader)), ct);
    }

    /// <summary>
    /// Inserts entities; where there is a row with the same <paramref name="key"/> it is overwritten if it holds less in <paramref name="newer"/>, and keeps its
    /// primary key. No two of the entities may have the same key.
    /// </summary>
    /// <param name="key">Property names.</param>
    /// <returns>Those that were written.</returns>
    public static async Task<IReadOnlyList<T>> BulkUpsert<T>(
        this AppDb db, IReadOnlyCollection<T> entities, IReadOnlyList<string> key, string newer, CancellationToken ct) where T : class
    {
        if (entities.Count == 0)
            return [];
        var entity = db.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} has no map.");
        var properties = entity.GetProperties().ToArray();
        var keys = key.Select(k => entity.FindProperty(k)!).ToArray();
        var readers = Array.ConvertAll(keys, Reader);
        var (connection, transaction) = await db.Sql(ct);
        var written = await db.Dialect.BulkUpsert(
            connection, transaction, entity.GetTableName()!, Array.ConvertAll(properties, Column), Array.ConvertAll(keys, k => k.GetColumnName()),
            [.. properties.Where(p => !p.IsPrimaryKey() && !keys.Contains(p)).Select(p => p.GetColumnName())], entity.FindProperty(newer)!.GetColumnName(),
            Rows(entities, Array.ConvertAll(properties, Reader)), ct);
        var known = written.Select(w => string.Join('\n', w)).ToHashSet(StringComparer.Ordinal);
        return [.. entities.Where(e => known.Contains(string.Join('\n', readers.Select(r => r(e)))))];
    }

    private static IEnumerable<object?[]> Rows<T>(IEnumerable<T> entities, Func<object, object?>[] readers) where T : class
    {
        var row = new object?[readers.Length];
        foreach (var entity in entities)
        {
            for (var i = 0; i < readers.Length; i++)
                row[i] = readers[i](entity);
            yield return row;
        }
    }

    private static BulkColumn Column(IProperty property)
    {
        var type = property.GetTypeMapping().Converter?.ProviderClrType ?? property.ClrType;
        return new BulkColumn(property.GetColumnName(), Nullable.GetUnderlyingType(type) ?? type);
    }

    private static Func<object, object?> Reader(IProperty property)
    {
        var getter = property.GetGetter();
        var converter = property.GetTypeMapping().Converter;
        return converter is null
            ? getter.GetClrValue
            : entity => getter.GetClrValue(entity) is { } value ? converter.ConvertToProvider(value) : null;
    }
}
