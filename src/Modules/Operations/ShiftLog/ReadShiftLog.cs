using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Export;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Operations.ShiftLog;

/// <param name="Open">Of a hand-over: what was open then.</param>
internal sealed record ShiftLine(
    long Id, ShiftEntryKind Kind, DateTime At, ActorRef Author, string Text, RecordRef? Subject, IReadOnlyList<string> Open, DateTime? TakenOverAt, ActorRef? TakenOverBy)
{
    public static ShiftLine Of(ShiftEntry e) => new(
        e.Id, e.Kind, e.At, e.Author, e.Text, e.Subject, e.Open is { Length: > 0 } open ? open.Split('\n') : [], e.TakenOverAt, e.TakenOverBy);
}

/// <summary>The log, newest first.</summary>
internal sealed class ListShiftLog(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListShiftLog.Input, Page<ShiftLine>>
{
    /// <param name="On">A day of the utility.</param>
    /// <param name="Search">Part of the text; case and accents do not matter.</param>
    public sealed record Input(DateOnly? On = null, string? Search = null, ShiftEntryKind? Kind = null, string? After = null, int? Size = null);

    public async Task<Outcome<Page<ShiftLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var entries = db.Set<ShiftEntry>().AsNoTracking();
        if (input.On is { Year: > 1900 and < 9000 } on)
        {
            var (from, to) = (await clock.StartOf(on, ct), await clock.EndOf(on, ct));
            entries = entries.Where(e => e.At >= from && e.At < to);
        }
        if (input.Kind is { } kind)
            entries = entries.Where(e => e.Kind == kind);
        if (SearchText.Fold(TypedText.OneLine(input.Search, 100)) is { Length: > 0 } part)
            entries = entries.Where(e => e.Words.Contains(part));
        if (Cursor.Decode(input.After) is { } behind)
            entries = entries.Where(e => e.At < behind.At || (e.At == behind.At && e.Id < behind.Id));
        var found = await entries.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(size + 1).ToListAsync(ct);
        var page = found.GetRange(0, Math.Min(found.Count, size));
        return new Page<ShiftLine>(page.ConvertAll(ShiftLine.Of), found.Count > size ? Cursor.Encode(page[^1].At, page[^1].Id) : null);
    }
}

internal sealed class GetShiftEntry(AppDb db, CurrentActor actor) : IUse<GetShiftEntry.Input, ShiftLine>
{
    public sealed record Input(long Id);

    public async Task<Outcome<ShiftLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        return await db.Set<ShiftEntry>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == input.Id, ct) is { } entry ? ShiftLine.Of(entry) : Problem.NotFound("The entry");
    }
}

/// <summary>The whole list as CSV. Kept in the audit before the first row leaves.</summary>
internal sealed class ExportShiftLog(CurrentActor actor, ListShiftLog list, IAuditTrail audit)
{
    public static async Task Download(ExportShiftLog export, HttpContext http, CancellationToken ct)
    {
        var input = Of(TableQuery.Of(http)) with { Size = Paging.MaxSize };
        await export.Begin(ct);
        await using var csv = await CsvDownload.Begin(http, "shift-log.csv", "at", "kind", "author", "text", "about", "open", "taken_over_at", "taken_over_by");
        await export.Write(input, csv, ct);
    }

    public static ListShiftLog.Input Of(TableQuery query) => new(query.Filter<DateOnly>("on"), query.Filter("q"), query.Filter<ShiftEntryKind>("kind"), query.After, query.Size);

    private async Task Begin(CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        await audit.Note("exported", new RecordRef("search", 0), new { List = "shift log" }, ct);
    }

    private Task Write(ListShiftLog.Input input, CsvDownload csv, CancellationToken ct) => csv.Pages(
        async after => (await list.Handle(input with { After = after }, ct)).Value,
        e => csv.Row(
            CsvCell.Instant(e.At), e.Kind.ToString(), e.Author.Name, e.Text, e.Subject?.ToString(), string.Join("; ", e.Open), CsvCell.Instant(e.TakenOverAt), e.TakenOverBy?.Name), ct);
}
