using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;

namespace Tieline.ToDos.Reviews;

/// <summary>Somebody has looked at the warning, or said how the authorisation goes on: the work is done.</summary>
internal sealed class ReviewDone(AppDb db, IToDos toDos) : IHear<WarningReviewed>, IHear<AuthorisationEndSettled>
{
    public const string WarningSubscriber = "todos.warning_reviewed";
    public const string EndSubscriber = "todos.authorisation_settled";

    public Task Hear(WarningReviewed fact, long eventId, CancellationToken ct) =>
        Done(new RecordRef("warning_review", fact.ReviewId), fact.Ended ? "Reviewed: the warning has ended." : "Reviewed: the warning stands.", ct);

    public Task Hear(AuthorisationEndSettled fact, long eventId, CancellationToken ct) =>
        Done(new RecordRef("authorisation_end", fact.EndId), fact.ToOn is { } to ? $"Goes on until {to:d MMM yyyy}." : "Revoked.", ct);

    private async Task Done(RecordRef cause, string resolution, CancellationToken ct)
    {
        await toDos.CompleteFor(cause, resolution, ct);
        await db.SaveChangesAsync(ct);
    }
}
