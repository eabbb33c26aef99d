using System.Diagnostics;
using Dapper;
using Npgsql;
using Tieline.Host;
using Tieline.Platform.Demo;

namespace Tieline.Bench;

/// <summary>Databases full of the demonstration's people, to measure on.</summary>
/// <param name="keep">Folder in which the loaded worlds stay, for another run; null for a folder that goes at the end.</param>
internal sealed class Worlds(string postgres, string? keep, Figures figures) : IAsyncDisposable
{
    private readonly string data = keep is null ? Directory.CreateTempSubdirectory("tieline-bench-").FullName : Directory.CreateDirectory(Path.Combine(keep, "worlds")).FullName;
    private readonly DateOnly today = DateOnly.FromDateTime(DateTime.UtcNow);

    public ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (keep is null)
            Directory.Delete(data, recursive: true);
        return ValueTask.CompletedTask;
    }

    public async Task<LoadedHouse> Loaded(string name, string database, int count, CancellationToken ct)
    {
        Figures.Say($"PostgreSQL, {count:N0} people");
        if (await LoadedHouse.Before(new NodeOptions(Folder(name), database), Plan(count)) is { } before)
            return before;
        var watch = Stopwatch.StartNew();
        // The world is consistent: the SQLite run checks its references row by row, here that would double the time.
        var unchecking = new NpgsqlConnectionStringBuilder(database) { Options = "-c session_replication_role=replica -c synchronous_commit=off" }.ToString();
        await LoadedHouse.Prepare(new NodeOptions(Folder(name), database), ct);
        var indexes = await IndexesAside.Drop(database, ct);
        var house = await LoadedHouse.Load(new NodeOptions(Folder(name), unchecking), Plan(count), loaders: 2, ct);
        await IndexesAside.Build(database, indexes, ct);
        Figures.Say($"  indexes after {watch.Elapsed.TotalSeconds:0} s");
        await house.Analyze(ct);
        figures.Add(name == "large" ? "load_s" : "load_a_tenth_s", watch.Elapsed.TotalSeconds, "s");
        return house;
    }

    public DemoPlan Plan(int count) => new(today, count);

    public string Folder(string name) => Path.Combine(data, name);

    public async Task<string> Create(string name, CancellationToken ct)
    {
        await using var server = new NpgsqlConnection(postgres);
        if (await server.ExecuteScalarAsync(new CommandDefinition("select 1 from pg_database where datname = @database", new { database = $"bench_{name}" }, cancellationToken: ct)) is null)
            await server.ExecuteAsync(new CommandDefinition($"create database bench_{name}", cancellationToken: ct));
        return new NpgsqlConnectionStringBuilder(postgres) { Database = $"bench_{name}" }.ToString();
    }
}
