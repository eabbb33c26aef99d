using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Types;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.ToDos;

namespace Tieline.Contacts.Records;

/// <summary>Tells the To Dos which contact they are to be linked with.</summary>
internal sealed class ContactsOfToDos(AppDb db, CurrentActor actor, Customers.ICustomers customers) : IToDoContacts
{
    public async Task<ToDoContact?> Find(long contactId, CancellationToken ct)
    {
        if (!actor.May(ContactsPermissions.Read) || await Read(contactId, ct) is not { } found)
            return null;
        return (await customers.Masking([(found.PersonId, found.AccountId)], ct)).Of(found.PersonId, found.AccountId).IsClosed ? null : found;
    }

    private Task<ToDoContact?> Read(long contactId, CancellationToken ct) =>
        (from c in db.Set<Contact>()
                 join t in db.Set<ContactType>() on c.TypeId equals t.Id
                 where c.Id == contactId
                 select (ToDoContact?)new ToDoContact(c.Id, c.Reference, t.Name, c.PersonId, c.AccountId, c.PremiseId)).SingleOrDefaultAsync(ct);
}
