using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;

namespace Tieline.Platform.Demo.Night;

/// <summary>Which batches run by themselves in the night before a morning, in the order of their hours.</summary>
internal sealed class NightBatches(AppDb db, Timetable timetable)
{
    /// <param name="Parameters">Of the control, and what the schedule has otherwise.</param>
    public sealed record Batch(string Code, string Description, DateOnly BusinessOn, IReadOnlyDictionary<string, string> Parameters);

    public async Task<IReadOnlyList<Batch>> Before(DateOnly morning, CancellationToken ct)
    {
        // From noon to noon by the clock on the wall: hours that daylight time skips are none of a simulated night.
        var noon = morning.AddDays(-1).ToDateTime(new TimeOnly(12, 0));
        var night = new List<(DateTime At, Batch Batch)>();
        foreach (var (schedule, control) in await Active(ct))
        {
            if (await timetable.Of(schedule, ct) is not { } times || times.WallAfter(noon, noon.AddDays(1).AddSeconds(-1)) is not { } at)
                continue;
            night.Add((at, new Batch(control.Code, control.Description, DateOnly.FromDateTime(at).AddDays(-schedule.DaysBack), BatchValues.Over(control.Values, schedule.Values))));
        }
        return [.. night.OrderBy(n => n.At).ThenBy(n => n.Batch.Code, StringComparer.Ordinal).Select(n => n.Batch).DistinctBy(b => b.Code)];
    }

    private async Task<IReadOnlyList<(BatchSchedule Schedule, BatchControl Control)>> Active(CancellationToken ct) =>
        [.. (await (from s in db.Set<BatchSchedule>().AsNoTracking() join c in db.Set<BatchControl>().AsNoTracking() on s.Code equals c.Code where s.Active && c.Active select new { s, c }).ToListAsync(ct))
            .Select(f => (f.s, f.c))];
}
