using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Figures;

/// <summary>Figures and the list of calls as CSV. Kept in the audit before the first row leaves.</summary>
internal sealed class ExportCallFigures(CurrentActor actor, CallFigures figures, ListInteractions list, IAuditTrail audit, IUtilityClock clock)
{
    private const int Chunk = 500;

    public static CallFigures.Input Asked(TableQuery query) => new(query.Filter<FigureKind>("by"), query.Filter<DateOnly>("from"), query.Filter<DateOnly>("to"));

    public static Task Figures(ExportCallFigures export, HttpContext http, CancellationToken ct) => export.Figures(http, ct);

    public static Task Calls(ExportCallFigures export, HttpContext http, CancellationToken ct) => export.Calls(http, ct);

    private async Task Figures(HttpContext http, CancellationToken ct)
    {
        var found = await figures.Handle(Asked(TableQuery.Of(http)), ct);
        actor.Require(ContactsPermissions.Export);
        if (!found.Ok)
        {
            http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return;
        }
        await audit.Note("exported", new RecordRef("interaction", 0), new { Figures = http.Request.QueryString.Value }, ct);
        await using var csv = await CsvDownload.Begin(
            http, "call-figures.csv", "name", "interactions", "handled_seconds", "average_seconds", "contacts", "resolved_said", "resolved_now", "first_known", "first_resolved", "first_pending");
        foreach (var f in found.Value.Lines.Prepend(found.Value.All))
        {
            await csv.Row(f.Name, $"{f.Interactions}", $"{f.HandledSeconds}", $"{f.AverageSeconds}", $"{f.Contacts}", $"{f.Said}", $"{f.ResolvedNow}", $"{f.FirstKnown}", $"{f.FirstResolved}", $"{f.FirstPending}");
        }
    }

    private async Task Calls(HttpContext http, CancellationToken ct)
    {
        var input = InteractionFilters.Of(TableQuery.Of(http));
        actor.Require(ContactsPermissions.Read);
        actor.Require(ContactsPermissions.Export);
        await audit.Note("exported", new RecordRef("interaction", 0), new { Filters = http.Request.QueryString.Value }, ct);
        await using var csv = await CsvDownload.Begin(
            http, "calls.csv", "reference", "began", "ended", "state", "channel", "direction", "number_or_place", "person", "employee", "contacts", "handled_seconds");
        await Write(input, csv, ct);
    }

    private async Task Write(ListInteractions.Input input, CsvDownload csv, CancellationToken ct)
    {
        string? after = null;
        while (true)
        {
            var rows = await list.Read(input, after, Chunk, ct);
            if (rows.Count > 0)
                await audit.Looked(new RecordRef("interaction", 0), ct, "exported calls", ListInteractions.Shown(rows));
            foreach (var row in rows)
            {
                var i = row.Line;
                await csv.Row(
                    i.Reference, await Local(i.StartedAt, ct), i.EndedAt is { } ended ? await Local(ended, ct) : null, i.State, i.Channel, i.Direction, i.NumberOrPlace, row.Person, i.Employee,
                    $"{i.Contacts}", $"{row.HandledSeconds}");
            }
            if (rows.Count < Chunk)
                return;
            await csv.Flush(ct);
            after = Cursor.Encode(rows[^1].Line.StartedAt, rows[^1].Line.Id);
        }
    }

    private async Task<string> Local(DateTime at, CancellationToken ct) => (await clock.ToLocal(at, ct)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
