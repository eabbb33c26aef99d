using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Operations.Batch;

/// <summary>What a run did, as CSV. Kept in the audit before the first row leaves.</summary>
internal sealed class ExportExtract(CurrentActor actor, GetBatchRun runs, ExtractRun extract, IAuditTrail audit)
{
    public static async Task Download(long id, ExportExtract export, HttpContext http, CancellationToken ct)
    {
        if (await export.Begin(id, ct) is not { } run)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        await using var csv = await CsvDownload.Begin(http, string.Create(CultureInfo.InvariantCulture, $"{run.Code.ToLowerInvariant()}-{run.Number}.csv"), "batch", "run", "business_date", "action", "record", "part", "at");
        await export.Write(run, csv, ct);
    }

    private async Task<BatchRunLine?> Begin(long id, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        if (await runs.Handle(new(id), ct) is not { Ok: true, Value: var run })
            return null;
        await audit.Note("exported", new RecordRef("batch_run", id), new { List = "extract" }, ct);
        return run;
    }

    private Task Write(BatchRunLine run, CsvDownload csv, CancellationToken ct) => csv.Pages(
        async after => (await extract.Handle(new(run.Id, after, ExtractRun.MaxSize), ct)).Value,
        change => csv.Row(
            run.Code, CsvCell.Number(run.Number), CsvCell.Day(run.BusinessOn), change.Action, change.Record.ToString(), change.Part?.ToString(), CsvCell.Instant(change.At)), ct);
}
