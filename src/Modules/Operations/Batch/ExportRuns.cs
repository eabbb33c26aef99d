using Microsoft.AspNetCore.Http;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Operations.Batch;

/// <summary>The list of runs as it is filtered, as CSV. Kept in the audit before the first row leaves.</summary>
internal sealed class ExportRuns(CurrentActor actor, ListBatchRuns list, IAuditTrail audit)
{
    public static async Task Download(ExportRuns export, HttpContext http, CancellationToken ct)
    {
        var input = Of(TableQuery.Of(http)) with { Size = Paging.MaxSize };
        await export.Begin(ct);
        await using var csv = await CsvDownload.Begin(
            http, "batch-runs.csv", "batch", "run", "business_date", "state", "selected", "done", "skipped", "in_error", "threads", "parameters", "created_at", "started_at", "finished_at", "by", "message");
        await export.Write(input, csv, ct);
    }

    public static ListBatchRuns.Input Of(TableQuery query) => new(query.Filter("code"), query.After, query.Size, query.Filter("state"), query.Filter<DateOnly>("on"));

    private async Task Begin(CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        await audit.Note("exported", new RecordRef("search", 0), new { List = "batch runs" }, ct);
    }

    private Task Write(ListBatchRuns.Input input, CsvDownload csv, CancellationToken ct) => csv.Pages(
        async after => (await list.Handle(input with { After = after }, ct)).Value,
        r => csv.Row(
            r.Code, CsvCell.Number(r.Number), CsvCell.Day(r.BusinessOn), r.State, CsvCell.Number(r.Selected), CsvCell.Number(r.Done), CsvCell.Number(r.Skipped), CsvCell.Number(r.Errors),
            CsvCell.Number(r.Threads), r.Parameters, CsvCell.Instant(r.CreatedAt), CsvCell.Instant(r.StartedAt), CsvCell.Instant(r.FinishedAt), r.StartedBy.Name, r.Message), ct);
}
