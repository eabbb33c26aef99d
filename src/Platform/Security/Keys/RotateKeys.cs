using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <param name="Last">Key of the last row looked at; null when there was none: the end.</param>
/// <param name="Changed">Rows whose value was re-encrypted.</param>
public sealed record RotatedSlice(long? Last, int Changed);

/// <summary>A room's encrypted column, re-encrypted slice by slice when the key is rotated. Registered as scoped.</summary>
public interface IRotateValues
{
    /// <summary>What is rotated, e.g. <c>identifiers</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Looks at up to <paramref name="limit"/> rows with a key above <paramref name="after"/>, in key order, re-encrypts those
    /// that are not <see cref="IProtectedValues.IsCurrent"/> and saves. Each slice runs in a scope and transaction of its own.
    /// </summary>
    Task<RotatedSlice> RotateNext(long after, int limit, CancellationToken ct);
}

/// <summary>Makes a new data key current and re-encrypts every value that rooms keep. Submitted again after a failure it goes on.</summary>
internal sealed class RotateKeys(DataKeys keys, IServiceScopeFactory scopes, CurrentActor actor, IAuditTrail audit) : IUse<RotateKeys.Input, RotateKeys.Rotated>
{
    private const int Slice = 500;
    private const int Tries = 5;

    [NotRemembered("commits slice by slice; a second run is another rotation")]
    public sealed record Input;

    public sealed record Rotated(int Key, IReadOnlyDictionary<string, long> Values);

    public async Task<Outcome<Rotated>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.RotateKeys);
        var key = await keys.Rotate(ct);
        await audit.Note("keys-rotated", new RecordRef("data_key", key), null, ct);
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var names = scopes.CreateAsyncScope();
        var count = names.ServiceProvider.GetServices<IRotateValues>().Count();
        for (var room = 0; room < count; room++)
        {
            var changed = 0L;
            var name = "";
            for (long? after = 0; after is { } from;)
            {
                var slice = await Next(room, from, ct);
                (after, name) = (slice.Slice.Last, slice.Name);
                changed += slice.Slice.Changed;
            }
            values[name] = changed;
        }
        return new Rotated(key, values);
    }

    private async Task<(string Name, RotatedSlice Slice)> Next(int room, long after, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var scope = scopes.CreateAsyncScope();
            var inner = scope.ServiceProvider.GetRequiredService<CurrentActor>();
            (inner.Actor, inner.Source) = (actor.Actor, actor.Source);
            var values = scope.ServiceProvider.GetServices<IRotateValues>().ElementAt(room);
            try
            {
                return (values.Name, await values.RotateNext(after, Slice, ct));
            }
            catch (DbUpdateConcurrencyException) when (attempt < Tries)
            {
                // Someone saved one of these rows in the meantime: the slice is read again.
            }
        }
    }
}
