using Tieline.Platform;

namespace Tieline.Customers.Callers;

/// <summary>The call in which the acting employee speaks, whichever room keeps it.</summary>
internal sealed class CallOfEmployee(IEnumerable<ICallsInProgress> rooms)
{
    /// <inheritdoc cref="ICallsInProgress.Current"/>
    public async Task<RecordRef?> Current(CancellationToken ct)
    {
        foreach (var room in rooms)
        {
            if (await room.Current(ct) is { } call)
                return call;
        }
        return null;
    }

    /// <inheritdoc cref="ICallsInProgress.IsMine"/>
    public async Task<bool> IsMine(RecordRef call, CancellationToken ct)
    {
        foreach (var room in rooms)
        {
            if (await room.IsMine(call, ct))
                return true;
        }
        return false;
    }

    /// <inheritdoc cref="ICallsInProgress.BeganAt"/>
    public async Task<DateTime?> BeganAt(RecordRef call, CancellationToken ct)
    {
        foreach (var room in rooms)
        {
            if (await room.BeganAt(call, ct) is { } at)
                return at;
        }
        return null;
    }

    /// <inheritdoc cref="ICallsInProgress.Verified"/>
    public async Task Verified(RecordRef call, long personId, CancellationToken ct)
    {
        foreach (var room in rooms)
            await room.Verified(call, personId, ct);
    }
}
