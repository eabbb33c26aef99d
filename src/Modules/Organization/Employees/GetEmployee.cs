using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Absences;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Employees;

/// <summary>Everything the room knows about one employee.</summary>
internal sealed class GetEmployee(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<GetEmployee.Input, GetEmployee.File>
{
    public sealed record Input(long Id);

    /// <param name="Absences">The newest hundred, latest first, cancelled ones among them.</param>
    public sealed record File(EmployeeRow Employee, IReadOnlyList<Held> Skills, IReadOnlyList<Member> ToDoRoles, IReadOnlyList<AbsenceRow> Absences);

    /// <param name="Level">1 (learning) to 5 (teaches others).</param>
    public sealed record Held(long SkillId, string Name, int Level);

    /// <summary>A To Do role, with the days on which the employee belongs to it.</summary>
    public sealed record Member(long Id, string Code, string Name, DateOnly? FromOn, DateOnly? ToOn);

    public async Task<Outcome<File>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        if (await EmployeeRow.Of(db, await clock.Today(ct)).SingleOrDefaultAsync(e => e.Id == input.Id, ct) is not { } employee)
            return Problem.NotFound("The employee");
        var skills = await (from held in db.Set<EmployeeSkill>()
                            join s in db.Set<Skill>() on held.SkillId equals s.Id
                            where held.EmployeeId == input.Id
                            orderby s.Name
                            select new Held(s.Id, s.Name, held.Level)).ToListAsync(ct);
        var roles = await (from member in db.Set<ToDoRoleMember>()
                           join r in db.Set<ToDoRole>() on member.ToDoRoleId equals r.Id
                           where member.EmployeeId == input.Id && r.Active
                           orderby r.Name
                           select new Member(r.Id, r.Code, r.Name, member.FromOn, member.ToOn)).ToListAsync(ct);
        var absences = await AbsenceRow.Of(db, actor.May(OrganizationPermissions.Absences)).Where(a => a.EmployeeId == input.Id).OrderByDescending(a => a.FromOn).ThenByDescending(a => a.Id).Take(100).ToListAsync(ct);
        return new File(employee, skills, roles, absences);
    }
}
