using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers;
using Tieline.Platform.Demo;

namespace Tieline.Bench;

/// <summary>What a desk needs while somebody is on the line, on a database of a million customers.</summary>
/// <param name="keep">Folder in which the loaded worlds stay, for another run; null for a folder that goes at the end.</param>
/// <param name="only">Which of the <see cref="Parts"/> are measured.</param>
internal sealed class DeskBench(string postgres, int people, string? keep, IReadOnlyCollection<string> only, Figures figures) : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Parts = ["alerts", "calls", "duplicates", "import"];

    private const int Looks = 20_000;
    private const int Desks = 60;
    private const int WantedCalls = 300;
    private const int ImportedRows = 50_000;
    private static readonly TimeSpan CallsFor = TimeSpan.FromSeconds(60);

    private readonly Worlds worlds = new(postgres, keep, figures);

    public async Task Run(CancellationToken ct)
    {
        var database = await worlds.Create("large", ct);
        await using var tenth = await worlds.Loaded("small", await worlds.Create("small", ct), people / 10, ct);
        await using var house = await worlds.Loaded("large", database, people, ct);
        if (only.Contains("alerts"))
            await Alerts(house, ct);
        if (only.Contains("calls"))
            await Calls(house, database, ct);
        if (only.Contains("duplicates"))
            await DuplicatesBench.Measure(house, tenth, figures, ct);
        if (only.Contains("import"))
            await new ImportBench(house, worlds.Folder("large"), database, figures).Run(Math.Min(people, ImportedRows), ct);
    }

    private async Task Calls(LoadedHouse house, string database, CancellationToken ct)
    {
        var team = await house.Staff(Desks, ct);
        await using var host = await HostProcess.Tieline(worlds.Folder("large"), database, ct);
        var calls = new DeskCalls(host, house, team, CallsFor);
        figures.Add("desk.calls_per_minute", await calls.Flat(ct), "1/min");
        Steps("desk.slowest_step_p99_ms");
        figures.Add("desk.paced.calls_per_minute", await calls.Paced(WantedCalls, ct), "1/min");
        Steps("desk.paced.slowest_step_p99_ms");
        figures.Add("desk.memory_mb", host.PeakMemory(), "MB");

        void Steps(string slowest)
        {
            foreach (var (step, times) in calls.Steps)
                Figures.Say($"  {step,-10} p50 {Figures.Quantile(times, 0.5):0.0} ms, p99 {Figures.Quantile(times, 0.99):0.0} ms, {times.Count} times");
            figures.Add(slowest, calls.Steps.Max(s => Figures.Quantile(s.Value, 0.99)), "ms");
        }
    }

    /// <summary>All alerts of a customer, as every page of the desk asks for them: people at random, landlords with hundreds of homes among them.</summary>
    private async Task Alerts(LoadedHouse house, CancellationToken ct)
    {
        var random = new DemoStream(5, "alerts").At(0);
        var times = new List<double>(Looks);
        var found = 0L;
        for (var i = -500; i < Looks; i++)
        {
            var person = house.Keys.FirstPerson + random.Next(house.Plan.People);
            await house.AsRepresentative(async services =>
            {
                var alerts = services.GetRequiredService<IAlerts>();
                var watch = Stopwatch.GetTimestamp();
                var told = await alerts.Of(person, ct);
                if (i >= 0)
                {
                    times.Add(Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
                    found += told.Count;
                }
            });
        }
        Figures.Say($"  {found / (double)Looks:0.00} alerts for each customer");
        figures.Add("alerts.p50_ms", Figures.Quantile(times, 0.5), "ms");
        figures.Add("alerts.p99_ms", Figures.Quantile(times, 0.99), "ms");
    }

    public ValueTask DisposeAsync() => worlds.DisposeAsync();
}
