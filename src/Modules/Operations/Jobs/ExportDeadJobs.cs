using Microsoft.AspNetCore.Http;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Export;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Operations.Jobs;

/// <summary>The list of dead jobs as it is filtered, as CSV; not what they carry. Kept in the audit before the first row leaves.</summary>
internal sealed class ExportDeadJobs(CurrentActor actor, ListDeadJobs list, IAuditTrail audit)
{
    public static async Task Download(ExportDeadJobs export, HttpContext http, CancellationToken ct)
    {
        var input = Of(TableQuery.Of(http)) with { Size = Paging.MaxSize };
        await export.Begin(ct);
        await using var csv = await CsvDownload.Begin(http, "dead-jobs.csv", "job", "kind", "tries", "error", "enqueued_at", "by", "given_up_at");
        await export.Write(input, csv, ct);
    }

    public static ListDeadJobs.Input Of(TableQuery query) => new(query.After, query.Size, query.Filter("kind"));

    private async Task Begin(CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageJobs);
        await audit.Note("exported", new RecordRef("search", 0), new { List = "dead jobs" }, ct);
    }

    private Task Write(ListDeadJobs.Input input, CsvDownload csv, CancellationToken ct) => csv.Pages(
        async after => (await list.Handle(input with { After = after }, ct)).Value,
        j => csv.Row(
            CsvCell.Number(j.Id), j.Kind, CsvCell.Number(j.Attempts), DeadJobPage.FirstLine(j.Error), CsvCell.Instant(j.CreatedAt), ActorRef.Parse(j.EnqueuedBy).Name, CsvCell.Instant(j.DiedAt)), ct);
}
