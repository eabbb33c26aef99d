using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Customers.Merging;

/// <summary>
/// What a survivor took over from the other goes with it when they are separated, but not what was said of the survivor anew: life support that somebody
/// has ticked since must not vanish.
/// </summary>
internal sealed class SaidSince(IAuditTrail audit)
{
    private const int Lines = 200;

    /// <param name="others">Still merged into the survivor: what one of them says, too, stays with it.</param>
    /// <param name="property">True of the survivor since the merge, or true again.</param>
    /// <param name="mergedAt">UTC.</param>
    public async Task<bool> Stays<T>(IQueryable<T> others, RecordRef survivor, string property, DateTime mergedAt, CancellationToken ct) where T : class =>
        await others.AnyAsync(o => EF.Property<bool>(o, property), ct) || await Anew(survivor, property, mergedAt, ct);

    /// <returns>Somebody took it away since, so what stands there now was said of the survivor.</returns>
    private async Task<bool> Anew(RecordRef survivor, string property, DateTime mergedAt, CancellationToken ct)
    {
        var taken = $"\"{property}\":[true,false]";
        long? before = null;
        while (true)
        {
            var lines = await audit.Of(survivor, Lines, before, ct);
            if (lines.Any(l => l.At >= mergedAt && l.Part is null && l.Changes?.Contains(taken, StringComparison.Ordinal) == true))
                return true;
            if (lines.Count < Lines || lines[^1].At < mergedAt)
                return false;
            before = lines[^1].Id;
        }
    }
}
