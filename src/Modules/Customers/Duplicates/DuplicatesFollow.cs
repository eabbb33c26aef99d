using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Platform.Data;

namespace Tieline.Customers.Duplicates;

/// <summary>What was said of a pair ends with one of the two: merged they are no pair any more, and separated again they were never one.</summary>
internal sealed class DuplicatesFollow(AppDb db, MergeKind kind) : IFollowsMerge
{
    public string Kind => Merge.Subject(kind);
    public int Order => 160;
    public IReadOnlyCollection<string> Covers => [];

    public Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct) => Task.FromResult<IReadOnlyList<MergeCount>>([]);

    public async Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct)
    {
        var pairs = await db.Set<DuplicatePair>().Where(p => p.Kind == kind && (p.AId == from || p.BId == from)).ToListAsync(ct);
        foreach (var pair in pairs)
        {
            if (pair.AId == into || pair.BId == into)
                pair.Decide(DuplicateState.Merged, db.Actor.Ref, db.Now, "Merged");
            else if (pair.State == DuplicateState.Open)
                // The next look compares the survivor.
                db.Remove(pair);
        }
        return [];
    }

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var (a, b) = (Math.Min(from, into), Math.Max(from, into));
        if (await db.Set<DuplicatePair>().SingleOrDefaultAsync(p => p.Kind == kind && p.AId == a && p.BId == b, ct) is { } pair)
            pair.Decide(DuplicateState.NotTheSame, db.Actor.Ref, db.Now, "Separated again");
    }
}
