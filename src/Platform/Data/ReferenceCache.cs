using Microsoft.Extensions.DependencyInjection;

namespace Tieline.Platform.Data;

/// <summary>
/// What this node has read of a small table that seldom changes. What this node changes it sees at once, when the commit calls
/// <see cref="Forget"/>; what another has changed, at most ten seconds later.
/// </summary>
/// <param name="read">Reads on a connection of its own: parts of a page ask at the same time, and a context answers one at a time.</param>
/// <param name="longest">So long another node's change may stay unseen here; null for ten seconds.</param>
public sealed class ReferenceCache<T>(IServiceScopeFactory scopes, TimeProvider time, Func<AppDb, CancellationToken, Task<T>> read, TimeSpan? longest = null) where T : class
{
    private readonly TimeSpan fresh = longest ?? TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim reading = new(1, 1);
    private volatile Read? last;
    private int changes;

    private sealed record Read(long At, int Changes, T Value);

    public async ValueTask<T> Get(CancellationToken ct)
    {
        if (Valid(last) is { } known)
            return known.Value;
        await reading.WaitAsync(ct);
        try
        {
            if (Valid(last) is { } other)
                return other.Value;
            var before = Volatile.Read(ref changes);
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDb>();
            await db.AskBeside(ct);
            var now = new Read(time.GetTimestamp(), before, await read(db, ct));
            last = now;
            return now.Value;
        }
        finally
        {
            reading.Release();
        }
    }

    public void Forget() => Interlocked.Increment(ref changes);

    private Read? Valid(Read? read) => read is not null && read.Changes == Volatile.Read(ref changes) && time.GetElapsedTime(read.At) < fresh ? read : null;
}

public static class ReferenceCaches
{
    /// <summary>Registers the one cache of a kind of reference data; <paramref name="read"/> gets a context of its own.</summary>
    public static IServiceCollection AddReferenceCache<T>(this IServiceCollection services, Func<AppDb, CancellationToken, Task<T>> read, TimeSpan? longest = null) where T : class =>
        services.AddSingleton(provider => new ReferenceCache<T>(provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<TimeProvider>(), read, longest));
}
