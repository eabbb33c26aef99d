using Tieline.Contacts.Emergency;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts.Records;

/// <summary>
/// Moves a contact that was recorded on the wrong person, account or premise. Its story and its To Dos go with it; the wrong
/// record does not show it any more, and the log names that record by reference only.
/// </summary>
internal sealed class MoveContact(AppDb db, CurrentActor actor, ContactBook book, ICustomers customers, IToDos toDos, IEvents events, IAuditTrail audit, ContactsInSight sight) : IUse<MoveContact.Input, Done>
{
    /// <param name="PersonId">Where it belongs; all three may be null ("nobody yet") if the type allows it.</param>
    public sealed record Input(long Id, int Version, long? PersonId, long? AccountId, long? PremiseId, string? Reason);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Correct);
        return db.InTransaction(() => Move(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Done>> Move(Input input, CancellationToken ct)
    {
        // Before the contact itself: a merge takes people and premises first, too.
        var to = await customers.CheckTogether(input.PersonId, input.AccountId, input.PremiseId, ct);
        if (await book.Hold(input.Id, ct) is not { } contact)
            return ContactBook.NotThere;
        if (await book.Contested(contact, input.Version, ct) is { } contested)
            return contested;
        if (await sight.Movable(contact, actor.Actor.Ref, ct) is { } masked)
            return masked;
        var problems = new Problems();
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, 2_000);
        var type = await book.TypeOf(contact, ct);
        problems.List.AddRange(LinkRules.Check(type, input.PersonId, input.AccountId, input.PremiseId, contact.Place is not null));
        problems.List.AddRange(to.Problems);
        if (EmergencyDesk.IsNowhere(type, input.PremiseId, contact.Place))
            problems.Add(nameof(Input.PremiseId), "Where is it? An emergency keeps a premise: nobody could go there otherwise.", EmergencyDesk.NowhereRule);
        if (!problems.Any && (to.Value.PersonId, to.Value.AccountId, to.Value.PremiseId) == (contact.PersonId, contact.AccountId, contact.PremiseId))
            problems.Add(null, "It belongs there already.", "contact.move.nothing");
        if (problems.Any)
            return problems;

        var (person, account, premise) = (contact.PersonId, contact.AccountId, contact.PremiseId);
        contact.BelongTo(to.Value.PersonId, to.Value.AccountId, to.Value.PremiseId);
        book.Log(contact, LogKind.Moved, reason, ContactBook.Belongings(
            person == contact.PersonId ? null : person, account == contact.AccountId ? null : account, premise == contact.PremiseId ? null : premise));
        if (person is { } wrong && wrong != contact.PersonId)
            audit.Add("contact-moved-away", new RecordRef("person", wrong), null, new { contact.Reference });
        await book.Retell(contact, type, ct);
        await toDos.ContactMoved(contact.Id, contact.PersonId, contact.AccountId, contact.PremiseId, ct);
        await events.Publish(new ContactMoved(contact.Id, person, contact.PersonId), ct, contact.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
