using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Skills;

/// <summary>An employee no longer has a skill. Nothing happens when that was so already.</summary>
internal sealed class TakeSkill(AppDb db, CurrentActor actor) : IUse<TakeSkill.Input, Done>
{
    public sealed record Input(long EmployeeId, long SkillId);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<EmployeeSkill>().SingleOrDefaultAsync(s => s.EmployeeId == input.EmployeeId && s.SkillId == input.SkillId, ct) is not { } held)
            return Done.It;
        db.Remove(held);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
