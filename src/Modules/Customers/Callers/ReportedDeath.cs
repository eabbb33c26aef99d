using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Flows;
using Tieline.Platform.Data;

namespace Tieline.Customers.Callers;

/// <summary>A death on record that was not taken back: whoever speaks, it is not the customer.</summary>
/// <param name="FlowId">Its list.</param>
internal sealed record ReportedDeath(long FlowId, DateOnly? On)
{
    public static IQueryable<GuidedFlow> All(AppDb db) => db.Set<GuidedFlow>().Where(f => f.Kind == FlowKind.Death && f.State != FlowState.Undone);

    public static Task<ReportedDeath?> Of(AppDb db, long personId, CancellationToken ct) =>
        All(db).Where(f => f.PersonId == personId).OrderByDescending(f => f.Id).Select(f => new ReportedDeath(f.Id, f.EventOn)).FirstOrDefaultAsync(ct);

    public string Words => $"The customer has died{(On is { } on ? $" on {on:d MMM yyyy}" : "")}: nobody is verified as them. Speak with the executor or with somebody else who may act; "
        + "an executor who shows papers is named in the list of the death.";
}
