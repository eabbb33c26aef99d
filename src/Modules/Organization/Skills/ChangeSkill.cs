using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Skills;

/// <summary>Renames or closes a skill; those who have it keep it.</summary>
internal sealed class ChangeSkill(AppDb db, CurrentActor actor) : IUse<ChangeSkill.Input, Done>
{
    /// <param name="FromOn">It is given to people from this day on, until <paramref name="ToOn"/>.</param>
    public sealed record Input(long Id, int Version, string? Name, bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<Skill>().SingleOrDefaultAsync(s => s.Id == input.Id, ct) is not { } skill)
            return Problem.NotFound("The skill");
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        problems.InOrder(nameof(Input.ToOn), input.FromOn, input.ToOn);
        if (problems.Any)
            return problems;

        db.Expect(skill, input.Version);
        skill.Change(name, input.Active, input.FromOn, input.ToOn);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
