using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Security;

namespace Tieline.Customers.Authorisations;

/// <summary>Hands out what was attached to an authorisation to those who may see the person.</summary>
internal sealed class AuthorisationFiles(AppDb db, CurrentActor actor, IFiles files, IAuditTrail audit)
{
    public static async Task<IResult> Download(long id, long fileId, AuthorisationFiles door, HttpContext http, CancellationToken ct) =>
        await door.Find(id, fileId, ct) is { } file ? FileAnswer.Of(http, file, door.CopyTo) : Results.NotFound();

    private async Task<FileLine?> Find(long id, long fileId, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if (await db.Set<Authorisation>().Where(a => a.Id == id).Select(a => (long?)a.PersonId).SingleOrDefaultAsync(ct) is not { } person
            || await files.Find(fileId, ct) is not { } file || file.AttachedTo != new RecordRef("authorisation", id))
            return null;
        await audit.Looked(new RecordRef("person", person), ct, $"authorisation file {file.Name}", [fileId]);
        return file;
    }

    private Task CopyTo(long fileId, Stream target, CancellationToken ct) => files.CopyTo(fileId, target, ct);
}
