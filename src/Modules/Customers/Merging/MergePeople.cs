using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Finding;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Merging;

/// <summary>
/// Two records were one and the same person: everything of the one follows to the other, who is found by all that was known of both.
/// Nothing is lost: see <see cref="UndoMerge"/>.
/// </summary>
internal sealed class MergePeople(AppDb db, CurrentActor actor, MergeBook book, CustomerIndex index, ITimeline timeline, IEvents events, IAuditTrail audit, PeopleInSight sight, RecordsInSight records) : IUse<MergePeople.Input, MergePeople.Merged>
{
    public const string UnseenRule = "merge.conflicts_unseen";

    /// <param name="FromId">Who will be found as the other.</param>
    /// <param name="FromVersion">As it was seen, like <paramref name="IntoVersion"/>: who confirms must know what is merged.</param>
    /// <param name="IntoId">The survivor.</param>
    /// <param name="ConflictsSeen">What they say differently was seen, and what becomes of it.</param>
    public sealed record Input(long FromId, int FromVersion, long? IntoId, int IntoVersion, string? Reason, bool ConflictsSeen = false);

    /// <param name="Id">Of the merge, by which it is undone.</param>
    public sealed record Merged(long Id, long SurvivorId);

    public Task<Outcome<Merged>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Merge);
        return db.InTransaction(() => MergeHeld(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Merged>> MergeHeld(Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var reason = problems.Text(nameof(Input.Reason), "Reason", input.Reason, 500);
        if (input.IntoId is null)
            problems.List.Add(Problem.Required(nameof(Input.IntoId), "Person"));
        else if (input.IntoId == input.FromId)
            problems.Add(nameof(Input.IntoId), "Nobody is merged into themselves.", "merge.self");
        if (problems.Any)
            return problems;

        var (from, into) = (input.FromId, input.IntoId!.Value);
        await sight.RequireOpen(from, ct);
        await sight.RequireOpen(into, ct);
        await Hold(from, into, ct);
        var people = await db.Set<Person>().Where(p => p.Id == from || p.Id == into).ToListAsync(ct);
        if (people.Find(p => p.Id == from) is not { } one || people.Find(p => p.Id == into) is not { } survivor)
            return Problem.NotFound("One of the two");
        // Everything of a restricted person would stand on a record that everyone finds.
        if (one.Restriction != survivor.Restriction)
            return new Problem(null, "One of the two is restricted in another way than the other: settle first which restriction is right.", "merge.restricted");
        if ((await Contested(one, input.FromVersion, ct) ?? await Contested(survivor, input.IntoVersion, ct)) is { } contested)
            return contested;
        var forecast = await MergeBook.InSight(await book.Forecast(MergeKind.Person, from, into, ct), sight, from, into, ct);
        if (book.Objections(forecast, input.ConflictsSeen) is { Any: true } objections)
            return objections;

        var merge = new Merge(db.NextId(), MergeKind.Person, from, into, reason, actor.Actor.Ref, db.Now);
        await records.AsOne(into, from, ct);
        one.MergeInto(into, db.Now);
        await book.Move(merge, ct);
        index.PersonMerges(from);
        index.PersonChanges(into);
        timeline.Tell(new RecordRef("merge", merge.Id), "person", db.Now, $"{(one.Restriction == PersonRestriction.None ? $"{one.DisplayName} ({one.Reference})" : Masks.Closed)} was merged into this record", reason, false, into, null, null);
        await events.Publish(new PersonMerged(merge.Id, from, into), ct, new RecordRef("person", into), new RecordRef("person", from));
        await db.SaveChangesAsync(ct);
        return new Merged(merge.Id, into);
    }

    /// <summary>In the order of the house: accounts before people. Those who were merged into the one before are held as well, since whoever records something about them is led on.</summary>
    private async Task Hold(long from, long into, CancellationToken ct)
    {
        await db.Hold("account", await db.Set<AccountPerson>().Where(p => p.PersonId == from || p.PersonId == into).Select(p => p.AccountId).Distinct().ToListAsync(ct), ct);
        await db.Hold("person", [from, into, .. await db.Set<Person>().Where(p => p.MergedIntoId == from).Select(p => p.Id).ToListAsync(ct)], ct);
    }

    /// <summary>Null when it still is as it was seen; otherwise what has happened to it.</summary>
    private async Task<Problem?> Contested(Person person, int version, CancellationToken ct)
    {
        if (person.MergedIntoId is { } survivor)
        {
            var name = await db.Set<Person>().Where(p => p.Id == survivor).Select(p => $"{p.DisplayName} ({p.Reference})").SingleAsync(ct);
            return Problem.Conflict($"{person.DisplayName} ({person.Reference}) was merged into {name} in the meantime.");
        }
        return person.Version == version ? null : await book.Changed(person.AuditSubject, $"{person.DisplayName} ({person.Reference})", audit, ct);
    }
}
