using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Merging;

/// <param name="Name">Of the record that was merged.</param>
/// <param name="UndoneAt">Null while it stands.</param>
internal sealed record MergeLine(
    long Id, string Kind, long FromId, string? Reference, string Name, long IntoId, string Reason, ActorRef MergedBy, DateTime MergedAt, ActorRef? UndoneBy, DateTime? UndoneAt, string? UndoneBecause);

/// <summary>What was merged into a record, newest first, with what was undone again. Keeps the look.</summary>
internal sealed class ListMerges(AppDb db, CurrentActor actor, PeopleInSight sight, IAuditTrail audit) : IUse<ListMerges.Input, IReadOnlyList<MergeLine>>
{
    /// <summary>One of the two.</summary>
    public sealed record Input(long? PersonId = null, long? PremiseId = null);

    public async Task<Outcome<IReadOnlyList<MergeLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if ((input.PersonId is null) == (input.PremiseId is null))
            return new Problem(nameof(Input.PersonId), "Say into whom or what: personId or premiseId.", "required");
        await sight.RequireOpen(input.PersonId, ct);
        var (kind, record) = input.PersonId is { } person ? (MergeKind.Person, person) : (MergeKind.Premise, input.PremiseId!.Value);
        var lines = await (from m in db.Set<Merge>().AsNoTracking()
                           join p in db.Set<Person>() on m.FromId equals p.Id into people
                           from p in people.DefaultIfEmpty()
                           join x in db.Set<Premise>() on m.FromId equals x.Id into premises
                           from x in premises.DefaultIfEmpty()
                           where m.Kind == kind && (m.IntoId == record || m.FromId == record)
                           orderby m.Id descending
                           select new MergeLine(
                               m.Id, m.Kind.ToString(), m.FromId, p.Reference, p.DisplayName ?? x.OneLine, m.IntoId, m.Reason, m.MergedBy, m.MergedAt, m.UndoneBy, m.UndoneAt, m.UndoneBecause))
            .Take(200).ToListAsync(ct);
        await audit.Looked(new Platform.RecordRef(Merge.Subject(kind), record), ct, "merges");
        return Outcome<IReadOnlyList<MergeLine>>.Of(await InSight(kind, lines, ct));
    }

    /// <summary>Who was separated again is somebody else, and may be closed by now.</summary>
    private async Task<IReadOnlyList<MergeLine>> InSight(MergeKind kind, List<MergeLine> lines, CancellationToken ct)
    {
        var words = await MergeBook.Words(sight, kind, lines.Select(l => (l.FromId, l.IntoId)), ct);
        var people = kind == MergeKind.Person ? lines.SelectMany(l => new[] { l.FromId, l.IntoId }).ToHashSet() : [];
        var closed = (await sight.Of(people, ct)).Where(p => people.Contains(p.Key) && p.Value == SightLevel.Closed).Select(p => p.Key).ToHashSet();
        return lines.ConvertAll(l => closed.Contains(l.FromId) || closed.Contains(l.IntoId) ? l with { Reference = null, Name = Masks.Closed, Reason = Masks.ClosedText, UndoneBecause = null }
            : l with { Reason = words(l.FromId, l.IntoId, l.Reason)!, UndoneBecause = words(l.FromId, l.IntoId, l.UndoneBecause) });
    }
}
