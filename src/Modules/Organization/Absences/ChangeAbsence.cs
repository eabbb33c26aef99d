using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Absences;

internal sealed class ChangeAbsence(AppDb db, CurrentActor actor, IEvents events) : IUse<ChangeAbsence.Input, Done>
{
    public sealed record Input(long Id, int Version, DateOnly? FromOn, DateOnly? ToOn, string? Reason = null, long? DeputyId = null) : IAbsenceTyped;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Absences);
        if (await db.Set<Absence>().SingleOrDefaultAsync(a => a.Id == input.Id && a.CancelledAt == null, ct) is not { } absence)
            return Problem.NotFound("The absence");
        var problems = new Problems();
        var details = await AbsenceDetails.Check(db, input, absence.EmployeeId, absence.Id, problems, ct);
        if (problems.Any)
            return problems;

        db.Expect(absence, input.Version);
        absence.Change(details);
        (await db.Set<Employee>().SingleAsync(e => e.Id == absence.EmployeeId, ct)).AbsencesChanged();
        await events.Publish(new AbsenceRecorded(absence.Id, absence.EmployeeId, absence.FromOn, absence.ToOn, absence.DeputyId), ct, absence.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
