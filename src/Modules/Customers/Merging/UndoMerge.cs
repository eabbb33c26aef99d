using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Agreements;
using Tieline.Customers.Finding;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Merging;

/// <summary>
/// Two records were not the same after all. What moved and still is with the survivor goes back; what came since stays with the survivor.
/// Refused, with the reasons, when what has happened since contradicts it.
/// </summary>
internal sealed class UndoMerge(AppDb db, CurrentActor actor, MergeBook book, CustomerIndex index, ITimeline timeline, IEvents events, PeopleInSight sight, RecordsInSight records, AroundRestricted around) : IUse<UndoMerge.Input, UndoMerge.Undone>
{
    public const string ContradictedRule = "merge.contradicted";

    /// <summary>Who relied on it must read that it is gone.</summary>
    private const string LifeSupportWent = ": life support is on record there alone from now on";
    private const string PassphraseChanged = ": the passphrase was changed while they were one, and has to be agreed anew";

    /// <param name="Id">Of the merge.</param>
    public sealed record Input(long Id, string? Because);

    /// <param name="RecordId">Of the person or premise that is one by itself again.</param>
    public sealed record Undone(long RecordId, long SurvivorId);

    public Task<Outcome<Undone>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Merge);
        return db.InTransaction(() => Undo(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Undone>> Undo(Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var because = problems.Text(nameof(Input.Because), "Reason", input.Because, 500);
        if (await db.Set<Merge>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == input.Id, ct) is not { } found)
            return Problem.NotFound("The merge");
        if (found.Kind == MergeKind.Person)
        {
            await sight.RequireOpen(found.FromId, ct);
            await sight.RequireOpen(found.IntoId, ct);
        }
        if (problems.Any)
            return problems;
        await Hold(found, ct);
        var merge = await db.Set<Merge>().SingleAsync(m => m.Id == input.Id, ct);
        if (merge.UndoneAt is not null)
            return Problem.Conflict($"This merge was undone already, by {merge.UndoneBy?.Name}.");
        return merge.Kind == MergeKind.Person ? await Person(merge, because, ct) : await Premise(merge, because, ct);
    }

    private async Task Hold(Merge merge, CancellationToken ct)
    {
        long[] both = [merge.FromId, merge.IntoId];
        if (merge.Kind == MergeKind.Premise)
        {
            await db.Hold("premise", both, ct);
            await db.Hold("account", await db.Set<ServiceAgreement>().Where(a => a.PremiseId == merge.IntoId).Select(a => a.AccountId).Distinct().ToListAsync(ct), ct);
            return;
        }
        await db.Hold("premise", [.. (await around.Premises(merge.FromId, ct)).Union(await around.Premises(merge.IntoId, ct))], ct);
        await db.Hold("account", await db.Set<Accounts.AccountPerson>().Where(p => both.Contains(p.PersonId)).Select(p => p.AccountId).Distinct().ToListAsync(ct), ct);
        await db.Hold("person", both, ct);
    }

    private async Task<Outcome<Undone>> Person(Merge merge, string because, CancellationToken ct)
    {
        var (from, into) = (await db.Set<Person>().SingleAsync(p => p.Id == merge.FromId, ct), await db.Set<Person>().SingleAsync(p => p.Id == merge.IntoId, ct));
        if (await Contradicted(merge, into.MergedIntoId is not null || from.MergedIntoId != into.Id, into.DisplayName, ct) is { } contradicted)
            return contradicted;
        await records.AsOne(into.Id, from.Id, ct);
        var (before, lifeSupport, passphrase) = (from.Restriction, into.LifeSupport, from.PassphraseHash);
        await book.MoveBack(merge, ct);
        from.BecomeOneself(into);
        merge.Undo(actor.Actor.Ref, db.Now, because);
        index.PersonChanges(from.Id);
        index.PersonChanges(into.Id);
        if (from.Restriction != PersonRestriction.None || into.Restriction != PersonRestriction.None)
        {
            // What went back is asked for where it is now.
            await db.SaveChangesAsync(ct);
            await around.Changes(from.Id, from.Restriction, ct);
            await around.Changes(into.Id, into.Restriction, ct);
        }
        if (from.Restriction != before)
            await events.Publish(new PersonRestricted(from.Id, from.Restriction.ToString()), ct, new RecordRef("person", from.Id));
        foreach (var (one, other) in new[] { (from, into), (into, from) })
            timeline.Tell(new RecordRef("merge", merge.Id), "person", db.Now, $"Separated again from {Named(other)}{(one == into && lifeSupport && !into.LifeSupport ? LifeSupportWent : "")}{(one == from && passphrase != from.PassphraseHash ? PassphraseChanged : "")}", because, false, one.Id, null, null);
        await events.Publish(new PersonUnmerged(merge.Id, from.Id, into.Id), ct, new RecordRef("person", from.Id), new RecordRef("person", into.Id));
        await db.SaveChangesAsync(ct);
        sight.Forget();
        return new Undone(from.Id, into.Id);
    }

    /// <summary>As the other's timeline tells it, to readers with other rights than now.</summary>
    private static string Named(Person person) => person.Restriction == PersonRestriction.None ? $"{person.DisplayName} ({person.Reference})" : Masks.Closed;

    private async Task<Outcome<Undone>> Premise(Merge merge, string because, CancellationToken ct)
    {
        var (from, into) = (await db.Set<Premise>().SingleAsync(p => p.Id == merge.FromId, ct), await db.Set<Premise>().SingleAsync(p => p.Id == merge.IntoId, ct));
        if (await Contradicted(merge, into.MergedIntoId is not null || from.MergedIntoId != into.Id, into.OneLine, ct) is { } contradicted)
            return contradicted;
        var lifeSupport = into.LifeSupport;
        await book.MoveBack(merge, ct);
        from.BecomeItself();
        merge.Undo(actor.Actor.Ref, db.Now, because);
        index.PremiseChanges(from.Id);
        index.PremiseChanges(into.Id);
        foreach (var (one, other) in new[] { (from, into), (into, from) })
            timeline.Tell(new RecordRef("merge", merge.Id), "premise", db.Now, $"Separated again from {other.OneLine}{(one == into && lifeSupport && !into.LifeSupport ? LifeSupportWent : "")}", because, false, null, null, one.Id);
        await events.Publish(new PremiseUnmerged(merge.Id, from.Id, into.Id), ct, new RecordRef("premise", from.Id), new RecordRef("premise", into.Id));
        await db.SaveChangesAsync(ct);
        return new Undone(from.Id, into.Id);
    }

    private async Task<Outcome<Undone>?> Contradicted(Merge merge, bool mergedOn, string survivor, CancellationToken ct)
    {
        if (mergedOn)
            return new Problem(null, $"{survivor} was merged again since: undo that first.", ContradictedRule);
        var reasons = await book.Contradictions(merge, ct);
        return reasons.Count == 0 ? null : Outcome<Undone>.Broken([.. reasons.Select(r => new Problem(null, r, ContradictedRule))]);
    }
}
