using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>The whole list behind a set of filters as CSV (RFC 4180, UTF-8 with a mark, which spreadsheets need). Kept in the audit before the first row leaves; the rows are looks, kept before they leave.</summary>
internal sealed class ExportContacts(CurrentActor actor, ListContacts list, IAuditTrail audit, IUtilityClock clock)
{
    private const int Chunk = 500;
    private static readonly string[] Heads = ["reference", "occurred", "status", "class", "type", "channel", "direction", "person", "account", "premise", "recorded_by", "text"];

    public static async Task Download(ExportContacts export, HttpContext http, CancellationToken ct)
    {
        var input = ContactFilters.Of(TableQuery.Of(http, sort: "-occurred"));
        await export.Begin(input, ct);
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = "attachment; filename=contacts.csv";
        http.Response.Headers.CacheControl = "private, no-store";
        await using var writer = new StreamWriter(http.Response.Body, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await export.Write(input, writer, ct);
    }

    private async Task Begin(ListContacts.Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        actor.Require(ContactsPermissions.Export);
        await audit.Note("exported", new RecordRef("contact", 0), new { Filters = ListContacts.Words(input) }, ct);
    }

    private async Task Write(ListContacts.Input input, TextWriter writer, CancellationToken ct)
    {
        await writer.WriteAsync(string.Join(',', Heads) + "\r\n");
        string? after = null;
        while (true)
        {
            var rows = await list.Read(input, after, Chunk, ct);
            if (rows.Count > 0)
                await audit.Looked(new RecordRef("contact", 0), ct, $"exported {ListContacts.Words(input)}".TrimEnd(), rows.Select(r => r.Contact.Id));
            foreach (var row in rows)
            {
                var c = row.Contact;
                string?[] cells =
                [
                    c.Reference, (await clock.ToLocal(c.OccurredAt, ct)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), c.Status, c.Class, c.Type, c.Channel, c.Direction,
                    row.Person, row.Account, row.Premise ?? c.Place, c.RecordedBy.Name, row.Text,
                ];
                await writer.WriteAsync(string.Join(',', cells.Select(Cell)) + "\r\n");
            }
            if (rows.Count < Chunk)
                return;
            await writer.FlushAsync(ct);
            after = Cursor.Encode(rows[^1].Contact.OccurredAt, rows[^1].Contact.Id);
        }
    }

    /// <summary>Quoted where needed; a text that a spreadsheet would run as a formula is kept from it by an apostrophe.</summary>
    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{text}" : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
