using Microsoft.EntityFrameworkCore;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Employees;

/// <summary>Records that someone has left: signed out for good, out of the To Do roles, and announced, so that their work finds another owner.</summary>
internal sealed class EndEmployment(AppDb db, CurrentActor actor, IEmployeeSignIns signIns, IEvents events, IUtilityClock clock) : IUse<EndEmployment.Input, Done>
{
    /// <param name="LeftOn">The last day at work, today at the latest.</param>
    public sealed record Input(long Id, int Version, DateOnly? LeftOn);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<Employee>().SingleOrDefaultAsync(e => e.Id == input.Id, ct) is not { } employee)
            return Problem.NotFound("The employee");
        if (input.LeftOn is not { } leftOn)
            return Problem.Required(nameof(Input.LeftOn), "Last day");
        if (leftOn < employee.HiredOn)
            return new Problem(nameof(Input.LeftOn), $"The last day is before the first ({employee.HiredOn:yyyy-MM-dd}).", "employee.left.before_hired");
        if (leftOn > await clock.Today(ct))
            return new Problem(nameof(Input.LeftOn), "Record this on the last day; until then the employee works here.", "employee.left.future");

        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            if (await signIns.Close(employee.Id, ct) is { } problem)
                return problem;
            db.Expect(employee, input.Version);
            employee.Leave(leftOn);
            db.RemoveRange(await db.Set<ToDoRoleMember>().Where(m => m.EmployeeId == employee.Id).ToListAsync(ct));
            await events.Publish(new EmployeeLeft(employee.Id, leftOn), ct, employee.AuditSubject);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct);
    }
}
