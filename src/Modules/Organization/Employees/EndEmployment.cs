using Microsoft.EntityFrameworkCore;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Employees;

/// <summary>Records that someone has left: signed out for good, out of the To Do roles, and announced, so that their work finds another owner.</summary>
internal sealed class EndEmployment(AppDb db, CurrentActor actor, IEmployeeSignIns signIns, IOrganization organization, IEnumerable<IAddressedWork> rooms, WorkOfRole work, IEvents events, IUtilityClock clock) : IUse<EndEmployment.Input, Done>
{
    /// <param name="LeftOn">The last day at work, today at the latest.</param>
    /// <param name="WorkToEmployeeId">To whom their open work goes; or to <paramref name="WorkToRoleId"/>, or <paramref name="WorkByType"/> each piece to the role of its type. One of the three must be said where there is any.</param>
    /// <param name="InRolesEmployeeId">Who takes their place in each role that has open work and nobody else. Must be said where there is such a role.</param>
    public sealed record Input(long Id, int Version, DateOnly? LeftOn, long? WorkToEmployeeId = null, long? WorkToRoleId = null, bool WorkByType = false, long? InRolesEmployeeId = null);

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
        if (await WorkGoes(input, employee, ct) is { } unsaid)
            return unsaid;
        if (input.InRolesEmployeeId is { } named && !await IsHere(named, employee, ct))
            return new Problem(nameof(Input.InRolesEmployeeId), "Name somebody else who works here.", "employee.left.heir");
        var roles = await work.Without(employee.Id, ct);
        if (roles.Count > 0 && input.InRolesEmployeeId is null)
            return new Problem(nameof(Input.InRolesEmployeeId), $"Who takes their place in {string.Join(", ", roles.Select(r => r.Name))}? Nobody else is left for the open work.", "employee.left.last_member");

        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            if (await signIns.Close(employee.Id, ct) is { } problem)
                return problem;
            db.Expect(employee, input.Version);
            employee.Leave(leftOn);
            foreach (var role in roles)
            {
                if (await db.Set<ToDoRoleMember>().SingleOrDefaultAsync(m => m.ToDoRoleId == role.RoleId && m.EmployeeId == input.InRolesEmployeeId, ct) is { } member)
                    member.Change(null, null);
                else
                    db.Add(new ToDoRoleMember(role.RoleId, input.InRolesEmployeeId!.Value));
            }
            db.RemoveRange(await db.Set<ToDoRoleMember>().Where(m => m.EmployeeId == employee.Id).ToListAsync(ct));
            await events.Publish(new EmployeeLeft(employee.Id, leftOn, input.WorkToEmployeeId, input.WorkToRoleId), ct, employee.AuditSubject);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct);
    }

    private async Task<bool> IsHere(long employeeId, Employee leaver, CancellationToken ct) =>
        employeeId != leaver.Id && await organization.Employee(employeeId, ct) is { Active: true };

    private async Task<Problem?> WorkGoes(Input input, Employee leaver, CancellationToken ct)
    {
        if (input.WorkToEmployeeId is { } heir && !await IsHere(heir, leaver, ct))
            return new Problem(nameof(Input.WorkToEmployeeId), "Name somebody else who works here.", "employee.left.heir");
        if (input.WorkToRoleId is { } role && await organization.ToDoRole(role, ct) is null)
            return new Problem(nameof(Input.WorkToRoleId), "There is no such role (any more).", "to_do_role.unknown");
        var said = new[] { input.WorkToEmployeeId is not null, input.WorkToRoleId is not null, input.WorkByType }.Count(s => s);
        if (said > 1)
            return new Problem(nameof(Input.WorkToRoleId), "To one of them, not to several.", "employee.left.several");
        if (said == 1)
            return null;
        var left = new List<string>();
        foreach (var room in rooms)
        {
            if (await room.OfEmployee(leaver.Id, ct) is > 0 and var count)
                left.Add(new Platform.Configuration.UsedByLine(room.What, count).Text);
        }
        return left.Count == 0 ? null : new Problem(nameof(Input.WorkToEmployeeId), $"{leaver.Name} has {string.Join(", ", left)}. Who gets what is open?", "employee.left.work");
    }
}
