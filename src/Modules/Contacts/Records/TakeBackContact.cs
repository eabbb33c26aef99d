using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Reminders;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts.Records;

/// <summary>
/// A contact that another room has recorded by mistake leaves the record on which it stood, closed, as long as nothing has come of it. It is not deleted: its
/// reference and its log still say what it was. In the caller's transaction.
/// </summary>
internal sealed class TakeBackContact(AppDb db, CurrentActor actor, ContactBook book, IToDos toDos, IEvents events, IAuditTrail audit)
{
    public const string StaysRule = "contact.stays";

    /// <returns>Why it stays where it is; null when it was taken back.</returns>
    public async Task<Problem?> Handle(long id, string why, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        await book.KeepFromMerging(db.Set<Contact>().Where(c => c.Id == id).Select(c => c.Id), ct);
        if (await book.Hold(id, ct) is not { } contact)
            return ContactBook.NotThere;
        var type = await book.TypeOf(contact, ct);
        if (type.Emergency)
            return Stays(contact, "it is an emergency, and those who go there have heard of it");
        if (await db.Set<Reminder>().AnyAsync(r => r.ContactId == id, ct))
            return Stays(contact, "something was promised in it");
        if (await db.Set<ContactLog>().Where(l => l.ContactId == id).OrderBy(l => l.Id).Skip(1).Select(l => (ActorRef?)l.Author).FirstOrDefaultAsync(ct) is { } other)
            return Stays(contact, $"{other.Name} has added to it since");
        if (await toDos.AnyAbout(id, ct))
            return Stays(contact, "there is a To Do about it");
        var person = contact.PersonId;
        var stood = ContactBook.Belongings(contact.PersonId, contact.AccountId, contact.PremiseId);
        contact.BelongTo(null, null, null);
        var open = contact.Status == ContactStatus.Open;
        if (open)
            contact.Close(db.Now);
        book.Log(contact, LogKind.Moved, why, stood);
        if (person is { } wrong)
            audit.Add("contact-moved-away", new RecordRef("person", wrong), null, new { contact.Reference });
        await book.Retell(contact, type, ct);
        await events.Publish(new ContactMoved(contact.Id, person, null), ct, contact.AuditSubject);
        if (open)
            await events.Publish(new ContactClosed(contact.Id), ct, contact.AuditSubject);
        await db.SaveChangesAsync(ct);
        return null;
    }

    private static Problem Stays(Contact contact, string because) => new(null, $"Contact {contact.Reference} stays where it is: {because}. Correct or move it there.", StaysRule);
}
