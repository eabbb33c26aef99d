using Tieline.Customers.Authorisations;
using Tieline.Customers.People;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>Somebody looks after the customer and may act for them, in what was agreed and until a day; on record they are their carer, too.</summary>
internal sealed class AddCarer(FlowDesk desk, AddRelationship relate, GiveAuthorisation authorise, TakenBack back) : FlowStep<AddCarer.Input>(desk)
{
    /// <param name="OtherPersonId">The carer, if they are on record; otherwise <paramref name="Name"/>.</param>
    /// <param name="ToOn">The last day on which they may act.</param>
    /// <param name="AccountId">Null for all accounts.</param>
    public sealed record Input(
        long FlowId, int Version, IReadOnlyList<AuthorisationScope>? Scopes, AuthorisationForm? Given, DateOnly? ToOn, DateOnly? FromOn = null, long? OtherPersonId = null, string? Name = null,
        string? Organisation = null, string? Phone = null, long? AccountId = null) : IFlowStepInput;

    public override string Code => FlowPlan.Carer;

    private sealed record Kept(long? RelationshipId, long AuthorisationId, TakenBack.Said? Said);

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var given = await authorise.Handle(
            new(flow.PersonId, input.Scopes, input.Given, input.ToOn, input.FromOn, input.OtherPersonId, input.Name, input.Organisation, input.Phone, input.AccountId, "Carer"), ct);
        if (!given.Ok)
            return Outcome<FlowEffect>.Broken(given.Problems);
        long? relationship = null;
        if (input.OtherPersonId is not null)
        {
            var related = await relate.Handle(new(flow.PersonId, RelationshipKind.Carer, input.OtherPersonId), ct);
            if (!related.Ok)
                return Outcome<FlowEffect>.Broken([.. related.Problems.Select(p => p.Field == nameof(AddRelationship.Input.RelatedPersonId) ? p with { Field = nameof(Input.OtherPersonId) } : p)]);
            relationship = related.Value.Id;
        }
        var (name, scopes) = await back.NameOf(given.Value.Id, ct);
        return new FlowEffect($"{name} may act: {AuthorisationWords.Of(scopes)}, until {input.ToOn:d MMM yyyy}", new Kept(relationship, given.Value.Id, await back.Says(given.Value.Id, ct)));
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        return [.. await back.Relationship(flow.PersonId, did.RelationshipId, ct), .. await back.Authorisation(did.AuthorisationId, did.Said, ct)];
    }
}
