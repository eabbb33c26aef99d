using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Agreements;
using Tieline.Customers.Finding;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Merging;

/// <summary>Two premises were one and the same place, written in two ways: agreements, contacts and all that is about the one follow to the other.</summary>
internal sealed class MergePremises(AppDb db, CurrentActor actor, MergeBook book, CustomerIndex index, ITimeline timeline, IEvents events, IAuditTrail audit) : IUse<MergePremises.Input, MergePremises.Merged>
{
    /// <inheritdoc cref="MergePeople.Input"/>
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
            problems.List.Add(Problem.Required(nameof(Input.IntoId), "Premise"));
        else if (input.IntoId == input.FromId)
            problems.Add(nameof(Input.IntoId), "A premise is not merged into itself.", "merge.self");
        if (problems.Any)
            return problems;

        var (from, into) = (input.FromId, input.IntoId!.Value);
        await db.Hold("premise", [from, into, .. await db.Set<Premise>().Where(p => p.MergedIntoId == from).Select(p => p.Id).ToListAsync(ct)], ct);
        await db.Hold("account", await db.Set<ServiceAgreement>().Where(a => a.PremiseId == from || a.PremiseId == into).Select(a => a.AccountId).Distinct().ToListAsync(ct), ct);
        var places = await db.Set<Premise>().Where(p => p.Id == from || p.Id == into).ToListAsync(ct);
        if (places.Find(p => p.Id == from) is not { } one || places.Find(p => p.Id == into) is not { } survivor)
            return Problem.NotFound("One of the two");
        if ((await Contested(one, input.FromVersion, ct) ?? await Contested(survivor, input.IntoVersion, ct)) is { } contested)
            return contested;
        var forecast = await book.Forecast(MergeKind.Premise, from, into, ct);
        if (book.Objections(forecast, input.ConflictsSeen) is { Any: true } objections)
            return objections;

        var merge = new Merge(db.NextId(), MergeKind.Premise, from, into, reason, actor.Actor.Ref, db.Now);
        one.MergeInto(into, db.Now);
        await book.Move(merge, ct);
        index.PremiseMerges(from);
        index.PremiseChanges(into);
        timeline.Tell(new RecordRef("merge", merge.Id), "premise", db.Now, $"{one.OneLine} was merged into this premise", reason, false, null, null, into);
        await events.Publish(new PremiseMerged(merge.Id, from, into), ct, new RecordRef("premise", into), new RecordRef("premise", from));
        await db.SaveChangesAsync(ct);
        return new Merged(merge.Id, into);
    }

    private async Task<Problem?> Contested(Premise premise, int version, CancellationToken ct)
    {
        if (premise.MergedIntoId is { } survivor)
        {
            var line = await db.Set<Premise>().Where(p => p.Id == survivor).Select(p => p.OneLine).SingleAsync(ct);
            return Problem.Conflict($"{premise.OneLine} was merged into {line} in the meantime.");
        }
        return premise.Version == version ? null : await book.Changed(premise.AuditSubject, premise.OneLine, audit, ct);
    }
}
