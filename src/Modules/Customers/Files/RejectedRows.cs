using System.Text.Json;
using CsvHelper;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Import;
using Tieline.Platform.Security;

namespace Tieline.Customers.Files;

/// <summary>The rejected rows of a file as CSV, with line and reason behind them: mended, they can be brought again.</summary>
internal sealed class RejectedRows(AppDb db, CurrentActor actor, IAuditTrail audit)
{
    public static async Task<IResult> Download(long id, RejectedRows rejected, HttpContext http, CancellationToken ct)
    {
        if (await rejected.Read(id, ct) is not { } content)
            return Results.NotFound();
        http.Response.Headers.CacheControl = "private, no-store";
        return Results.File(content, "text/csv; charset=utf-8", "rejected.csv");
    }

    private async Task<byte[]?> Read(long id, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Import);
        var rows = await db.Set<RejectedRow>().AsNoTracking().Where(r => r.FileId == id).OrderBy(r => r.Line).ToListAsync(ct);
        if (rows.Count == 0)
            return null;
        await audit.Note("exported", new RecordRef("customer_file", id), new { Rows = rows.Count }, ct);
        var fields = rows.Select(r => JsonSerializer.Deserialize<Dictionary<string, string>>(r.Fields)!).ToArray();
        string[] columns = [.. fields.SelectMany(f => f.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Where(c => c is not (ImportFile.LineColumn or ImportFile.ReasonColumn))];
        using var stream = new MemoryStream();
        await using (var text = new StreamWriter(stream, leaveOpen: true))
        await using (var writer = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n", ValidateFieldCount = false }, leaveOpen: true))
        {
            writer.WriteRecord([.. columns, ImportFile.LineColumn, ImportFile.ReasonColumn]);
            foreach (var (row, values) in rows.Zip(fields))
                writer.WriteRecord([.. columns.Select(c => values.GetValueOrDefault(c, "")), $"{row.Line}", row.Reason]);
        }
        return stream.ToArray();
    }
}
