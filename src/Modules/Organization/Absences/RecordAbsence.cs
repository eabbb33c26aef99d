using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Absences;

internal sealed class RecordAbsence(AppDb db, CurrentActor actor, IEvents events) : IUse<RecordAbsence.Input, Added>
{
    /// <param name="ToOn">The last day away.</param>
    public sealed record Input(long EmployeeId, DateOnly? FromOn, DateOnly? ToOn, string? Reason = null, long? DeputyId = null) : IAbsenceTyped;

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Absences);
        if (await db.Set<Employee>().SingleOrDefaultAsync(e => e.Id == input.EmployeeId && e.LeftOn == null, ct) is not { } employee)
            return Problem.NotFound("The employee");
        var problems = new Problems();
        var details = await AbsenceDetails.Check(db, input, employee.Id, null, problems, ct);
        if (problems.Any)
            return problems;

        var absence = new Absence(db.NextId(), employee.Id, details.FromOn, details.ToOn, details.Reason, details.DeputyId);
        db.Add(absence);
        employee.AbsencesChanged();
        await events.Publish(new AbsenceRecorded(absence.Id, absence.EmployeeId, absence.FromOn, absence.ToOn, absence.DeputyId), ct, absence.AuditSubject);
        await db.SaveChangesAsync(ct);
        return new Added(absence.Id);
    }
}
