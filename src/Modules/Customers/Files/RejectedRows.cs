using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Export;
using Tieline.Platform.Import;
using Tieline.Platform.Security;

namespace Tieline.Customers.Files;

/// <summary>The rejected rows of a file as CSV, with line and reason behind them: mended, they can be brought again. For whoever brought it, and who sees customers unmasked.</summary>
internal sealed class RejectedRows(AppDb db, CurrentActor actor, IAuditTrail audit)
{
    public static async Task<IResult> Download(long id, RejectedRows rejected, HttpContext http, CancellationToken ct)
    {
        var rows = await rejected.Read(id, ct);
        if (rows.Count == 0)
            return Results.NotFound();
        string[] columns = [.. rows.SelectMany(r => r.Values.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Where(c => c is not (ImportFile.LineColumn or ImportFile.ReasonColumn))];
        await using var file = await CsvDownload.Begin(http, "rejected.csv", [.. columns, ImportFile.LineColumn, ImportFile.ReasonColumn]);
        foreach (var (row, values) in rows)
            await file.Row([.. columns.Select(c => values.GetValueOrDefault(c)), $"{row.Line}", row.Reason]);
        return Results.Empty;
    }

    public static bool MayTake(CustomerFile file, CurrentActor actor) => file.BroughtBy.Is(actor.Actor) || actor.May(CustomersPermissions.Unmasked);

    private async Task<IReadOnlyList<(RejectedRow Row, Dictionary<string, string> Values)>> Read(long id, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Import);
        if (await db.Set<CustomerFile>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == id, ct) is not { } file)
            return [];
        if (!MayTake(file, actor))
            throw new ForbiddenException(CustomersPermissions.Unmasked);
        var rows = await db.Set<RejectedRow>().AsNoTracking().Where(r => r.FileId == id).OrderBy(r => r.Line).ToListAsync(ct);
        if (rows.Count > 0)
            await audit.Note("exported", file.AuditSubject, new { Rows = rows.Count }, ct);
        return [.. rows.Select(r => (r, JsonSerializer.Deserialize<Dictionary<string, string>>(r.Fields)!))];
    }
}
