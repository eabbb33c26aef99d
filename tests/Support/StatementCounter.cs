using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace Tieline.Tests.Support;

/// <summary>Counts the statements that reach the database of a house while it lives.</summary>
public sealed class StatementCounter : IDisposable
{
    private readonly ConcurrentQueue<string> statements = new();
    private readonly TestHouse house;
    private readonly ActivityListener? listener;

    public StatementCounter(TestHouse house)
    {
        this.house = house;
        if (house.Database is { } connection)
            ActivitySource.AddActivityListener(listener = OfPostgres(new NpgsqlConnectionStringBuilder(connection).Database));
        else
            house.Statements.Heard += Add;
    }

    public IReadOnlyList<string> All => [.. statements];

    public IReadOnlyList<string> Selects => [.. statements.Where(s => s.StartsWith("select", StringComparison.OrdinalIgnoreCase) || s.StartsWith("with", StringComparison.OrdinalIgnoreCase))];

    public void Clear() => statements.Clear();

    public void Dispose()
    {
        house.Statements.Heard -= Add;
        listener?.Dispose();
    }

    private void Add(string sql) => statements.Enqueue(sql.Trim());

    private ActivityListener OfPostgres(string? database) => new()
    {
        ShouldListenTo = source => source.Name == "Npgsql",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        ActivityStopped = activity =>
        {
            var tags = activity.TagObjects.ToDictionary(t => t.Key, t => t.Value?.ToString(), StringComparer.Ordinal);
            var of = tags.GetValueOrDefault("db.namespace") ?? tags.GetValueOrDefault("db.name");
            if (of == database && (tags.GetValueOrDefault("db.query.text") ?? tags.GetValueOrDefault("db.statement")) is { } sql)
                Add(sql);
        },
    };
}
