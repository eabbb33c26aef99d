using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows;

/// <param name="Resumed">There was an open one of this kind already: go on with it.</param>
internal sealed record FlowBegun(long Id, bool Resumed);

/// <summary>How every flow begins: of a kind one at most is open for a person, and whoever comes second goes on with it.</summary>
internal sealed class FlowOpening(AppDb db, PeopleInSight sight, RecordsInSight records, ITimeline timeline, IEvents events)
{
    /// <summary>Holds the person until the commit.</summary>
    /// <returns>Who it is now; null when there is nobody.</returns>
    /// <exception cref="Platform.Security.ForbiddenException">The record is closed to the actor.</exception>
    public async Task<long?> Held(long personId, CancellationToken ct)
    {
        await db.Hold("person", [personId], ct);
        var survivor = await db.Set<People.Person>().SurvivorOf(personId).SingleOrDefaultAsync(ct);
        if (survivor == 0)
            return null;
        if (survivor != personId)
            await db.Hold("person", [survivor], ct);
        await sight.RequireOpen(survivor, ct);
        return survivor;
    }

    public async Task<FlowBegun?> AlreadyOpen(FlowKind kind, long personId, CancellationToken ct) =>
        await db.Set<GuidedFlow>().Where(f => f.PersonId == personId && f.Kind == kind && f.State == FlowState.Open).OrderBy(f => f.Id).Select(f => (long?)f.Id).FirstOrDefaultAsync(ct) is { } id
            ? new FlowBegun(id, Resumed: true) : null;

    public async Task<GuidedFlow> Open(FlowKind kind, long personId, DateOnly? eventOn, string? toldBy, CancellationToken ct)
    {
        await records.AsAWhole([personId], ct);
        var plan = FlowPlan.Of(kind);
        var flow = new GuidedFlow(db.NextId(), kind, personId, eventOn, toldBy, sight.Me, db.Actor.Ref, db.Now);
        foreach (var step in plan.Steps)
            flow.Add(new GuidedFlowStep(db.NextId(), flow.Id, step.Code));
        db.Add(flow);
        timeline.Tell(flow.AuditSubject, "person", db.Now, $"{FlowWords.Title(flow)}: begun", toldBy, true, personId, null, null);
        await events.Publish(new FlowBegan(flow.Id, personId, kind.ToString()), ct, flow.AuditSubject, new RecordRef("person", personId));
        return flow;
    }
}

/// <summary>Begins a flow that needs nothing to begin with.</summary>
internal sealed class BeginFlow(AppDb db, Platform.Security.CurrentActor actor, FlowOpening opening) : IUse<BeginFlow.Input, FlowBegun>
{
    private static readonly FlowKind[] WithPages = [FlowKind.Death, FlowKind.NewCustomer];

    public sealed record Input(long PersonId, FlowKind? Kind);

    public Task<Outcome<FlowBegun>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        return db.InTransaction(() => Begin(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<FlowBegun>> Begin(Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var kind = problems.Choice(nameof(Input.Kind), "Kind", input.Kind);
        if (!problems.Any && WithPages.Contains(kind))
            problems.Add(nameof(Input.Kind), "This one begins in a way of its own.", "flow.kind");
        if (problems.Any)
            return problems;
        if (await opening.Held(input.PersonId, ct) is not { } person)
            return Problem.NotFound("The person");
        if (await opening.AlreadyOpen(kind, person, ct) is { } open)
            return open;
        var flow = await opening.Open(kind, person, null, null, ct);
        await db.SaveChangesAsync(ct);
        return new FlowBegun(flow.Id, Resumed: false);
    }
}
