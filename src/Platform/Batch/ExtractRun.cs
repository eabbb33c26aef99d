using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Batch;

/// <param name="Action"><c>created</c>, <c>changed</c> or <c>deleted</c>.</param>
/// <param name="Part">Of the record, where only a part of it changed.</param>
public sealed record BatchChange(DateTime At, string Action, RecordRef Record, RecordRef? Part);

/// <summary>
/// What a run did, record by record, as it was written down when it did it; the values are in the history of each record. However often it is asked for, it says the same and changes
/// nothing. What is not audited (what is computed anew from records, say) is not in it.
/// </summary>
public sealed class ExtractRun(AppDb db, CurrentActor actor) : IUse<ExtractRun.Input, Page<BatchChange>>
{
    public const int MaxSize = 2_000;

    /// <summary>Nodes' clocks agree within less.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <param name="After">Cursor of the page before.</param>
    public sealed record Input(long Id, string? After = null, int? Size = null);

    public async Task<Outcome<Page<BatchChange>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        if (await db.Set<BatchRun>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } run)
            return Problem.NotFound("This batch run");
        if (run.StartedAt is not { } started)
            return new Page<BatchChange>([]);
        var (itself, size) = (run.AuditSubject, Math.Clamp(input.Size ?? Paging.DefaultSize, 1, MaxSize));
        var (from, until) = (started - Margin, (run.FinishedAt ?? db.Now) + Margin);
        var entries = db.Set<AuditEntry>().AsNoTracking().Where(e => e.At >= from && e.At <= until && e.Cause == itself && e.Subject != itself);
        if (Cursor.Decode(input.After) is { } behind)
            entries = entries.Where(e => e.At >= behind.At && (e.At > behind.At || e.Id > behind.Id));
        var found = await entries.OrderBy(e => e.At).ThenBy(e => e.Id).Take(size + 1).ToListAsync(ct);
        var more = found.Count > size;
        if (more)
            found.RemoveAt(size);
        return new Page<BatchChange>([.. found.Select(e => new BatchChange(e.At, e.Action, e.Subject, e.Part))], more ? Cursor.Encode(found[^1].At, found[^1].Id) : null);
    }
}
