using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>A call, visit or chat with what was recorded in it and what happened to it. For whoever holds it, whom it waits for, and who looks after all. The look is kept.</summary>
internal sealed class GetInteraction(AppDb db, CurrentActor actor, InteractionDesk desk, ICustomers customers, IOrganization organization, IAuditTrail audit, ContactsInSight sight) : IUse<GetInteraction.Input, GetInteraction.File>
{
    public sealed record Input(long Id);

    public sealed record LogLine(DateTime At, ActorRef Author, string Step, string? Body);

    /// <param name="Typed">The words of a recording form that is not stored yet.</param>
    public sealed record Draft(long Id, long? PersonId, long? EmergencyTypeId, string? Typed)
    {
        public string Words => $"{(EmergencyTypeId is null ? "" : "Emergency: ")}{Typed ?? "A recording form with nothing said yet."}";

        public string GoOn(long interaction) => EmergencyTypeId is { } emergency ? $"/contacts/emergency?type={emergency}&draft={Id}"
            : $"/contacts/record?interaction={interaction}&draft={Id}{(PersonId is { } about ? $"&person={about}" : "")}";
    }

    /// <param name="HandledSeconds">In progress until now.</param>
    /// <param name="WaitsForMe">The actor may accept it.</param>
    public sealed record File(
        InteractionLine Line, string? Person, int HandledSeconds, string? EndedWithout, bool WaitsForMe, IReadOnlyList<ContactLine> Contacts, IReadOnlyList<Draft> Drafts, IReadOnlyList<LogLine> Log);

    public async Task<Outcome<File>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        if (await desk.Find(input.Id, ct) is not { } interaction)
            return InteractionDesk.NotThere;
        var me = desk.Me;
        var waits = interaction.State == InteractionState.HandedOver && interaction.EmployeeId != me && me is { } id
            && (interaction.HandedToEmployeeId == me || (interaction.HandedToRoleId is { } role && (await organization.RolesOf(id, ct)).Contains(role)));
        if (!waits && !desk.IsTheirs(interaction) && !await db.Set<InteractionSpan>().AnyAsync(s => s.InteractionId == interaction.Id && s.EmployeeId == me, ct))
            throw new ForbiddenException(ContactsPermissions.Supervise);
        var line = await InteractionsDoor.Lines(db, db.Set<Interaction>().Where(i => i.Id == interaction.Id)).SingleAsync(ct);
        var contacts = await ContactsDoor.Lines(db, db.Set<Contact>().Where(c => c.InteractionId == interaction.Id).OrderBy(c => c.Id)).ToListAsync(ct);
        var drafts = await db.Set<InteractionDraft>().AsNoTracking().Where(d => d.InteractionId == interaction.Id).OrderBy(d => d.Id).ToListAsync(ct);
        var log = await db.Set<InteractionLog>().AsNoTracking().Where(l => l.InteractionId == interaction.Id).OrderBy(l => l.Id).ToListAsync(ct);
        string? name = null;
        if (interaction.PersonId is { } person)
        {
            var caller = new RecordRef("person", person);
            name = actor.May(ContactsPermissions.ReadCustomers) ? (await customers.Describe([caller], ct)).GetValueOrDefault(caller) : null;
            await audit.Looked(caller, ct, interaction.Reference);
        }
        var maskings = await customers.Masking(drafts.Select(d => (d.PersonId, (long?)null)).Append((interaction.PersonId, null)), ct);
        var masking = maskings.Of(interaction.PersonId);
        return new File(
            (await customers.InSight([line], ct))[0], name, ListInteractions.Handled(line, db.Now), masking.Text(interaction.EndedWithout), waits, await sight.WithoutClosed(contacts, ct),
            drafts.ConvertAll(d => new Draft(d.Id, d.PersonId, d.EmergencyTypeId, maskings.Of(d.PersonId).Text(masking.Text(TypedDrafts.Words(d.Fields))))),
            log.ConvertAll(l => new LogLine(l.At, l.Author, l.Step.ToString(), masking.Text(l.Body))));
    }
}

/// <summary>The history of a call speaks in the words that were typed.</summary>
internal sealed class InteractionHistoryWords(AppDb db, ICustomers customers) : IHistoryWords
{
    public string Kind => "interaction";

    public async Task<Func<string, string, string>?> For(RecordRef subject, CancellationToken ct)
    {
        var caller = await db.Set<Interaction>().Where(i => i.Id == subject.Id).Select(i => i.PersonId).SingleOrDefaultAsync(ct);
        var masking = (await customers.Masking([(caller, null)], ct)).Of(caller);
        return masking.IsClosed ? throw new ForbiddenException(ContactsPermissions.SeeRestricted) : masking.Level == SightLevel.Full ? null : (_, text) => masking.Text(text);
    }
}

/// <summary>Which call the acting employee speaks in: who is verified in it is theirs while it is in hand.</summary>
internal sealed class CallsInProgress(AppDb db, InteractionDesk desk) : ICallsInProgress
{
    private const string Kind = "interaction";

    public async Task<RecordRef?> Current(CancellationToken ct) => desk.Me is { } me
        && await db.Set<Interaction>().Where(i => i.EmployeeId == me && i.State == InteractionState.InProgress).Select(i => (long?)i.Id).SingleOrDefaultAsync(ct) is { } id ? new RecordRef(Kind, id) : null;

    public async Task<bool> IsMine(RecordRef call, CancellationToken ct)
    {
        if (call.Kind != Kind || desk.Me is not { } me)
            return false;
        await db.Hold(Kind, [call.Id], ct);
        return await db.Set<Interaction>().AnyAsync(i => i.Id == call.Id && i.EmployeeId == me && i.State == InteractionState.InProgress, ct);
    }

    public async Task Verified(RecordRef call, long personId, CancellationToken ct)
    {
        if (call.Kind != Kind || await desk.Find(call.Id, ct) is not { PersonId: null } interaction)
            return;
        interaction.TakeCaller(personId);
        await desk.Step(interaction, InteractionStep.Caller, null, null, ct, interaction.EmployeeId);
    }

    public async Task<DateTime?> BeganAt(RecordRef call, CancellationToken ct) =>
        call.Kind != Kind ? null : await db.Set<Interaction>().Where(i => i.Id == call.Id).Select(i => (DateTime?)i.StartedAt).SingleOrDefaultAsync(ct);
}

/// <summary>Calls, visits and chats in the search box.</summary>
internal sealed class InteractionByReference(AppDb db, CurrentActor actor, InteractionDesk desk) : IFindByReference
{
    public async Task<FoundRecord?> Find(string letters, long sequence, CancellationToken ct)
    {
        if (letters is not "I" || !actor.May(ContactsPermissions.Read))
            return null;
        var reference = ReferenceNumber.Format(sequence, "I");
        return await db.Set<Interaction>().SingleOrDefaultAsync(i => i.Reference == reference, ct) is { } found && desk.IsTheirs(found)
            ? new FoundRecord(found.AuditSubject, found.Reference, $"{Words.Of(found.Channel)}, {found.Employee}", $"/interactions/{found.Id}")
            : null;
    }
}
