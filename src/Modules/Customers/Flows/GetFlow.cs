using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows;

/// <param name="Words">What it came to; masked like the customer, and nothing of one who shares an account with the employee or a relative.</param>
/// <param name="Version">For whoever does the step or takes it back.</param>
internal sealed record FlowStepView(
    string Code, string Title, string Why, bool Needed, bool Automatic, FlowStepState State, ActorRef? By, DateTime? At, string? Words, int Version)
{
    /// <summary>What was typed before it was taken back: for the form, and nobody else.</summary>
    [JsonIgnore]
    public string? Typed { get; init; }

    /// <summary>The account that the step opened: for the forms of the steps behind it.</summary>
    [JsonIgnore]
    public long? OpenedAccount { get; init; }
}

/// <param name="Sight">What the actor may see of the person now.</param>
/// <param name="EventOn">The day of what it is about.</param>
/// <param name="Settled">Steps that are done or do not apply.</param>
internal sealed record FlowView(
    long Id, FlowKind Kind, string Title, FlowState State, long PersonId, string Person, string Reference, SightLevel Sight, DateOnly? EventOn, string? ToldBy,
    ActorRef OpenedBy, DateTime OpenedAt, ActorRef? EndedBy, DateTime? EndedAt, string? EndedBecause, int Version, IReadOnlyList<FlowStepView> Steps)
{
    public int Settled => Steps.Count(s => s.State != FlowStepState.Open);
}

/// <summary>A guided flow with its check list. Keeps that the person was looked at.</summary>
internal sealed class GetFlow(AppDb db, CurrentActor actor, PeopleInSight sight, IAuditTrail audit) : IUse<GetFlow.Input, FlowView>
{
    public sealed record Input(long Id);

    /// <summary>Whose it is; 0 when there is none. For the page that offers to give a reason.</summary>
    public Task<long> PersonOf(long id, CancellationToken ct) => db.Set<GuidedFlow>().Where(f => f.Id == id).Select(f => f.PersonId).SingleOrDefaultAsync(ct);

    public async Task<Outcome<FlowView>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if (await db.Set<GuidedFlow>().AsNoTracking().Include(f => f.Steps).SingleOrDefaultAsync(f => f.Id == input.Id, ct) is not { } flow)
            return Problem.NotFound("This guided flow");
        if (await sight.Of(flow.PersonId, ct) is var level && level == SightLevel.Closed)
        {
            await audit.Looked(new RecordRef("person", flow.PersonId), ct, PeopleInSight.LookAtClosed);
            return PeopleInSight.ClosedProblem;
        }
        var person = await db.Set<Person>().Where(p => p.Id == flow.PersonId).Select(p => new { p.DisplayName, p.Reference }).SingleAsync(ct);
        var masking = await sight.Masking(flow.PersonId, ct);
        // Steps go over all accounts of the customer.
        var closed = (await sight.BesideOwn([flow.PersonId], ct)).Count > 0;
        await audit.Looked(new RecordRef("person", flow.PersonId), ct, $"guided flow {flow.Id}");
        return new FlowView(
            flow.Id, flow.Kind, FlowPlan.Of(flow.Kind).Name, flow.State, flow.PersonId, person.DisplayName, person.Reference, level, flow.EventOn, Told(flow.ToldBy),
            flow.OpenedBy, flow.OpenedAt, flow.EndedBy, flow.EndedAt, Told(flow.EndedBecause), flow.Version,
            [.. FlowPlan.Of(flow.Kind).Steps.Select(s => (Plan: s, Step: flow.Step(s.Code))).Where(s => s.Step is not null).Select(s => new FlowStepView(
                s.Plan.Code, s.Plan.Title, s.Plan.Why, s.Plan.Needed, s.Plan.Automatic, s.Step!.State, s.Step.DoneBy, s.Step.DoneAt, Told(s.Step.Words), s.Step.Version)
            {
                Typed = level == SightLevel.Full && !closed ? s.Step.Typed : null,
                OpenedAccount = s.Plan.Code == FlowPlan.Account ? Steps.OpenNewAccount.OpenedBy(s.Step.Kept) : null,
            })]);

        string? Told(string? words) => closed && words is not null ? Masks.ClosedText : masking.Text(words);
    }
}
