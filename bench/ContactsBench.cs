using System.Diagnostics;
using Dapper;
using Npgsql;
using Tieline.Host;
using Tieline.Platform.Demo;

namespace Tieline.Bench;

/// <summary>Finding customers, seeing them, recording contacts and turning promises into work, on a database of a million customers.</summary>
/// <param name="keep">Folder in which the loaded worlds stay, for another run; null for a folder that goes at the end.</param>
internal sealed class ContactsBench(string postgres, int people, string? keep, Figures figures) : IAsyncDisposable
{
    private const int Searches = 1_000;
    private const int PageSize = 25;
    private const string SearchRoute = "/api/v1/search?q=";

    private readonly Worlds worlds = new(postgres, keep, figures);
    private readonly DateOnly today = DateOnly.FromDateTime(DateTime.UtcNow);

    public async Task Run(CancellationToken ct)
    {
        var smaller = people / 10;
        var small = await Searched("small", smaller, ct);
        await OnSqlite(Math.Min(100_000, people), ct);
        var database = await worlds.Create("large", ct);
        await using var house = await worlds.Loaded("large", database, people, ct);
        var (key, cookie) = await house.Admit(ct);
        await using var host = await HostProcess.Tieline(worlds.Folder("large"), database, ct);
        var (median, bare) = await Search(house, host, key, database, "search", ct);
        figures.Add("search.vs_bare_sql", median / bare, "ratio");
        figures.Add("search.growth_10x", median / small, "ratio");
        await CustomerPage(house, host, cookie, ct);
        await RecordContacts(house, host, key, database, ct);
        await MakeToDos(host, key, database, ct);
        figures.Add("memory_mb", host.PeakMemory(), "MB");
    }

    public ValueTask DisposeAsync() => worlds.DisposeAsync();

    /// <returns>Median of the searches in ms.</returns>
    private async Task<double> Searched(string name, int count, CancellationToken ct)
    {
        var database = await worlds.Create(name, ct);
        await using var house = await worlds.Loaded(name, database, count, ct);
        var (key, _) = await house.Admit(ct);
        await using var host = await HostProcess.Tieline(worlds.Folder(name), database, ct);
        return (await Search(house, host, key, database, "search.at_a_tenth", ct)).Median;
    }

    private async Task OnSqlite(int count, CancellationToken ct)
    {
        Figures.Say($"SQLite, {count:N0} people");
        var watch = Stopwatch.StartNew();
        await using var house = await LoadedHouse.Before(new NodeOptions(worlds.Folder("sqlite")), worlds.Plan(count))
            ?? await LoadedHouse.Load(new NodeOptions(worlds.Folder("sqlite")), worlds.Plan(count), loaders: 1, ct);
        await house.Analyze(ct);
        figures.Add("sqlite.load_s", watch.Elapsed.TotalSeconds, "s");
        var (key, _) = await house.Admit(ct);
        await using var host = await HostProcess.Tieline(worlds.Folder("sqlite"), null, ct);
        await Search(house, host, key, null, "sqlite.search", ct);
    }

    private async Task<(double Median, double BareMedian)> Search(LoadedHouse house, HostProcess host, string key, string? database, string name, CancellationToken ct)
    {
        using var http = host.Client();
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        await using var connection = database is null ? null : new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { MaxAutoPrepare = 200, AutoPrepareMinUsages = 2 }.ToString());
        if (connection is not null)
            await connection.OpenAsync(ct);
        foreach (var typed in SearchMix.Of(house.World, 200, seed: 1))
            await Find(http, typed, ct);
        var mix = new List<(string Typed, IReadOnlyList<Statement> Statements)>(Searches);
        foreach (var typed in SearchMix.Of(house.World, Searches, seed: 2))
            mix.Add((typed, connection is null ? [] : await SearchStatements.Of(() => house.Find(typed, PageSize, ct))));
        var (times, bare) = (new List<double>(Searches), new List<double>(Searches));
        foreach (var (typed, statements) in mix)
        {
            // Whoever comes second finds the pages in the processor's memory: they take turns.
            var second = times.Count % 2 == 0;
            if (second)
                times.Add(await Find(http, typed, ct));
            if (connection is not null)
                bare.Add(await Bare(connection, statements, ct));
            if (!second)
                times.Add(await Find(http, typed, ct));
        }
        figures.Add($"{name}.p50_ms", Figures.Quantile(times, 0.5), "ms");
        figures.Add($"{name}.p99_ms", Figures.Quantile(times, 0.99), "ms");
        return (Figures.Quantile(times, 0.5), bare.Count == 0 ? 0 : Figures.Quantile(bare, 0.5));
    }

    private static async Task<double> Find(HttpClient http, string typed, CancellationToken ct)
    {
        var watch = Stopwatch.GetTimestamp();
        using var answer = await http.GetAsync($"{SearchRoute}{Uri.EscapeDataString(typed)}&size={PageSize}", ct);
        await answer.Content.ReadAsByteArrayAsync(ct);
        var time = Stopwatch.GetElapsedTime(watch).TotalMilliseconds;
        return answer.IsSuccessStatusCode ? time : throw new InvalidOperationException($"The search for '{typed}' answered {(int)answer.StatusCode}.");
    }

    private static async Task<double> Bare(NpgsqlConnection connection, IReadOnlyList<Statement> statements, CancellationToken ct)
    {
        if (statements.Count == 0)
            throw new InvalidOperationException("A search sent no statement that could be listened to.");
        var watch = Stopwatch.GetTimestamp();
        foreach (var statement in statements)
            await statement.Run(connection, ct);
        return Stopwatch.GetElapsedTime(watch).TotalMilliseconds;
    }

    private async Task CustomerPage(LoadedHouse house, HostProcess host, string cookie, CancellationToken ct)
    {
        using var http = host.Client();
        http.DefaultRequestHeaders.Add("Cookie", $"tieline_session={cookie}");
        var random = new DemoStream(3, "pages").At(0);
        var times = new List<double>();
        for (var i = -100; i < Searches; i++)
        {
            var watch = Stopwatch.GetTimestamp();
            using var answer = await http.GetAsync($"/customers/{house.Keys.FirstPerson + random.Next(house.Plan.People)}", ct);
            await answer.Content.ReadAsByteArrayAsync(ct);
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException($"The customer page answered {(int)answer.StatusCode}. {host.Errors}");
            if (i >= 0)
                times.Add(Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
        }
        figures.Add("customer_page.p50_ms", Figures.Quantile(times, 0.5), "ms");
        figures.Add("customer_page.p99_ms", Figures.Quantile(times, 0.99), "ms");
    }

    private async Task RecordContacts(LoadedHouse house, HostProcess host, string key, string database, CancellationToken ct)
    {
        await using var bare = await HostProcess.Bare(database, ct);
        var (ours, theirs) = (new List<double>(), new List<double>());
        // The first round warms up: until then much of the product is compiled in haste.
        for (var round = 0; round < 4; round++)
        {
            var length = TimeSpan.FromSeconds(round == 0 ? 20 : 8);
            ours.Add(await ContactClients.Rate(host, "/api/v1/contacts", key, house, length, ct));
            theirs.Add(await ContactClients.Rate(bare, "/contacts", null, house, length, ct));
        }
        figures.Add("contact.per_s", Figures.Quantile(ours.Skip(1), 0.5), "1/s");
        figures.Add("contact.bare_per_s", Figures.Quantile(theirs.Skip(1), 0.5), "1/s");
        figures.Add("contact.vs_bare_endpoint", Figures.Quantile(ours.Skip(1), 0.5) / Figures.Quantile(theirs.Skip(1), 0.5), "ratio");
    }

    private async Task MakeToDos(HostProcess host, string key, string database, CancellationToken ct)
    {
        using var http = host.Client();
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var count = Math.Min(100_000, people);
        var night = new NightRun(database);
        await night.Real(http, Math.Min(5_000, count), today, ct);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < 3; round++)
        {
            theirs.Add(await night.Bare(count, today, ct));
            ours.Add(await night.Real(http, count, today, ct));
        }
        figures.Add("td_cccb.per_s", Figures.Quantile(ours, 0.5), "1/s");
        figures.Add("td_cccb.bare_per_s", Figures.Quantile(theirs, 0.5), "1/s");
        figures.Add("td_cccb.vs_insert_select", Figures.Quantile(ours, 0.5) / Figures.Quantile(theirs, 0.5), "ratio");
    }
}
