using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Types;

/// <summary>Who is fit for which type of work: its roles are a rule, its skills a warning whenever somebody is named, and a rule for what is given as the next.</summary>
internal sealed class Fitness(AppDb db, IOrganization organization)
{
    public const string SkillMissing = "todo.skill.missing";

    /// <summary>To which roles work of which type may go, by its code; types without any may go to all.</summary>
    public sealed record Valid(ILookup<string, long> Roles)
    {
        public bool May(string typeCode, long roleId) => !Roles.Contains(typeCode) || Roles[typeCode].Contains(roleId);
    }

    public async Task<Valid> ValidRoles(CancellationToken ct) =>
        new((await (from r in db.Set<ToDoTypeRole>() join t in db.Set<ToDoType>() on r.TypeId equals t.Id select new { t.Code, r.RoleId }).ToListAsync(ct)).ToLookup(r => r.Code, r => r.RoleId, StringComparer.OrdinalIgnoreCase));

    /// <summary>Adds a problem where work of a type may not go, or should not.</summary>
    /// <param name="withoutSkill">Whoever gives it has heard that the skill is missing.</param>
    public async Task Check(string typeCode, (long? EmployeeId, long? RoleId, string Name)? to, bool withoutSkill, Problems problems, CancellationToken ct)
    {
        if (to is { RoleId: { } role } && await db.Set<ToDoType>().AsNoTracking().SingleOrDefaultAsync(t => t.Code == typeCode, ct) is { } type)
        {
            var valid = await ValidRoles(ct);
            if (!valid.May(type.Code, role))
            {
                var names = (await organization.ToDoRoles(ct)).Where(r => valid.Roles[type.Code].Contains(r.Id)).Select(r => r.Name);
                problems.Add("RoleId", $"{type.Name} may not go to {to.Value.Name}. It may go to {string.Join(", ", names)}.", "todo.role.not_for_type");
            }
        }
        else if (to is { EmployeeId: { } employee } && !withoutSkill && await Missing(typeCode, employee, ct) is { Count: > 0 } missing)
        {
            problems.Add("WithoutSkill", $"{to.Value.Name} lacks {string.Join(" and ", missing)}. Give it to them all the same?", SkillMissing);
        }
    }

    /// <summary>Skills that the employee lacks for a type, in words: "Spanish (good)".</summary>
    private async Task<IReadOnlyList<string>> Missing(string typeCode, long employeeId, CancellationToken ct)
    {
        var needed = await (from s in db.Set<ToDoTypeSkill>()
                            join t in db.Set<ToDoType>() on s.TypeId equals t.Id
                            where t.Code == typeCode
                            select new { s.SkillId, s.Level }).ToListAsync(ct);
        if (needed.Count == 0)
            return [];
        var (skills, names) = (await organization.SkillsOf(employeeId, ct), (await organization.Skills(ct)).ToDictionary(s => s.Id, s => s.Name));
        return [.. needed.Where(n => skills.GetValueOrDefault(n.SkillId) < n.Level).Select(n => $"{names[n.SkillId]} ({SkillLine.Levels[n.Level - 1]})")];
    }
}
