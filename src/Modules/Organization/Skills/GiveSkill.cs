using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Skills;

/// <summary>Says that an employee has a skill, or how well by now.</summary>
internal sealed class GiveSkill(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<GiveSkill.Input, Done>
{
    /// <param name="Level">1 (learning) to 5 (teaches others).</param>
    public sealed record Input(long EmployeeId, long SkillId, int Level);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (!await db.Set<Employee>().AnyAsync(e => e.Id == input.EmployeeId, ct))
            return Problem.NotFound("The employee");
        var today = await clock.Today(ct);
        var problems = new Problems();
        if (input.Level is < EmployeeSkill.Lowest or > EmployeeSkill.Highest)
            problems.Add(nameof(Input.Level), $"The level is {EmployeeSkill.Lowest} to {EmployeeSkill.Highest}.", "skill.level");
        var held = await db.Set<EmployeeSkill>().SingleOrDefaultAsync(s => s.EmployeeId == input.EmployeeId && s.SkillId == input.SkillId, ct);
        if (held is null && !await db.Set<Skill>().Where(Skill.InForce(today)).AnyAsync(s => s.Id == input.SkillId, ct))
            problems.Add(nameof(Input.SkillId), "This skill is not there, or not in use today.", "skill.unknown");
        if (problems.Any)
            return problems;

        if (held is null)
            db.Add(new EmployeeSkill(input.EmployeeId, input.SkillId, input.Level));
        else
            held.Change(input.Level);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
