using System.Diagnostics;
using Dapper;
using Npgsql;
using Tieline.Platform.Data.Postgres;

namespace Tieline.Bench;

/// <summary>Jobs that do next to nothing: what it costs to have one done.</summary>
internal sealed class JobRuns(string database)
{
    public const int Lying = 1_000_000;
    private const int Count = 5_000;

    /// <summary>The timer of a schedule that is gone: it looks for it, and ends.</summary>
    private const string Kind = "batch.schedule";

    private const string Put = """
        insert into job (id, kind, payload, state, run_at, attempts, max_attempts, enqueued_by, created_at, finished_at)
        select @first + i, @kind, '{"scheduleId":0,"fireAt":"2026-01-01T00:00:00Z"}', @state, now(), 0, 8, 'Process:0:bench', now(), case when @state = 'Done' then now() end
        from generate_series(1, @count) i
        """;

    /// <summary>Done ones, as those of the last days.</summary>
    public async Task Lay(int count, CancellationToken ct)
    {
        await using var connection = await Open(ct);
        var lying = await connection.ExecuteScalarAsync<int>(new CommandDefinition("select count(*) from job where state = 'Done'", commandTimeout: 0, cancellationToken: ct));
        await Enqueue(connection, "Done", Math.Max(0, count - lying), ct);
        await connection.ExecuteAsync(new CommandDefinition("vacuum analyze job", commandTimeout: 0, cancellationToken: ct));
    }

    /// <returns>Jobs a second that the running programme does.</returns>
    public async Task<double> Real(CancellationToken ct)
    {
        await using var connection = await Open(ct);
        // The first ones are done while the programme is still being compiled.
        await Done(connection, Count / 5, ct);
        return await Done(connection, Count, ct);
    }

    /// <returns>Jobs a second that connections do which claim one, and say that it is done.</returns>
    public async Task<double> Bare(int workers, CancellationToken ct)
    {
        await using var connection = await Open(ct);
        await Enqueue(connection, "Waiting", Count, ct);
        var claim = new PostgresDialect(database).ClaimJobs;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            await using var own = await Open(ct);
            while (await own.QueryFirstOrDefaultAsync<long?>(new CommandDefinition(claim, new { node = $"bare {worker}", kinds = new[] { Kind }, elsewhere = Array.Empty<string>(), lease = 60.0, limit = 1 }, cancellationToken: ct)) is { } id)
                await own.ExecuteAsync(new CommandDefinition("update job set state = 'Done', lease_until = null, finished_at = now() where id = @id", new { id }, cancellationToken: ct));
        }, ct)));
        return Count / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> Done(NpgsqlConnection connection, int count, CancellationToken ct)
    {
        var first = await Enqueue(connection, "Waiting", count, ct);
        var watch = Stopwatch.StartNew();
        while (await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select exists (select from job where state in ('Waiting', 'Running') and id > @first and kind = @kind)", new { first, kind = Kind }, cancellationToken: ct)))
            // Looks seldom enough to be no load beside what is measured.
            await Task.Delay(20, ct);
        return count / watch.Elapsed.TotalSeconds;
    }

    /// <returns>The key before the first one.</returns>
    private static async Task<long> Enqueue(NpgsqlConnection connection, string state, int count, CancellationToken ct)
    {
        var first = await connection.ExecuteScalarAsync<long>(new CommandDefinition("update id_block set next = next + @count where name = 'id' returning next - @count", new { count = count + 1L }, cancellationToken: ct));
        await connection.ExecuteAsync(new CommandDefinition(Put, new { first, count, state, kind = Kind }, commandTimeout: 0, cancellationToken: ct));
        return first;
    }

    private async Task<NpgsqlConnection> Open(CancellationToken ct)
    {
        var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        return connection;
    }
}
