using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>Who may act for the customer and who is on record as their carer and the like: those that are ticked end, the others stay.</summary>
internal sealed class LookAtAuthorisations(FlowDesk desk, AppDb db, RevokeAuthorisation revoke, EndRelationship end, TakenBack back, RecordsInSight records, IUtilityClock clock) : FlowStep<LookAtAuthorisations.Input>(desk)
{
    /// <param name="Authorisations">Of the customer, that end today.</param>
    /// <param name="Relationships">Of the customer, that ended yesterday.</param>
    public sealed record Input(long FlowId, int Version, IReadOnlyList<long>? Authorisations = null, IReadOnlyList<long>? Relationships = null) : IFlowStepInput;

    public override string Code => FlowPlan.Others;

    /// <param name="On">Of a relationship.</param>
    private sealed record Ended(long Id, DateOnly? On = null);

    private sealed record Kept(IReadOnlyList<Ended> Authorisations, IReadOnlyList<Ended> Relationships);

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var (which, whose) = ((input.Authorisations ?? []).Distinct().ToArray(), (input.Relationships ?? []).Distinct().ToArray());
        var (authorisations, relationships, names) = (new List<Ended>(), new List<Ended>(), new List<string>());
        foreach (var id in which)
        {
            var authorisation = await db.Set<Authorisation>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == id && a.PersonId == flow.PersonId, ct);
            if (authorisation is null)
                return new Problem(nameof(Input.Authorisations), "This authorisation is not the customer's.", "authorisation.not_of_person");
            var revoked = await revoke.Handle(new(flow.PersonId, id, authorisation.Version, "Separation"), ct);
            if (!revoked.Ok)
                return Outcome<FlowEffect>.Broken(revoked.Problems);
            authorisations.Add(new(id));
            names.Add($"{await authorisation.WhoMayAct(db, ct)} may not act any more");
        }
        var yesterday = (await clock.Today(ct)).AddDays(-1);
        foreach (var id in whose)
        {
            var relationship = await db.Set<Relationship>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id && r.PersonId == flow.PersonId && r.ToOn == null, ct);
            if (relationship is null)
                return new Problem(nameof(Input.Relationships), "This relationship is not the customer's, or has ended.", "relationship.not_of_person");
            var last = relationship.FromOn > yesterday ? relationship.FromOn.Value : yesterday;
            var ended = await end.Handle(new(flow.PersonId, id, relationship.Version, last), ct);
            if (!ended.Ok)
                return Outcome<FlowEffect>.Broken(ended.Problems);
            relationships.Add(new(id, last));
            names.Add($"no {Platform.Ui.Option.InWords(relationship.Kind.ToString()).ToLowerInvariant()} any more");
        }
        return new FlowEffect(names.Count == 0 ? "All stay as they are" : string.Join("; ", names), new Kept(authorisations, relationships));
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        if (did.Authorisations.Count + did.Relationships.Count > 0 && await records.Seen(flow.PersonId, AuthorisationScope.Everything, ct) is { } unseen)
            return [unseen];
        foreach (var (id, _) in did.Authorisations)
        {
            var authorisation = await db.Set<Authorisation>().SingleAsync(a => a.Id == id, ct);
            if (authorisation.RevokedAt is null || authorisation.PersonId != flow.PersonId)
                return [FlowDesk.Contradicted($"What {authorisation.Name} may do was changed since: look at it first.")];
            await records.Beside(authorisation.OtherPersonId, ct);
            authorisation.TakeRevocationBack();
        }
        foreach (var (id, last) in did.Relationships)
        {
            var relationship = await db.Set<Relationship>().SingleAsync(r => r.Id == id, ct);
            if (relationship.ToOn != last || relationship.PersonId != flow.PersonId)
                return [FlowDesk.Contradicted("A relationship was changed since: look at it first.")];
            await records.Beside(relationship.RelatedPersonId, ct);
            relationship.Reopen();
        }
        await back.Told(flow.PersonId, did.Authorisations.Count + did.Relationships.Count > 0, ct);
        return [];
    }
}
