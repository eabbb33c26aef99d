using System.Diagnostics;

namespace Tieline.Bench;

/// <summary>The duplicate finder over a whole base, chunk by chunk as its nightly run does it.</summary>
internal static class DuplicatesBench
{
    private const int Records = 2_000;

    /// <param name="Seconds">From the first chunk to the commit of the last.</param>
    /// <param name="Compared">Pairs that had something in common and were compared.</param>
    public sealed record Run(double Seconds, long Records, long Compared, long Found)
    {
        public double PairsPerSecond => Compared / Seconds;
    }

    public static async Task<Run> Over(LoadedHouse house, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var (position, last, records, compared, found) = (0L, false, 0L, 0L, 0L);
        while (!last)
        {
            var chunk = await house.LookForDuplicates(position, Records, ct);
            (position, last) = (chunk.Position, chunk.Last);
            (records, compared, found) = (records + chunk.Records, compared + chunk.Compared, found + chunk.Found);
        }
        return new Run(watch.Elapsed.TotalSeconds, records, compared, found);
    }

    /// <summary>The figures of one base and, where there is a second of a tenth of its size, how many times its cost the larger one is.</summary>
    public static async Task Measure(LoadedHouse house, LoadedHouse? tenth, Figures figures, CancellationToken ct)
    {
        var run = await Over(house, ct);
        figures.Add("duplicates.pairs_per_s", run.PairsPerSecond, "1/s");
        figures.Add("duplicates.records_per_s", run.Records / run.Seconds, "1/s");
        figures.Add("duplicates.found", run.Found, "");
        if (tenth is not null)
            figures.Add("duplicates.cost_of_ten_times", run.Seconds / (await Over(tenth, ct)).Seconds, "");
    }
}
