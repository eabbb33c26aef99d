using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Authorisations;

/// <summary>Ends an authorisation at once. It stays on record.</summary>
internal sealed class RevokeAuthorisation(AppDb db, CurrentActor actor, ITimeline timeline, IEvents events, RecordsInSight records) : IUse<RevokeAuthorisation.Input, Done>
{
    public sealed record Input(long PersonId, long AuthorisationId, int Version, string? Reason);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        if (await db.Set<Authorisation>().SingleOrDefaultAsync(a => a.Id == input.AuthorisationId && a.PersonId == input.PersonId, ct) is not { } authorisation)
            return Problem.NotFound("The authorisation");
        await records.ProtectionOf(input.PersonId, ct);
        await records.Beside(authorisation.OtherPersonId, ct);
        var problems = new Problems();
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, AuthorisationInputs.MaxComment);
        if (authorisation.RevokedAt is not null)
            problems.Add(null, "This authorisation was revoked already.", "authorisation.revoked");
        if (problems.Any)
            return problems;

        db.Expect(authorisation, input.Version);
        authorisation.Revoke(db.Actor.Ref, db.Now, reason);
        var who = await authorisation.WhoMayAct(db, ct);
        timeline.Tell(new RecordRef("authorisation", authorisation.Id), "person", db.Now, $"{who} may not act any more", reason, false, input.PersonId, authorisation.AccountId, null);
        await events.Publish(new AuthorisationEndSettled(authorisation.Id, authorisation.EndId, null), ct, authorisation.AuditSubject);
        await events.Publish(new PersonChanged(input.PersonId, ["authorisation"]), ct, authorisation.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
