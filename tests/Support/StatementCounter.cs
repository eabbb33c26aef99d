using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace Tieline.Tests.Support;

/// <summary>Counts the statements that reach one PostgreSQL database while it lives.</summary>
public sealed class StatementCounter : IDisposable
{
    private readonly ConcurrentQueue<string> statements = new();
    private readonly ActivityListener listener;

    public StatementCounter(TestHouse house)
    {
        var database = new NpgsqlConnectionStringBuilder(house.Database).Database;
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                var tags = activity.TagObjects.ToDictionary(t => t.Key, t => t.Value?.ToString(), StringComparer.Ordinal);
                var of = tags.GetValueOrDefault("db.namespace") ?? tags.GetValueOrDefault("db.name");
                if (of == database && (tags.GetValueOrDefault("db.query.text") ?? tags.GetValueOrDefault("db.statement")) is { } sql)
                    statements.Enqueue(sql.Trim());
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public IReadOnlyList<string> All => [.. statements];

    public IReadOnlyList<string> Selects => [.. statements.Where(s => s.StartsWith("select", StringComparison.OrdinalIgnoreCase) || s.StartsWith("with", StringComparison.OrdinalIgnoreCase))];

    public void Clear() => statements.Clear();

    public void Dispose() => listener.Dispose();
}
