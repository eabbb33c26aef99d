using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Operations.Batch;

/// <summary>The records that a run could not do, as CSV. Kept in the audit before the first row leaves.</summary>
internal sealed class ExportErrors(CurrentActor actor, ListBatchErrors errors, IAuditTrail audit)
{
    public static async Task Download(long id, ExportErrors export, HttpContext http, CancellationToken ct)
    {
        await export.Begin(id, ct);
        await using var csv = await CsvDownload.Begin(http, "batch-errors.csv", "batch", "run", "record", "message", "at", "state");
        await export.Write(id, csv, ct);
    }

    private async Task Begin(long id, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        await audit.Note("exported", new RecordRef("batch_run", id), new { List = "errors" }, ct);
    }

    private Task Write(long id, CsvDownload csv, CancellationToken ct) => csv.Pages(
        async after => (await errors.Handle(new(id, Size: Paging.MaxSize, After: after is null ? 0 : long.Parse(after, CultureInfo.InvariantCulture)), ct)).Value,
        e => csv.Row(e.Code, CsvCell.Number(e.Number), e.About.ToString(), e.Message, CsvCell.Instant(e.At), e.State), ct);
}
