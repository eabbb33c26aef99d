using Microsoft.AspNetCore.Http;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Operations.OnCall;

/// <summary>The list of notices as it is filtered, as CSV. Kept in the audit before the first row leaves.</summary>
internal sealed class ExportNotices(CurrentActor actor, ListNotices list, IAuditTrail audit)
{
    public static async Task Download(ExportNotices export, HttpContext http, CancellationToken ct)
    {
        var input = Of(TableQuery.Of(http)) with { Size = Paging.MaxSize };
        await export.Begin(ct);
        await using var csv = await CsvDownload.Begin(
            http, "notices.csv", "text", "severity", "state", "about", "raised_at", "level", "called", "called_at", "taken_by", "taken_at", "settled_at", "settled_because");
        await export.Write(input, csv, ct);
    }

    public static ListNotices.Input Of(TableQuery query) => new(query.Filter<bool>("settled"), query.Filter("q"), query.After, query.Size);

    private async Task Begin(CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        await audit.Note("exported", new RecordRef("search", 0), new { List = "notices" }, ct);
    }

    private Task Write(ListNotices.Input input, CsvDownload csv, CancellationToken ct) => csv.Pages(
        async after => (await list.Handle(input with { After = after }, ct)).Value,
        n => csv.Row(
            n.Text, n.Severity.ToString(), n.State.ToString(), n.Subject.ToString(), CsvCell.Instant(n.RaisedAt), CsvCell.Number(n.Level), n.Before, CsvCell.Instant(n.AddressedAt),
            n.AcknowledgedBy?.Name, CsvCell.Instant(n.AcknowledgedAt), CsvCell.Instant(n.SettledAt), n.SettledBecause), ct);
}
