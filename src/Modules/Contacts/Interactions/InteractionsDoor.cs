using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

internal sealed class InteractionsDoor(
    AppDb db, CurrentActor actor, InteractionDesk desk, ICustomers customers, IOrganization organization, StartInteraction start, TakeCaller takeCaller, ParkInteraction park, ResumeInteraction resume,
    AcceptInteraction accept, EndInteraction end, RecordWrongNumber wrongNumber) : IInteractions
{
    public async Task<InteractionsInHand> InHand(CancellationToken ct)
    {
        if (desk.Me is not { } me || !actor.May(ContactsPermissions.Record))
            return InteractionsInHand.None;
        var lines = await Lines(db, db.Set<Interaction>().AsNoTracking().Where(i =>
            (i.EmployeeId == me && i.State != InteractionState.Ended)
            || (i.State == InteractionState.HandedOver && (i.HandedToEmployeeId == me || i.HandedToRoleId != null))).OrderBy(i => i.Id)).ToListAsync(ct);
        if (lines.Count == 0)
            return InteractionsInHand.None;
        var roles = lines.Exists(l => l.HandedToRoleId is not null && l.EmployeeId != me) ? await organization.RolesOf(me, ct) : [];
        // Who may not see a customer whole hears of them no more because they are handed over.
        var mine = await Accepted(lines.FindAll(l => l.EmployeeId == me), ct);
        var current = mine.Find(l => l.State == nameof(InteractionState.InProgress));
        var waiting = lines.FindAll(l => l.EmployeeId != me && (l.HandedToEmployeeId == me || (l.HandedToRoleId is { } role && roles.Contains(role))));
        if (waiting.Exists(w => w.PersonId is not null))
            waiting = await customers.InSight(waiting, ct);
        return new InteractionsInHand(current, mine.FindAll(l => l.State != nameof(InteractionState.InProgress)), waiting);
    }

    public async Task<IReadOnlyList<WithCustomers>> Going(CancellationToken ct)
    {
        var going = await db.Set<Interaction>().AsNoTracking().Where(i => i.State != InteractionState.Ended && i.State != InteractionState.HandedOver)
            .Select(i => new { i.EmployeeId, i.Employee, i.Channel, i.State, i.SinceAt }).ToListAsync(ct);
        return [.. going.GroupBy(i => i.EmployeeId).Select(g => g.FirstOrDefault(i => i.State == InteractionState.InProgress) is { } current
            ? new WithCustomers(g.Key, current.Employee, current.Channel.ToString(), current.SinceAt, g.Count() - 1)
            : new WithCustomers(g.Key, g.First().Employee, null, g.Min(i => i.SinceAt), g.Count())).OrderBy(w => w.Employee, StringComparer.Ordinal)];
    }

    /// <summary>The number and the words of whoever handed them over are masked; what one has typed oneself stays.</summary>
    private async Task<List<InteractionLine>> Accepted(List<InteractionLine> mine, CancellationToken ct)
    {
        var accepted = mine.FindAll(l => l is { Accepted: true, PersonId: not null });
        if (accepted.Count == 0)
            return mine;
        var seen = (await customers.InSight(accepted, ct)).ToDictionary(l => l.Id);
        return mine.ConvertAll(l => seen.TryGetValue(l.Id, out var shown) ? l with { NumberOrPlace = shown.NumberOrPlace, HandOverComment = shown.HandOverComment } : l);
    }

    public Task<Outcome<InteractionTaken>> Take(CancellationToken ct) => start.Handle(new(), ct);

    public Task<Outcome<Done>> TakeCaller(long interactionId, long? personId, CancellationToken ct) => takeCaller.Handle(new(interactionId, personId), ct);

    public Task<Outcome<Done>> Park(long interactionId, CancellationToken ct) => park.Handle(new(interactionId), ct);

    public Task<Outcome<InteractionTaken>> Resume(long interactionId, CancellationToken ct) => resume.Handle(new(interactionId), ct);

    public Task<Outcome<InteractionTaken>> Accept(long interactionId, CancellationToken ct) => accept.Handle(new(interactionId), ct);

    public async Task<Outcome<string>> WrongNumber(long interactionId, CancellationToken ct)
    {
        var ended = await wrongNumber.Handle(new(interactionId), ct);
        return ended.Ok ? ended.Value.Reference : Outcome<string>.Broken(ended.Problems);
    }

    public Task<Outcome<Done>> End(long interactionId, CancellationToken ct) => end.Handle(new(interactionId), ct);

    /// <summary>The shape in which interactions are shown.</summary>
    internal static IQueryable<InteractionLine> Lines(AppDb db, IQueryable<Interaction> interactions) => interactions.Select(i => new InteractionLine(
        i.Id, i.Reference, i.Channel.ToString(), i.Direction.ToString(), i.State.ToString(), i.EmployeeId, i.Employee, i.NumberOrPlace, i.PersonId, i.StartedAt, i.SinceAt,
        i.HandledSeconds, i.EndedAt, i.Note, i.HandedToEmployeeId, i.HandedToRoleId, i.HandedTo, i.HandOverComment, db.Set<Contact>().Count(c => c.InteractionId == i.Id), i.Version, i.HasDrafts,
        db.Set<InteractionSpan>().Any(s => s.InteractionId == i.Id && s.EmployeeId != i.EmployeeId)));
}
