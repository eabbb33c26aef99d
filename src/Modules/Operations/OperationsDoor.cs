using Microsoft.EntityFrameworkCore;
using Tieline.Operations.Day;
using Tieline.Operations.OnCall;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Operations;

/// <summary>What the rooms above may ask and tell.</summary>
internal sealed class OperationsDoor(AppDb db, Calling calling, Roster roster) : IOperations
{
    public Task<long> Raise(NewNotice notice, CancellationToken ct) => calling.Raise(notice, ct);

    public Task Settle(RecordRef cause, string because, CancellationToken ct) => calling.Settle(cause, because, ct);

    public async Task<IReadOnlyList<OnCallNow>> OnCall(CancellationToken ct) =>
        [.. (await roster.At(db.Now, ct)).Where(d => d.Missing is null).Select(d => new OnCallNow(d.Level, d.EmployeeId, d.Employee, d.FromAt, d.ToAt))];

    public async Task<OnlineDay> OnlineDay(DateOnly on, CancellationToken ct) =>
        await db.Set<DayState>().AsNoTracking().SingleOrDefaultAsync(d => d.DayOn == on, ct) is { } state ? new OnlineDay(on, state.ClosedAt, state.ClosedBy) : new OnlineDay(on, null, null);
}
