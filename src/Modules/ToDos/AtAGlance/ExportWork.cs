using Microsoft.AspNetCore.Http;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;

namespace Tieline.ToDos.AtAGlance;

/// <summary>The sides from which work is looked at.</summary>
internal enum WorkSide { Role, Person, Type, Priority, Age }

/// <summary>One table of the overview as CSV, whole. Kept in the audit before the first row leaves.</summary>
internal sealed class ExportWork(CurrentActor actor, LookAtWork lookAtWork, IAuditTrail audit)
{
    public static Task Download(ExportWork export, HttpContext http, CancellationToken ct) => export.Download(http, ct);

    private async Task Download(HttpContext http, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.ReadAll);
        var query = TableQuery.Of(http);
        if (query.Filter<WorkSide>("by") is not { } side)
        {
            http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return;
        }
        var look = (await lookAtWork.Handle(new(query.Filter<long>("role")), ct)).Value;
        await audit.Note("exported", new RecordRef("to_do", 0), new { Overview = http.Request.QueryString.Value }, ct);
        await using var csv = await CsvDownload.Begin(http, $"work-by-{side.ToString().ToLowerInvariant()}.csv",
            "name", "open", "in_hand", "on_hold", "overdue", "oldest_days", "at_capacity", "on_shift_now", "shift", "remark");
        foreach (var l in Lines(look, side))
            await csv.Row(l.Name, $"{l.Open}", $"{l.Working}", $"{l.OnHold}", $"{l.Overdue}", $"{l.OldestDays}", side == WorkSide.Person ? l.AtCapacity ? "yes" : "no" : null, l.OnShiftNow is { } now ? $"{now}" : null, l.Shift, l.Remark);
    }

    private static IReadOnlyList<WorkLine> Lines(LookAtWork.Look look, WorkSide side) => side switch
    {
        WorkSide.Role => look.Roles,
        WorkSide.Person => look.People,
        WorkSide.Type => look.Types,
        WorkSide.Priority => look.Priorities,
        _ => look.Ages,
    };
}
