using Microsoft.AspNetCore.Http;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Duplicates;

/// <summary>The whole list as CSV. Kept in the audit before the first row leaves; each page of it is a look.</summary>
internal sealed class ExportDuplicates(CurrentActor actor, ListDuplicates list, IAuditTrail audit)
{
    private static readonly string[] Heads = ["kind", "score", "reasons", "a_id", "a_reference", "a_name", "b_id", "b_reference", "b_name", "found_at", "state", "decided_by", "why"];

    public static async Task Download(ExportDuplicates export, HttpContext http, CancellationToken ct)
    {
        var input = DuplicateFilters.Of(TableQuery.Of(http)) with { Size = Paging.MaxSize };
        await export.Begin(ct);
        await using var csv = await CsvDownload.Begin(http, "duplicates.csv", Heads);
        await export.Write(input, csv, ct);
    }

    private async Task Begin(CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Duplicates);
        await audit.Note("exported", new RecordRef("search", 0), new { List = "duplicates" }, ct);
    }

    private Task Write(ListDuplicates.Input input, CsvDownload csv, CancellationToken ct) => csv.Pages(
        async after => (await list.Handle(input with { After = after }, ct)).Value,
        row => csv.Row(
            row.Kind.ToString(), CsvCell.Number(row.Score), row.Reasons, CsvCell.Number(row.A.Id), row.A.Reference, row.A.Name,
            CsvCell.Number(row.B.Id), row.B.Reference, row.B.Name, CsvCell.Instant(row.FoundAt), row.State.ToString(), row.DecidedBy?.Name, row.Why), ct);
}
