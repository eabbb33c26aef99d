using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>The whole list behind a set of filters as CSV. Kept in the audit before the first row leaves; the rows are looks, kept before they leave.</summary>
internal sealed class ExportContacts(CurrentActor actor, ListContacts list, IAuditTrail audit, IUtilityClock clock)
{
    private const int Chunk = 500;
    private static readonly string[] Heads = ["reference", "occurred", "status", "class", "type", "channel", "direction", "person", "account", "premise", "recorded_by", "text"];

    public static async Task Download(ExportContacts export, HttpContext http, CancellationToken ct)
    {
        var input = ContactFilters.Of(TableQuery.Of(http, sort: "-occurred"));
        await export.Begin(input, ct);
        await using var csv = await CsvDownload.Begin(http, "contacts.csv", Heads);
        await export.Write(input, csv, ct);
    }

    private async Task Begin(ListContacts.Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        actor.Require(ContactsPermissions.Export);
        await audit.Note("exported", new RecordRef("contact", 0), new { Filters = ListContacts.Words(input) }, ct);
    }

    private async Task Write(ListContacts.Input input, CsvDownload csv, CancellationToken ct)
    {
        string? after = null;
        while (true)
        {
            var rows = await list.Read(input, after, Chunk, ct);
            var shown = await list.Exported(rows, ct);
            if (shown.Count > 0)
                await audit.Looked(new RecordRef("contact", 0), ct, $"exported {ListContacts.Words(input)}".TrimEnd(), ListContacts.Looked(shown));
            foreach (var row in shown)
            {
                var c = row.Contact;
                await csv.Row(
                    c.Reference, (await clock.ToLocal(c.OccurredAt, ct)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), c.Status, c.Class, c.Type, c.Channel, c.Direction,
                    row.Person, row.Account, row.Premise ?? c.Place, c.RecordedBy.Name, row.Text);
            }
            if (rows.Count < Chunk)
                return;
            await csv.Flush(ct);
            after = Cursor.Encode(rows[^1].Contact.OccurredAt, rows[^1].Contact.Id);
        }
    }
}
