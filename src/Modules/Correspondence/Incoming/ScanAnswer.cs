using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Security;

namespace Tieline.Correspondence.Incoming;

/// <summary>
/// Hands a scan to the page that shows it. A picture as a picture, so that an image element takes it; anything else as bytes. Opened by its
/// address it is saved and never shown in our name.
/// </summary>
internal sealed class ScanAnswer(AppDb db, CurrentActor actor, IFiles files, IAuditTrail audit, IContacts contacts)
{
    public static async Task<IResult> Get(long id, ScanAnswer door, HttpContext http, CancellationToken ct)
    {
        if (await door.Find(id, ct) is not { } document)
            return Results.NotFound();
        var file = new FileLine(document.FileId, document.Name, "", document.Length, null);
        return document.Kind is ScanKind.Png or ScanKind.Jpeg ? FileAnswer.Of(http, file, door.CopyTo, ScanContent.MediaType(document.Kind)) : FileAnswer.Of(http, file, door.CopyTo);
    }

    private async Task<IncomingDocument?> Find(long id, CancellationToken ct)
    {
        actor.Require(CorrespondencePermissions.Index);
        if (await db.Set<IncomingDocument>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct) is not { } document)
            return null;
        // What has become a contact is a part of the customer's record.
        if (document.ContactId is { } contact && !(await contacts.FilesOpen([contact], ct)).Contains(contact))
            throw new ForbiddenException(CorrespondencePermissions.SeeCustomers);
        if (document.ContactId is { } indexed)
            await audit.Looked(await contacts.RecordOf(indexed, ct), ct, $"scan {document.Reference}", [indexed]);
        else
            await audit.Looked(document.AuditSubject, ct, "the scan");
        return document;
    }

    private Task CopyTo(long fileId, Stream target, CancellationToken ct) => files.CopyTo(fileId, target, ct);
}
