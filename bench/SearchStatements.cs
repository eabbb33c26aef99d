using System.Diagnostics;
using Npgsql;

namespace Tieline.Bench;

/// <summary>A statement as the product sent it, with its parameters.</summary>
internal sealed record Statement(string Sql, IReadOnlyList<(string Name, object Value)> Parameters)
{
    public async Task Run(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        foreach (var (name, value) in Parameters)
            command.Parameters.AddWithValue(name, value);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var values = new object[reader.FieldCount];
        while (await reader.ReadAsync(ct))
            reader.GetValues(values);
    }
}

/// <summary>Listens to the statements that the product sends, so that the same ones can be sent without it.</summary>
internal static class SearchStatements
{
    private static readonly AsyncLocal<List<Statement>?> Heard = new();

    private static readonly ActivityListener Ear = new()
    {
        ShouldListenTo = source => source.Name == "Npgsql",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => Heard.Value is null ? ActivitySamplingResult.None : ActivitySamplingResult.AllData,
    };

    /// <summary>Npgsql tells of a command while it traces it, and it traces only when someone listens.</summary>
    public static void Listen(NpgsqlDataSourceBuilder source)
    {
        ActivitySource.AddActivityListener(Ear);
        source.ConfigureTracing(trace => trace.ConfigureCommandEnrichmentCallback((_, command) =>
            Heard.Value?.Add(new Statement(command.CommandText, [.. command.Parameters.Select(p => (p.ParameterName, p.Value!))]))));
    }

    public static async Task<IReadOnlyList<Statement>> Of(Func<Task> work)
    {
        var heard = new List<Statement>();
        Heard.Value = heard;
        await work();
        Heard.Value = null;
        return [.. heard.Where(s => s.Sql.Contains("search_", StringComparison.Ordinal))];
    }
}
