using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Agreements;
using Tieline.Platform.Data;

namespace Tieline.Customers.Merging;

/// <summary>What is supplied at a premise. Of a service type one agreement at most runs at a premise: two of them stop the merge.</summary>
internal sealed class AgreementsFollow(AppDb db) : IFollowsMerge
{
    private readonly RowsFollow<ServiceAgreement> rows = new(db, "premise", 100, a => a.PremiseId, "agreements");

    public string Kind => rows.Kind;
    public int Order => rows.Order;
    public IReadOnlyCollection<string> Covers => rows.Covers;

    public Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct) => rows.Count(from, into, ct);

    public async Task<IReadOnlyList<MergeConflict>> Conflicts(long from, long into, CancellationToken ct)
    {
        var there = await db.Set<ServiceAgreement>().AsNoTracking().Where(a => a.PremiseId == from || a.PremiseId == into).ToListAsync(ct);
        return [.. there.GroupBy(a => a.Type).Where(g => Running(g, from).Any(one => Running(g, into).Any(other => Meet(one, other)))).OrderBy(g => g.Key)
            .Select(g => new MergeConflict($"{Platform.Ui.Option.InWords(g.Key.ToString())} is supplied at both: one agreement must stop first.", Stops: true))];
    }

    public Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct) => rows.Move(from, into, ct);

    public Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct) => rows.MoveBack(from, into, moved, ct);

    private static IEnumerable<ServiceAgreement> Running(IEnumerable<ServiceAgreement> agreements, long premise) => agreements.Where(a => a.PremiseId == premise && !a.IsOver);

    /// <summary>Neither waits for the other's end.</summary>
    private static bool Meet(ServiceAgreement one, ServiceAgreement other) => one.Hinders(other.StartOn) && !(other.StopOn <= one.StartOn);
}
