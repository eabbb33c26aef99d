using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Merging;

/// <param name="Name">Of the record that was merged.</param>
/// <param name="UndoneAt">Null while it stands.</param>
internal sealed record MergeLine(
    long Id, string Kind, long FromId, string? Reference, string Name, long IntoId, string Reason, ActorRef MergedBy, DateTime MergedAt, ActorRef? UndoneBy, DateTime? UndoneAt, string? UndoneBecause);

/// <summary>What was merged into a record, newest first, with what was undone again.</summary>
internal sealed class ListMerges(AppDb db, CurrentActor actor, PeopleInSight sight) : IUse<ListMerges.Input, IReadOnlyList<MergeLine>>
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
        return Outcome<IReadOnlyList<MergeLine>>.Of(kind == MergeKind.Premise ? lines : await InSight(lines, ct));
    }

    /// <summary>Who was separated again is somebody else, and may be closed by now.</summary>
    private async Task<IReadOnlyList<MergeLine>> InSight(List<MergeLine> lines, CancellationToken ct)
    {
        var maskings = await sight.Maskings(lines.SelectMany(l => new (long?, long?)[] { (l.FromId, null), (l.IntoId, null) }), ct);
        return lines.ConvertAll(l => (maskings.Of(l.FromId), maskings.Of(l.IntoId)) switch
        {
            ({ Level: SightLevel.Full }, { Level: SightLevel.Full }) => l,
            var (from, into) when from.IsClosed || into.IsClosed => l with { Reference = null, Name = Masks.Closed, Reason = Masks.ClosedText, UndoneBecause = null },
            var (from, into) => l with { Reason = into.Text(from.Text(l.Reason)), UndoneBecause = into.Text(from.Text(l.UndoneBecause)) },
        });
    }
}
