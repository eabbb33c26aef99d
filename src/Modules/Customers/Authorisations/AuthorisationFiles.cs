using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Security;

namespace Tieline.Customers.Authorisations;

/// <summary>Hands out what was attached to an authorisation. Nobody knows what stands in a file: it is for those who see the person whole, and may know who acts for them.</summary>
internal sealed class AuthorisationFiles(AppDb db, CurrentActor actor, IFiles files, IAuditTrail audit, PeopleInSight sight)
{
    public static async Task<IResult> Download(long id, long fileId, AuthorisationFiles door, HttpContext http, CancellationToken ct) =>
        await door.Find(id, fileId, ct) is { } file ? FileAnswer.Of(http, file, door.CopyTo) : Results.NotFound();

    /// <summary>What is attached; null when there is something that the actor may not open now.</summary>
    public async Task<IReadOnlyList<FileLine>?> Of(long id, CancellationToken ct)
    {
        var found = await files.Of(new RecordRef("authorisation", id), ct);
        return found.Count == 0 || await Refusal(id, ct) is null ? found : null;
    }

    private async Task<FileLine?> Find(long id, long fileId, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if (await db.Set<Authorisation>().Where(a => a.Id == id).Select(a => (long?)a.PersonId).SingleOrDefaultAsync(ct) is not { } person
            || await files.Find(fileId, ct) is not { } file || file.AttachedTo != new RecordRef("authorisation", id))
            return null;
        if (await Refusal(id, ct) is { } refusal)
            throw refusal;
        await audit.Looked(new RecordRef("person", person), ct, $"authorisation file {file.Name}", [fileId]);
        return file;
    }

    private async Task<ForbiddenException?> Refusal(long id, CancellationToken ct)
    {
        var people = await db.Set<Authorisation>().Where(a => a.Id == id).Select(a => new { a.PersonId, a.OtherPersonId }).SingleAsync(ct);
        var levels = await sight.Of([people.PersonId, people.OtherPersonId ?? people.PersonId], ct);
        if (levels[people.PersonId] == SightLevel.Closed || levels[people.OtherPersonId ?? people.PersonId] == SightLevel.Closed)
            return PeopleInSight.Closed;
        return levels[people.PersonId] == SightLevel.Full ? null : new ForbiddenException(CustomersPermissions.Unmasked);
    }

    private Task CopyTo(long fileId, Stream target, CancellationToken ct) => files.CopyTo(fileId, target, ct);
}
