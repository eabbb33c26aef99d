using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Merging;

/// <summary>What would become of it.</summary>
/// <param name="Follows">What goes along, in words.</param>
internal sealed record MergeForecast(IReadOnlyList<MergeCount> Follows, IReadOnlyList<MergeConflict> Conflicts);

/// <summary>What merging people and merging premises have in common: every room's rows follow, and exactly those go back.</summary>
internal sealed class MergeBook(AppDb db, IEnumerable<IFollowsMerge> followers)
{
    /// <summary>More rows than this are not moved in one transaction.</summary>
    public const int MostRows = 250_000;

    private IFollowsMerge[] Of(MergeKind kind) => [.. followers.Where(f => f.Kind == Merge.Subject(kind)).OrderBy(f => f.Order)];

    public async Task<MergeForecast> Forecast(MergeKind kind, long from, long into, CancellationToken ct)
    {
        var (follows, conflicts) = (new List<MergeCount>(), new List<MergeConflict>());
        foreach (var follower in Of(kind))
        {
            follows.AddRange(await follower.Count(from, into, ct));
            conflicts.AddRange(await follower.Conflicts(from, into, ct));
        }
        if (follows.Sum(f => (long)f.Count) > MostRows)
            conflicts.Add(new($"There are more than {MostRows:N0} records to be moved.", Stops: true));
        return new MergeForecast([.. follows.OrderByDescending(f => f.Count)], conflicts);
    }

    /// <summary>What the two say differently may be what the actor must not see of them.</summary>
    public static async Task<MergeForecast> InSight(MergeForecast forecast, PeopleInSight sight, long from, long into, CancellationToken ct)
    {
        if (forecast.Conflicts.Count == 0)
            return forecast;
        var maskings = await sight.Maskings([(from, null), (into, null)], ct);
        return forecast with { Conflicts = [.. forecast.Conflicts.Select(c => c with { Text = maskings.Of(into).Text(maskings.Of(from).Text(c.Text)) })] };
    }

    /// <summary>What was said about each of some pairs, as the actor may read it: words about places may name who lives there.</summary>
    public static async Task<Func<long, long, string?, string?>> Words(PeopleInSight sight, MergeKind kind, IEnumerable<(long One, long Other)> pairs, CancellationToken ct)
    {
        var ids = pairs.SelectMany(p => new[] { p.One, p.Other }).Distinct();
        var maskings = await sight.Maskings(ids.Select(id => kind == MergeKind.Person ? (id, null, null) : ((long?)null, (long?)null, (long?)id)), ct);
        Masking Of(long id) => kind == MergeKind.Person ? maskings.Of(id) : maskings.Of(null, premiseId: id);
        return (one, other, text) => Of(other).Text(Of(one).Text(text));
    }

    /// <summary>What stands against the merge; what they say differently must have been seen.</summary>
    public Problems Objections(MergeForecast forecast, bool seen)
    {
        var problems = new Problems();
        foreach (var stop in forecast.Conflicts.Where(c => c.Stops))
            problems.Add(null, stop.Text, "merge.impossible");
        if (!problems.Any && !seen && forecast.Conflicts.Count > 0)
            problems.Add("ConflictsSeen", $"Look at what differs, and say that you have seen it: {string.Join(" ", forecast.Conflicts.Select(c => c.Text))}", MergePeople.UnseenRule);
        return problems;
    }

    /// <summary>Who has changed it since it was seen, and what.</summary>
    public async Task<Problem> Changed(RecordRef record, string name, IAuditTrail audit, CancellationToken ct)
    {
        var last = (await audit.Of(record, 1, null, ct)).FirstOrDefault();
        return Problem.Conflict($"{last?.Actor.Name ?? "Someone"} has changed {name} in the meantime{ChangedWords.Of(last?.Changes)}. Look at both again, then merge.");
    }

    /// <summary>Moves everything, in the running transaction, which holds both records.</summary>
    public async Task Move(Merge merge, CancellationToken ct)
    {
        var moved = new List<MovedRow>();
        foreach (var follower in Of(merge.Kind))
            moved.AddRange(await follower.Move(merge.FromId, merge.IntoId, ct));
        db.Add(merge);
        await db.SaveChangesAsync(ct);
        await db.BulkInsert(moved.Select(m => new MergeMoved { MergeId = merge.Id, Field = m.Field, RecordId = m.Id, Before = m.Before }), ct);
    }

    public async Task<IReadOnlyList<string>> Contradictions(Merge merge, CancellationToken ct)
    {
        var moved = await Moved(merge, ct);
        var reasons = new List<string>();
        foreach (var follower in Of(merge.Kind))
            reasons.AddRange(await follower.Contradicts(merge.FromId, merge.IntoId, Those(follower, moved), ct));
        return reasons;
    }

    public async Task MoveBack(Merge merge, CancellationToken ct)
    {
        var moved = await Moved(merge, ct);
        foreach (var follower in Of(merge.Kind))
            await follower.MoveBack(merge.FromId, merge.IntoId, Those(follower, moved), ct);
    }

    private async Task<ILookup<string, MovedRow>> Moved(Merge merge, CancellationToken ct) =>
        (await db.Set<MergeMoved>().AsNoTracking().Where(m => m.MergeId == merge.Id).OrderBy(m => m.RecordId).ToListAsync(ct))
        .ToLookup(m => m.Field, m => new MovedRow(m.Field, m.RecordId, m.Before), StringComparer.Ordinal);

    private static MovedRow[] Those(IFollowsMerge follower, ILookup<string, MovedRow> moved) => [.. follower.Covers.SelectMany(c => moved[c])];
}
