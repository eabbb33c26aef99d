using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Audit;

/// <summary>Something that was done to a record, or a look at it.</summary>
/// <param name="Action"><c>created</c>, <c>changed</c>, <c>deleted</c> ... or <c>looked</c>.</param>
/// <param name="Part">The part of the record that changed.</param>
/// <param name="Changes">JSON: property to [before, after], or to the value; identifiers are masked.</param>
/// <param name="Query">Of a look: what was asked for, or of which part.</param>
public sealed record HistoryLine(long Id, DateTime At, ActorRef Actor, string Source, string Action, RecordRef? Part, string? Changes, string? Query);

/// <summary>What a room asks of those who read the history of its records, besides the right to read histories: it shows what the record shows.</summary>
/// <param name="Kind">Of the subject: <c>person</c>.</param>
public sealed record HistoryRight(string Kind, string Permission);

/// <summary>Who changed a record and who looked at it, newest first. This look is kept, too.</summary>
internal sealed class ReadHistory(AppDb db, IAuditTrail audit, CurrentActor actor, IEnumerable<HistoryRight> rights, IEnumerable<IHistoryWords> rooms) : IUse<ReadHistory.Input, Page<HistoryLine>>
{
    /// <param name="Subject">The record: <c>person:1200</c>.</param>
    /// <param name="Only"><see cref="Changes"/> or <see cref="Looks"/>; both when left out.</param>
    /// <param name="After">Cursor of the page before.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(string? Subject, string? Only = null, string? After = null, int? Size = null);

    public const string Changes = "changes";
    public const string Looks = "looks";

    /// <summary>What is kept as the query of a look at the history itself.</summary>
    public const string OwnQuery = "who changed and who looked";

    public async Task<Outcome<Page<HistoryLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ReadAudit);
        if (!RecordRef.TryParse(input.Subject, out var subject))
            return new Problem(nameof(Input.Subject), "Name a record, such as person:1200.", "history.subject");
        foreach (var right in rights.Where(r => r.Kind == subject.Kind))
            actor.Require(right.Permission);
        if (input.Only is not (null or Changes or Looks))
            return new Problem(nameof(Input.Only), $"Only {Changes} or {Looks}.", "history.only");
        Func<string, string, string>? words = null;
        foreach (var room in rooms.Where(r => r.Kind == subject.Kind))
            words = await room.For(subject, ct);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var before = Cursor.Decode(input.After)?.Id;
        var lines = new List<HistoryLine>();
        if (input.Only != Looks)
        {
            lines.AddRange((await audit.Of(subject, size + 1, before, ct))
                .Select(e => new HistoryLine(e.Id, e.At, e.Actor, e.Source, e.Action, e.Part, e.Changes, null)));
        }
        if (input.Only != Changes)
        {
            lines.AddRange(await db.Set<Look>().AsNoTracking().Where(l => l.Subject == subject && (before == null || l.Id < before)).OrderByDescending(l => l.Id).Take(size + 1)
                .Select(l => new HistoryLine(l.Id, l.At, l.Actor, l.Source, "looked", null, null, l.Query)).ToListAsync(ct));
        }
        // Keys of both tables come from one series.
        var page = lines.OrderByDescending(l => l.Id).Take(size)
            .Select(l => words is null ? l : l with { Changes = MaskedChanges.Of(l.Changes, words), Query = l.Query is null ? null : words("", l.Query) }).ToArray();
        await audit.Looked(subject, ct, OwnQuery);
        return new Page<HistoryLine>(page, lines.Count > size ? Cursor.Encode(page[^1].At, page[^1].Id) : null);
    }
}
