using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Duplicates;

/// <summary>The whole list as CSV (RFC 4180, UTF-8 with a mark). Kept in the audit before the first row leaves; each page of it is a look.</summary>
internal sealed class ExportDuplicates(CurrentActor actor, ListDuplicates list, IAuditTrail audit)
{
    private static readonly string[] Heads = ["kind", "score", "reasons", "a_id", "a_reference", "a_name", "b_id", "b_reference", "b_name", "found_at", "state", "decided_by", "why"];

    public static async Task Download(ExportDuplicates export, HttpContext http, CancellationToken ct)
    {
        var input = DuplicateFilters.Of(TableQuery.Of(http)) with { After = null, Size = Paging.MaxSize };
        await export.Begin(ct);
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = "attachment; filename=duplicates.csv";
        http.Response.Headers.CacheControl = "private, no-store";
        await using var writer = new StreamWriter(http.Response.Body, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await export.Write(input, writer, ct);
    }

    private async Task Begin(CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Duplicates);
        await audit.Note("exported", new RecordRef("search", 0), new { List = "duplicates" }, ct);
    }

    private async Task Write(ListDuplicates.Input input, TextWriter writer, CancellationToken ct)
    {
        await writer.WriteAsync(string.Join(',', Heads) + "\r\n");
        while (true)
        {
            var page = (await list.Handle(input, ct)).Value;
            foreach (var row in page.Items)
            {
                string?[] cells =
                [
                    row.Kind.ToString(), row.Score.ToString(CultureInfo.InvariantCulture), row.Reasons, row.A.Id.ToString(CultureInfo.InvariantCulture), row.A.Reference, row.A.Name,
                    row.B.Id.ToString(CultureInfo.InvariantCulture), row.B.Reference, row.B.Name, row.FoundAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                    row.State.ToString(), row.DecidedBy?.Name, row.Why,
                ];
                await writer.WriteAsync(string.Join(',', cells.Select(Cell)) + "\r\n");
            }
            if (page.Next is null)
                return;
            input = input with { After = page.Next };
        }
    }

    /// <summary>Quoted where needed; a text that a spreadsheet would run as a formula is kept from it by an apostrophe.</summary>
    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{text}" : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
