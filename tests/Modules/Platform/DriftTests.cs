using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Tieline.Platform.Data;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Platform;

/// <summary>The maps and the hand-written schema say the same, on both databases.</summary>
public class DriftTests
{
    // Written only by hand-made statements: the search index, and the runner's own table.
    private static readonly string[] Unmapped = ["schema_migration", "id_block", "search_row", "search_variant"];

    [Theory, BothDatabases]
    public async Task Schema_and_model_agree(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Tieline.Platform.Security.Actor.Process("test"));
        var dialect = scope.Db.Dialect;
        var real = (await dialect.ReadSchema(await scope.Connection(), CancellationToken.None))
            .Where(t => !Unmapped.Contains(t.Name) && !t.Name.StartsWith("search_word", StringComparison.Ordinal))
            .ToDictionary(t => t.Name, StringComparer.Ordinal);
        var model = scope.Db.Model.GetEntityTypes().ToDictionary(e => e.GetTableName()!, StringComparer.Ordinal);

        Assert.Equal(model.Keys.Order(StringComparer.Ordinal), real.Keys.Order(StringComparer.Ordinal));
        var differences = model.SelectMany(m => Differences(m.Key, m.Value, real[m.Key], dialect)).ToArray();
        Assert.Empty(differences);
    }

    private static IEnumerable<string> Differences(string table, IEntityType entity, TableShape real, Dialect dialect)
    {
        var expected = entity.GetProperties().Select(p => new ColumnShape(p.GetColumnName(), dialect.ColumnType(p.GetColumnType()), p.IsNullable)).OrderBy(c => c.Name, StringComparer.Ordinal);
        var found = real.Columns.OrderBy(c => c.Name, StringComparer.Ordinal);
        foreach (var column in expected.Except(found))
            yield return $"{table}.{column.Name}: the map says {column.Type}{(column.Nullable ? " null" : "")}, the schema {real.Columns.FirstOrDefault(c => c.Name == column.Name)?.ToString() ?? "has none"}";
        foreach (var column in found.Where(c => !entity.GetProperties().Any(p => p.GetColumnName() == c.Name)))
            yield return $"{table}.{column.Name} is in the schema only";

        // Indexes by name: foreign keys get one only where a migration says so.
        var named = entity.GetIndexes().Where(i => i.Name is not null)
            .Select(i => new IndexShape(i.Name!, string.Join(',', i.Properties.Select(p => p.GetColumnName())), i.IsUnique)).ToArray();
        foreach (var index in named.Except(real.Indexes))
            yield return $"{table}: the map has the index {index}, the schema {real.Indexes.FirstOrDefault(i => i.Name == index.Name)?.ToString() ?? "has none"}";
        foreach (var index in real.Indexes.Where(i => !named.Any(n => n.Name == i.Name)))
            yield return $"{table}: the index {index} is in the schema only";
    }
}
