using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Security;

namespace Tieline.Contacts.Records;

/// <summary>Hands out a file of a contact to those who may see the contact.</summary>
internal sealed class ContactFiles(AppDb db, CurrentActor actor, IFiles files, IAuditTrail audit, ContactsInSight sight)
{
    public static async Task<IResult> Download(long id, long fileId, ContactFiles door, HttpContext http, CancellationToken ct)
    {
        if (await door.Find(id, fileId, ct) is not { } file)
            return Results.NotFound();
        return FileAnswer.Of(http, file, door.CopyTo);
    }

    private async Task<FileLine?> Find(long id, long fileId, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        var contact = await db.Set<Contact>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, ct);
        if (contact is null || await files.Find(fileId, ct) is not { } file || file.AttachedTo != contact.AuditSubject)
            return null;
        if (!await sight.MayOpenFiles(await sight.Open(contact, ct), ct))
            throw new ForbiddenException(ContactsPermissions.SeeUnmasked);
        await audit.Looked(
            contact.PersonId is { } person ? new RecordRef("person", person) : contact.AuditSubject, ct, $"{contact.Reference} file {file.Name}", [fileId]);
        return file;
    }

    private Task CopyTo(long fileId, Stream target, CancellationToken ct) => files.CopyTo(fileId, target, ct);
}
