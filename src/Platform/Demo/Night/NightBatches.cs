using Quartz;
using Tieline.Platform.Batch;

namespace Tieline.Platform.Demo.Night;

/// <summary>Which batches run by themselves in the night before a morning, in the order of their hours.</summary>
internal sealed class NightBatches(IEnumerable<IBatchProcess> processes)
{
    public IReadOnlyList<IBatchProcess> Before(DateOnly morning)
    {
        // From noon to noon by the clock on the wall: hours that daylight time skips are none of a simulated night.
        var noon = new DateTimeOffset(morning.AddDays(-1).ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero);
        return [.. processes.Where(p => p.Usual.Cron is not null).Select(p => (Batch: p, At: new CronExpression(p.Usual.Cron!, TimeZoneInfo.Utc).GetNextValidTimeAfter(noon)))
            .Where(p => p.At < noon.AddDays(1)).OrderBy(p => p.At).ThenBy(p => p.Batch.Code, StringComparer.Ordinal).Select(p => p.Batch)];
    }
}
