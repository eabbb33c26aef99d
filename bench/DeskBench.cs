using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers;
using Tieline.Platform.Demo;

namespace Tieline.Bench;

/// <summary>What a desk needs while somebody is on the line, on a database of a million customers.</summary>
/// <param name="keep">Folder in which the loaded worlds stay, for another run; null for a folder that goes at the end.</param>
internal sealed class DeskBench(string postgres, int people, string? keep, Figures figures) : IAsyncDisposable
{
    private const int Looks = 20_000;

    private readonly Worlds worlds = new(postgres, keep, figures);

    public async Task Run(CancellationToken ct)
    {
        await using var tenth = await worlds.Loaded("small", await worlds.Create("small", ct), people / 10, ct);
        await using var house = await worlds.Loaded("large", await worlds.Create("large", ct), people, ct);
        await Alerts(house, ct);
        await DuplicatesBench.Measure(house, tenth, figures, ct);
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
