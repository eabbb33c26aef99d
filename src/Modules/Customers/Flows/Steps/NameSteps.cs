using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>What was shown as proof. Nothing of it is copied.</summary>
internal sealed class SeeProof(FlowDesk desk) : FlowStep<SeeProof.Input>(desk)
{
    /// <param name="What">"marriage certificate"; no numbers of documents.</param>
    public sealed record Input(long FlowId, int Version, string? What) : IFlowStepInput;

    public override string Code => FlowPlan.Proof;

    protected override Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var what = problems.Text(nameof(Input.What), "What was shown", input.What, 200);
        return Task.FromResult<Outcome<FlowEffect>>(problems.Any ? problems : new FlowEffect(what));
    }
}

/// <summary>A new main name since a day, or from a later one on; the old one stays on record and findable.</summary>
internal sealed class TakeNewName(FlowDesk desk, AppDb db, ReplaceMainName replace, TakenBack back, ITimeline timeline, IEvents events) : FlowStep<TakeNewName.Input>(desk)
{
    /// <param name="FromOn">Today when left out. Until a day to come, the name stays as it is.</param>
    public sealed record Input(long FlowId, int Version, string? Given = null, string? Family = null, string? FullName = null, DateOnly? FromOn = null) : IFlowStepInput;

    public override string Code => FlowPlan.NewName;

    private sealed record Kept(long NameId, long BeforeId);

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var known = await Names(flow.PersonId).ToListAsync(ct);
        var before = known.Single(n => n.Kind == NameKind.Main);
        var version = await db.Set<Person>().Where(p => p.Id == flow.PersonId).Select(p => p.Version).SingleAsync(ct);
        var replaced = await replace.Handle(new(flow.PersonId, version, input.Given, input.Family, input.FullName, input.FromOn), ct);
        if (!replaced.Ok)
            return Outcome<FlowEffect>.Broken(replaced.Problems);
        var added = (await Names(flow.PersonId).ToListAsync(ct)).ExceptBy(known.Select(n => n.Id), n => n.Id).Single();
        return new FlowEffect(
            added.Kind == NameKind.Coming ? $"From {added.FromOn:d MMM yyyy}: {added.FullName}; until then {before.FullName}" : $"{added.FullName}, before {before.FullName}", new Kept(added.Id, before.Id));
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        // Withdrawn by hand before its day.
        if (!await db.Set<PersonName>().AnyAsync(n => n.Id == did.NameId, ct))
            return [];
        return (await back.Person(flow.PersonId, async (person, problems) =>
        {
            if (person.ComingName is { } coming && person.WithdrawName(did.NameId))
            {
                WithdrawName.Tell(timeline, db.Now, person, coming);
                return;
            }
            var mistaken = person.DisplayName;
            if (!person.TakeBackMainName(did.NameId, did.BeforeId))
            {
                problems.List.Add(FlowDesk.Contradicted($"The name was changed again since, to {mistaken}: look at it first."));
                return;
            }
            timeline.Tell(new RecordRef("person", person.Id), "person", db.Now, "Name changed back", $"{mistaken} is {person.DisplayName} again", false, person.Id, null, null);
            await events.Publish(new PersonRenamed(person.Id, mistaken, person.DisplayName), ct, new RecordRef("person", person.Id));
        }, ct)).Problems;
    }

    private IQueryable<PersonName> Names(long person) => db.Set<PersonName>().AsNoTracking().Where(n => n.PersonId == person);
}
