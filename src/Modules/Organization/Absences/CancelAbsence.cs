using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Absences;

/// <summary>An absence that does not take place. It stays on record.</summary>
internal sealed class CancelAbsence(AppDb db, CurrentActor actor, IEvents events) : IUse<CancelAbsence.Input, Done>
{
    public sealed record Input(long Id, int Version);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Absences);
        if (await db.Set<Absence>().SingleOrDefaultAsync(a => a.Id == input.Id && a.CancelledAt == null, ct) is not { } absence)
            return Problem.NotFound("The absence");

        db.Expect(absence, input.Version);
        absence.Cancel(db.Now);
        await events.Publish(new AbsenceCancelled(absence.Id, absence.EmployeeId), ct, absence.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
