using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;

namespace Tieline.Contacts.Records;

/// <summary>Contacts in the search box.</summary>
internal sealed class ContactByReference(AppDb db, CurrentActor actor, ContactsInSight sight) : IFindByReference
{
    public async Task<FoundRecord?> Find(string letters, long sequence, CancellationToken ct)
    {
        if (letters is not ("" or "C") || !actor.May(ContactsPermissions.Read))
            return null;
        var reference = ReferenceNumber.Format(sequence, "C");
        return await ContactsDoor.Lines(db, db.Set<Contact>().Where(c => c.Reference == reference)).SingleOrDefaultAsync(ct) is { } contact
            && !(await sight.Of([contact], ct)).Of(contact).IsClosed
            ? new FoundRecord(new RecordRef("contact", contact.Id), contact.Reference, $"{contact.Class}: {contact.Type}", $"/contacts/{contact.Id}")
            : null;
    }
}
