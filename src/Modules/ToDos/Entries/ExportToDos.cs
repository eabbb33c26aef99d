using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>The whole list behind a set of filters as CSV, with what the actor may read on the page. Kept in the audit before the first row leaves; the rows are looks, kept before they leave.</summary>
internal sealed class ExportToDos(CurrentActor actor, ListToDos list, ICustomers customers, IAuditTrail audit, IUtilityClock clock)
{
    private static readonly string[] Heads = ["id", "type", "what", "customer", "due", "from", "until", "priority", "for", "in_hand_of", "state", "on_hold_until"];

    public static Task Download(ExportToDos export, HttpContext http, CancellationToken ct) => export.Download(http, ct);

    private async Task Download(HttpContext http, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        actor.Require(ToDosPermissions.ReadAll);
        var asked = ToDoListPage.Asked(TableQuery.Of(http, sort: "due"));
        await audit.Note("exported", new RecordRef("to_do", 0), new { Filters = http.Request.QueryString.Value }, ct);
        await using var csv = await CsvDownload.Begin(http, "to-dos.csv", Heads);
        string? after = null;
        do
        {
            var page = await list.Read(asked with { After = after, Size = Paging.MaxSize }, ct);
            await list.Looked("exported to dos", page.Items, ct);
            var names = await customers.Describe([.. page.Items.SelectMany(OpenToDos.Links)], ct);
            foreach (var t in page.Items)
            {
                await csv.Row(
                    CsvCell.Number(t.Id), t.TypeCode, t.Subject, OpenToDos.Links(t).Select(l => names.GetValueOrDefault(l)).FirstOrDefault(), CsvCell.Day(t.DueOn), await Hour(t.DueAt, ct), await Hour(t.UntilAt, ct),
                    CsvCell.Number(t.Priority), t.AddressedTo, t.WorkedBy, t.State, CsvCell.Day(t.HoldUntil));
            }
            await csv.Flush(ct);
            after = page.Next;
        }
        while (after is not null);
    }

    private async Task<string?> Hour(DateTime? at, CancellationToken ct) => at is { } instant ? (await clock.ToLocal(instant, ct)).ToString("HH:mm", CultureInfo.InvariantCulture) : null;
}
