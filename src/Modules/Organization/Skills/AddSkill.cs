using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Skills;

internal sealed class AddSkill(AppDb db, CurrentActor actor) : IUse<AddSkill.Input, Added>
{
    public sealed record Input(string? Code, string? Name);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        if (await db.Set<Skill>().AnyAsync(s => s.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a skill with the code {code}.", "skill.code.taken");
        if (problems.Any)
            return problems;

        var skill = new Skill(db.NextId(), code, name);
        db.Add(skill);
        await db.SaveChangesAsync(ct);
        return new Added(skill.Id);
    }
}
