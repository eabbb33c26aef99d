using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Callers;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows;

/// <summary>
/// A customer has died: from this moment no marketing and no automatic message goes out, and the back office has its To Do. Who tells it need
/// not be verified: nothing is shown to them. Agreements stay as they are.
/// </summary>
internal sealed class BeginDeath(AppDb db, CurrentActor actor, IUtilityClock clock, FlowOpening opening, StoppedMessages messages, BackOfficeTold office, KnownCallers callers) : IUse<BeginDeath.Input, FlowBegun>
{
    /// <param name="ToldBy">Who says so, in words: "his daughter Ana, on the phone".</param>
    /// <param name="DiedOn">Left out when nobody knows yet.</param>
    public sealed record Input(long PersonId, string? ToldBy, DateOnly? DiedOn = null);

    public Task<Outcome<FlowBegun>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        return db.InTransaction(() => Begin(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<FlowBegun>> Begin(Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var today = await clock.Today(ct);
        var toldBy = problems.Text(nameof(Input.ToldBy), "Who tells us", input.ToldBy, 200);
        problems.NotAfter(nameof(Input.DiedOn), input.DiedOn, today);
        if (await opening.Held(input.PersonId, ct) is not { } person)
            return Problem.NotFound("The person");
        var who = await db.Set<Person>().AsNoTracking().SingleAsync(p => p.Id == person, ct);
        if (who.Kind == PersonKind.Organization)
            problems.Add(null, "An organisation does not die: close its accounts instead.", "flow.organization");
        if (input.DiedOn < who.BornOn)
            problems.Add(nameof(Input.DiedOn), "This is before the customer was born.", "date.order");
        if (problems.Any)
            return problems;
        if (await opening.AlreadyOpen(FlowKind.Death, person, ct) is { } open)
            return open;
        if (await db.Set<GuidedFlow>().AnyAsync(f => f.PersonId == person && f.Kind == FlowKind.Death && f.State == FlowState.Finished, ct))
            return new Problem(null, "This death is on record already, and everything about it is done.", "flow.death_known");

        var flow = await opening.Open(FlowKind.Death, person, input.DiedOn, toldBy, ct);
        await messages.Begin(flow, ct);
        await callers.EndOfDead(person, ct);
        await office.Begin(flow, ct);
        await db.SaveChangesAsync(ct);
        return new FlowBegun(flow.Id, Resumed: false);
    }
}
