using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

/// <summary>Puts an employee into a role, from a day on or until one. Who is in it already has the days that are said now.</summary>
internal sealed class AddMember(AppDb db, CurrentActor actor, WorkOfRole work, IUtilityClock clock) : IUse<AddMember.Input, Done>
{
    /// <param name="FromOn">The work of the role stands before them from this day on, until <paramref name="ToOn"/>; at once when null.</param>
    public sealed record Input(long ToDoRoleId, long EmployeeId, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (!await db.Set<ToDoRole>().AnyAsync(r => r.Id == input.ToDoRoleId, ct))
            return Problem.NotFound("The To Do role");
        var problems = new Problems();
        if (!await db.Set<Employee>().AnyAsync(e => e.Id == input.EmployeeId && e.LeftOn == null, ct))
            problems.Add(nameof(Input.EmployeeId), "Choose someone who works here.", "to_do_role.member.unknown");
        problems.InOrder(nameof(Input.ToOn), input.FromOn, input.ToOn);
        if (!problems.Any && (input.ToOn < await clock.Today(ct) || input.FromOn > await clock.Today(ct)) && await work.LastMember(input.ToDoRoleId, input.EmployeeId, input.ToOn is null ? nameof(Input.FromOn) : nameof(Input.ToOn), ct) is { } last)
            problems.List.Add(last);
        if (problems.Any)
            return problems;

        if (await db.Set<ToDoRoleMember>().SingleOrDefaultAsync(m => m.ToDoRoleId == input.ToDoRoleId && m.EmployeeId == input.EmployeeId, ct) is { } member)
            member.Change(input.FromOn, input.ToOn);
        else
            db.Add(new ToDoRoleMember(input.ToDoRoleId, input.EmployeeId, input.FromOn, input.ToOn));
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
