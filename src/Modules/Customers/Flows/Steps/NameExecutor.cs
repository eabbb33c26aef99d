using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>
/// Who settles the estate: somebody on record, or an outsider by name. Once their papers were seen they may act for the customer in everything;
/// before that they are written down and may do nothing.
/// </summary>
internal sealed class NameExecutor(
    FlowDesk desk, AppDb db, AddRelationship relate, GiveAuthorisation authorise, TakenBack back, PeopleInSight sight, IUtilityClock clock, ISettings settings, IEnumerable<IFlowWork> rooms)
    : FlowStep<NameExecutor.Input>(desk)
{
    private const int Years = 1;

    /// <param name="OtherPersonId">The executor, if they are on record; otherwise <paramref name="Name"/>.</param>
    /// <param name="PapersSeen">Letters testamentary, a will with its probate, or the like.</param>
    /// <param name="ToOn">Until when they may act; a year from today when left out.</param>
    public sealed record Input(
        long FlowId, int Version, long? OtherPersonId = null, string? Name = null, string? Organisation = null, string? Phone = null, bool PapersSeen = false, DateOnly? ToOn = null) : IFlowStepInput;

    public override string Code => FlowPlan.Executor;

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 200, required: input.OtherPersonId is null);
        var organisation = problems.Text(nameof(Input.Organisation), "Organisation", input.Organisation, 200, required: false);
        var country = await settings.Get(HouseSettings.Country, ct);
        var phone = string.IsNullOrWhiteSpace(input.Phone) ? null : problems.Phone(nameof(Input.Phone), input.Phone, country);
        await sight.RequireOpen(input.OtherPersonId, ct);
        if (input.OtherPersonId is { } id && await db.Set<Person>().Where(p => db.Set<Person>().SurvivorOf(id).Contains(p.Id)).Select(p => (long?)p.Id).SingleOrDefaultAsync(ct) is { } known)
            name = (await back.Names([known], ct))[known];
        if (problems.Any)
            return problems;

        long? relationship = null, authorisation = null;
        if (input.OtherPersonId is not null)
        {
            var related = await relate.Handle(new(flow.PersonId, RelationshipKind.Executor, input.OtherPersonId), ct);
            if (!related.Ok)
                return Outcome<FlowEffect>.Broken([.. related.Problems.Select(p => p.Field == nameof(AddRelationship.Input.RelatedPersonId) ? p with { Field = nameof(Input.OtherPersonId) } : p)]);
            relationship = related.Value.Id;
        }
        if (input.PapersSeen)
        {
            var given = await authorise.OnPapers(
                new(flow.PersonId, [AuthorisationScope.Everything], AuthorisationForm.Written, input.ToOn ?? (await clock.Today(ct)).AddYears(Years), OtherPersonId: input.OtherPersonId,
                    Name: input.OtherPersonId is null ? input.Name : null, Organisation: input.Organisation, Phone: input.Phone, Comment: "Executor"), ct);
            if (!given.Ok)
                return Outcome<FlowEffect>.Broken(given.Problems);
            authorisation = given.Value.Id;
        }
        // The list says who; a name that is restricted one day would stay in the To Do.
        foreach (var room in rooms)
            await room.Reword(flow.AuditSubject, $"{BackOfficeTold.Subject(flow)}; executor named, papers {(input.PapersSeen ? "seen" : "not seen yet")}", ct);
        var words = string.Join(", ", new[] { name, organisation, phone?.Display(country) }.Where(w => !string.IsNullOrEmpty(w)));
        return new FlowEffect($"{words}; {(input.PapersSeen ? "papers seen, may act" : "papers not seen yet, may not act")}", new Kept(relationship, authorisation, authorisation is { } id_ ? await back.Says(id_, ct) : null));
    }

    private sealed record Kept(long? RelationshipId, long? AuthorisationId, TakenBack.Said? Said);

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        foreach (var room in rooms)
            await room.Reword(flow.AuditSubject, BackOfficeTold.Subject(flow), ct);
        return [.. await back.Relationship(flow.PersonId, did.RelationshipId, ct), .. await back.Authorisation(did.AuthorisationId, did.Said, ct)];
    }
}
