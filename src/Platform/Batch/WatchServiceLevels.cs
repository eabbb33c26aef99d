using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;

namespace Tieline.Platform.Batch;

/// <summary>
/// Tells once of each batch that comes late, and when it is on time again. Each node looks once a minute, with one SELECT where no control has a rule; only where something is to
/// be told there is a job, one for all nodes.
/// </summary>
internal sealed class WatchServiceLevels(AppDb db, ServiceLevels levels, IJobs jobs, IEvents events, CurrentActor actor) : IJobHandler<WatchServiceLevels.Payload>
{
    public const string Kind = "batch.service";

    public sealed record Payload;

    public async Task Remind(CancellationToken ct)
    {
        if ((await Changed(ct)).Count == 0)
            return;
        await jobs.Enqueue(Kind, new Payload(), ct, uniqueKey: db.Now.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture));
        await db.SaveChangesAsync(ct);
    }

    public async Task Run(Payload payload, JobRun job, CancellationToken ct)
    {
        foreach (var id in await Changed(ct))
            await db.InTransaction(() => Tell(id, ct), ct);
    }

    /// <summary>Keys of the controls of which something is to be told.</summary>
    private async Task<IReadOnlyList<long>> Changed(CancellationToken ct)
    {
        var watched = await db.Set<BatchControl>().AsNoTracking()
            .Select(c => new { Control = c, Told = db.Set<BatchLateness>().Any(l => l.ControlId == c.Id && l.OverAt == null) })
            .Where(c => c.Told || c.Control.OverBy != null || c.Control.LongestMinutes != null).OrderBy(c => c.Control.Id).ToListAsync(ct);
        var late = await levels.Late([.. watched.Select(w => w.Control)], ct);
        return [.. watched.Where(w => w.Told != late.ContainsKey(w.Control.Code)).Select(w => w.Control.Id)];
    }

    private async Task<bool> Tell(long id, CancellationToken ct)
    {
        await db.Hold("batch_control", [id], ct);
        var control = await db.Set<BatchControl>().AsNoTracking().SingleAsync(c => c.Id == id, ct);
        actor.Because = control.AuditSubject;
        var late = (await levels.Late([control], ct)).GetValueOrDefault(control.Code);
        // Another node may have told it.
        var told = await db.Set<BatchLateness>().SingleOrDefaultAsync(l => l.ControlId == id && l.OverAt == null, ct);
        if (late is not null && told is null)
        {
            var lateness = new BatchLateness { Id = db.NextId(), ControlId = id, RunId = late.RunId, Words = late.Words, At = db.Now };
            db.Add(lateness);
            await events.Publish(new BatchCameLate(lateness.Id, id, control.Code, late.Words, late.RunId), ct, control.AuditSubject);
        }
        else if (late is null && told is not null)
        {
            told.OverAt = db.Now;
            await events.Publish(new BatchOnTimeAgain(told.Id, id, control.Code, await How(told, ct)), ct, control.AuditSubject);
        }
        await db.SaveChangesAsync(ct);
        return true;
    }

    private async Task<string> How(BatchLateness told, CancellationToken ct) =>
        await db.Set<BatchRun>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == told.RunId, ct) switch
        {
            { State: BatchState.Completed or BatchState.CompletedWithErrors } run => $"Run {run.Number} is over.",
            { State: BatchState.Failed } run => $"Run {run.Number} failed.",
            { State: BatchState.Cancelled } run => $"Run {run.Number} was cancelled.",
            _ => "It is not late any more.",
        };
}
