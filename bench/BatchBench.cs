using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieline.Platform.Security;

namespace Tieline.Bench;

/// <summary>Work that waits: how it is given to many who ask at once, how fast a night runs, and how fast jobs change hands.</summary>
/// <param name="keep">Folder in which the loaded world stays, for another run; null for a folder that goes at the end.</param>
internal sealed class BatchBench(string postgres, string? keep, string[] only, Figures figures) : IAsyncDisposable
{
    /// <summary>What can be measured for itself.</summary>
    public static readonly string[] Parts = ["next", "night", "jobs"];

    private const int People = 20_000;
    private const int Reminders = 1_000_000;
    private const int Warm = 20_000;
    private const int Backlog = 200_000;
    private const int Users = 50;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(40);
    /// <summary>What an employee takes for a To Do that is quickly done.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(2);

    private readonly Worlds worlds = new(postgres, keep, figures);

    private const string Fill = """
        insert into to_do (id, type_code, state, priority, base_priority, subject, role_id, addressed_to, due_on, created_by, created_at, version)
        select @first + i, (array['TD-CCCB', 'GENERAL', 'BILL-ERROR', 'BILL-HIGH'])[(1 + i % 4)::int], 'Open', (2 + i * 7919 % 8)::int, (2 + i * 7919 % 8)::int, 'Work ' || i, r.id, r.name,
            current_date + (i * 104729 % 60 - 30)::int, 'Process:0:bench', now() - i * interval '1 second', 0
        from generate_series(1::bigint, @count) i cross join (select id, name from to_do_role where code = 'CSR-FOLLOWUP') r
        """;

    public async Task Run(CancellationToken ct)
    {
        var database = await worlds.Create("work", ct);
        await using var house = await worlds.Loaded("work", database, People, ct);
        if (only.Contains("next"))
            await Next(house, database, ct);
        if (only.Contains("night"))
            await Night(house, database, ct);
        if (only.Contains("jobs"))
            await Jobs(database, ct);
    }

    private async Task Next(LoadedHouse house, string database, CancellationToken ct)
    {
        var team = await house.Staff(Users, ct);
        await Prepare(database, team, ct);
        await using var host = await HostProcess.Tieline(worlds.Folder("work"), database, ct);
        var given = new HashSet<long>();
        await Press(host, team, WarmUp, TimeSpan.Zero, given, ct);
        var flat = await Press(host, team, Length, TimeSpan.Zero, given, ct);
        Figures.Say($"  {flat.Times.Count / Length.TotalSeconds:0} a second without pause");
        figures.Add("next_todo.p99_ms", Figures.Quantile(flat.Times, 0.99), "ms");
        var paced = await Press(host, team, Length, Breath, given, ct);
        figures.Add("next_todo.paced.p99_ms", Figures.Quantile(paced.Times, 0.99), "ms");
        figures.Add("next_todo.doubles", flat.Doubles + paced.Doubles, "To Dos");
        figures.Add("next_todo.memory_mb", host.PeakMemory(), "MB");
    }

    /// <summary>TD-CCCB over a tenth of the backlog and all of it, beside the one statement; and with a second worker process.</summary>
    private async Task Night(LoadedHouse house, string database, CancellationToken ct)
    {
        var (key, _) = await house.Admit(ct);
        var (night, today) = (new NightRun(database), DateOnly.FromDateTime(DateTime.UtcNow));
        await night.Clear(ct);
        var bare = await night.Bare(Reminders, today, ct);
        Figures.Say($"  one statement: {bare:N0} a second");
        async Task<double> Real(HostProcess host, int count, int? threads = null)
        {
            using var http = host.Client();
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
            await night.Clear(ct);
            var speed = await night.Real(http, count, today, ct, threads);
            Figures.Say($"  {count:N0} reminders{(threads is null ? "" : $", {threads} threads")}: {speed:N0} a second");
            return speed;
        }

        await using (var host = await HostProcess.Tieline(worlds.Folder("work"), database, ct))
        {
            // Until then much of the product is compiled in haste.
            await Real(host, Warm);
            var tenth = await Real(host, Reminders / 10);
            var all = await Real(host, Reminders);
            figures.Add("batch.per_s", all, "1/s");
            figures.Add("batch.insert_select_per_s", bare, "1/s");
            figures.Add("batch.vs_insert_select", all / bare, "ratio");
            figures.Add("batch.growth_10x", tenth / all, "ratio");
            figures.Add("batch.memory_mb", host.PeakMemory(), "MB");
        }
        // Of one slot each: what a second process adds, not how two slots of one share two cores.
        const int threads = 4;
        await using var first = await HostProcess.Tieline(worlds.Folder("work"), database, ct, slots: 1);
        await Real(first, Warm, threads);
        var one = await Real(first, Reminders / 4, threads);
        var folder = worlds.Folder("beside");
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(worlds.Folder("work"), MasterKey.FileName), Path.Combine(folder, MasterKey.FileName), overwrite: true);
        await using var second = await HostProcess.Tieline(folder, database, ct, slots: 1);
        await Real(first, Warm, threads);
        figures.Add("batch.two_workers_speedup", await Real(first, Reminders / 4, threads) / one, "ratio");
    }

    /// <summary>The smallest job there is, through claim, run and done, while a million done ones lie in the table; and the same statements without a programme.</summary>
    private async Task Jobs(string database, CancellationToken ct)
    {
        var jobs = new JobRuns(database);
        await jobs.Lay(JobRuns.Lying, ct);
        foreach (var workers in (int[])[1, 4, 8])
        {
            var bare = await jobs.Bare(workers, ct);
            await using var host = await HostProcess.Tieline(worlds.Folder("work"), database, ct, workers);
            var real = await jobs.Real(ct);
            figures.Add($"job.per_s_{workers}_worker{(workers == 1 ? "" : "s")}", real, "1/s");
            figures.Add($"job.vs_bare_{workers}_worker{(workers == 1 ? "" : "s")}", real / bare, "ratio");
        }
    }

    public ValueTask DisposeAsync() => worlds.DisposeAsync();

    private static async Task Prepare(string database, DeskTeam team, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition("delete from to_do_log; delete from to_do", commandTimeout: 0, cancellationToken: ct));
        var first = await connection.ExecuteScalarAsync<long>(new CommandDefinition("update id_block set next = next + @count where name = 'id' returning next - @count", new { count = Backlog + 1L }, cancellationToken: ct));
        await connection.ExecuteAsync(new CommandDefinition(Fill, new { first, count = Backlog }, commandTimeout: 0, cancellationToken: ct));
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into to_do_role_member (to_do_role_id, employee_id) select r.id, e from to_do_role r cross join unnest(@employees) e where r.code = 'CSR-FOLLOWUP' on conflict do nothing",
            new { employees = team.Takers.Select(t => t.Employee).ToArray() }, cancellationToken: ct));
        await connection.ExecuteAsync(new CommandDefinition("vacuum analyze to_do", commandTimeout: 0, cancellationToken: ct));
    }

    /// <summary>All press "Next" at the same time, again and again.</summary>
    private static async Task<(List<double> Times, int Doubles)> Press(HostProcess host, DeskTeam team, TimeSpan length, TimeSpan breath, HashSet<long> given, CancellationToken ct)
    {
        var (times, doubles) = (new List<double>(), 0);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(team.Takers.Select((taker, i) => Task.Run(async () =>
        {
            using var http = host.Client();
            http.DefaultRequestHeaders.Add("Cookie", $"tieline_session={taker.Cookie}");
            var pace = new Pace(watch, breath, breath * i / team.Takers.Count);
            while (watch.Elapsed < length)
            {
                await pace.Next(http, ct);
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/to-dos/next") { Content = JsonContent.Create(new { }) };
                request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
                var began = Stopwatch.GetTimestamp();
                using var answer = await http.SendAsync(request, ct);
                var body = await answer.Content.ReadAsStringAsync(ct);
                var time = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                if (!answer.IsSuccessStatusCode || JsonDocument.Parse(body).RootElement.GetProperty("id") is not { ValueKind: JsonValueKind.Number } id)
                    throw new InvalidOperationException($"Next answered {(int)answer.StatusCode}: {body} {host.Errors}");
                lock (times)
                {
                    times.Add(time);
                    doubles += given.Add(id.GetInt64()) ? 0 : 1;
                }
            }
        }, ct)));
        return (times, doubles);
    }
}
