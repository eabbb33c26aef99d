using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Bulk;

/// <summary>The steps with many that the actor has asked for, the newest first.</summary>
internal sealed class ListBulks(AppDb db, CurrentActor actor) : IUse<ListBulks.Input, Page<ListBulks.Line>>
{
    /// <param name="PageNumber">From 1.</param>
    public sealed record Input(int? PageNumber = null, int? Size = null);

    /// <param name="Done">Counted when it has ended, as <paramref name="Refused"/>.</param>
    public sealed record Line(long Id, BulkAction Action, string? GoesTo, int Total, int Done, int Refused, DateTime CreatedAt, DateTime? FinishedAt)
    {
        /// <summary>"Forwarded to Billing errors", "Being completed".</summary>
        public string Title => TitleOf(Action, GoesTo, FinishedAt is not null);
    }

    public async Task<Outcome<Page<Line>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        var me = actor.Actor.Ref;
        return await db.Set<ToDoBulk>().AsNoTracking().Where(b => b.AskedBy == me).OrderByDescending(b => b.CreatedAt).ThenByDescending(b => b.Id)
            .Select(b => new Line(b.Id, b.Action, b.GoesTo, b.Total, b.Done, b.Refused, b.CreatedAt, b.FinishedAt)).PageOf(input.PageNumber, input.Size, ct);
    }

    public static string TitleOf(BulkAction action, string? goesTo, bool over) => action switch
    {
        BulkAction.Forward => $"{(over ? "Forwarded" : "Being forwarded")} to {goesTo}",
        BulkAction.Complete => over ? "Completed" : "Being completed",
        _ => over ? "Taken" : "Being taken",
    };
}
