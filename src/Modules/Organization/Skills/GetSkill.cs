using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Skills;

internal sealed class GetSkill(AppDb db, CurrentActor actor) : IUse<GetSkill.Input, SkillRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<SkillRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        if (await SkillRow.Of(db).SingleOrDefaultAsync(s => s.Id == input.Id, ct) is { } row)
            return row;
        return Problem.NotFound("The skill");
    }
}
