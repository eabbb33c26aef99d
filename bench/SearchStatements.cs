using Microsoft.Extensions.Logging;
using Npgsql;

namespace Tieline.Bench;

/// <summary>A statement as the product sent it, with the values of its parameters.</summary>
internal sealed record Statement(string Sql, object[] Values)
{
    public async Task<int> Run(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        foreach (var value in Values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = 0;
        var values = new object[reader.FieldCount];
        while (await reader.ReadAsync(ct))
        {
            reader.GetValues(values);
            rows++;
        }
        return rows;
    }
}

/// <summary>Listens to the statements that the product sends, so that the same ones can be sent without it.</summary>
internal static class SearchStatements
{
    private static readonly AsyncLocal<List<Statement>?> Heard = new();

    public static ILoggerFactory Listening { get; } = new Factory();

    public static async Task<IReadOnlyList<Statement>> Of(Func<Task> work)
    {
        var heard = new List<Statement>();
        Heard.Value = heard;
        await work();
        Heard.Value = null;
        return [.. heard.Where(s => s.Sql.Contains("search_", StringComparison.Ordinal))];
    }

    private sealed class Factory : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider) { }

        public ILogger CreateLogger(string categoryName) => new Ear(categoryName == "Npgsql.Command");

        public void Dispose() { }
    }

    private sealed class Ear(bool commands) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => commands && Heard.Value is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Heard.Value is not { } heard || state is not IEnumerable<KeyValuePair<string, object?>> fields)
                return;
            var known = fields.ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);
            if (eventId.Name?.StartsWith("ExecutingCommand", StringComparison.Ordinal) == true && known.TryGetValue("CommandText", out var sql))
                heard.Add(new Statement((string)sql!, known.TryGetValue("Parameters", out var values) ? [.. ((IEnumerable<object>)values!)] : []));
        }
    }
}
