using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Skills;

internal sealed class AddSkill(AppDb db, CurrentActor actor) : IUse<AddSkill.Input, Added>
{
    /// <param name="FromOn">It is given to people from this day on, until <paramref name="ToOn"/>; at once when null.</param>
    public sealed record Input(string? Code, string? Name, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        if (await db.Set<Skill>().AnyAsync(s => s.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a skill with the code {code}.", "skill.code.taken");
        problems.InOrder(nameof(Input.ToOn), input.FromOn, input.ToOn);
        if (problems.Any)
            return problems;

        var skill = new Skill(db.NextId(), code, name, input.FromOn, input.ToOn);
        db.Add(skill);
        await db.SaveChangesAsync(ct);
        return new Added(skill.Id);
    }
}
