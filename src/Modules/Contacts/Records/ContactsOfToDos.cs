using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Types;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.ToDos;

namespace Tieline.Contacts.Records;

/// <summary>Tells the To Dos which contact they are to be linked with.</summary>
internal sealed class ContactsOfToDos(AppDb db, CurrentActor actor) : IToDoContacts
{
    public async Task<ToDoContact?> Find(long contactId, CancellationToken ct) => !actor.May(ContactsPermissions.Read) ? null
        : await (from c in db.Set<Contact>()
                 join t in db.Set<ContactType>() on c.TypeId equals t.Id
                 where c.Id == contactId
                 select new ToDoContact(c.Id, c.Reference, t.Name, c.PersonId, c.AccountId, c.PremiseId)).SingleOrDefaultAsync(ct);
}
