using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Skills;

/// <summary>Renames or closes a skill; those who have it keep it.</summary>
internal sealed class ChangeSkill(AppDb db, CurrentActor actor) : IUse<ChangeSkill.Input, Done>
{
    public sealed record Input(long Id, int Version, string? Name, bool Active = true);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<Skill>().SingleOrDefaultAsync(s => s.Id == input.Id, ct) is not { } skill)
            return Problem.NotFound("The skill");
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        if (problems.Any)
            return problems;

        db.Expect(skill, input.Version);
        skill.Change(name, input.Active);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
