using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Shifts;

internal sealed class GetShiftPattern(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<GetShiftPattern.Input, ShiftPatternRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<ShiftPatternRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        if (await ShiftPatternRow.Of(db, await clock.Today(ct)).SingleOrDefaultAsync(p => p.Id == input.Id, ct) is { } row)
            return row;
        return Problem.NotFound("The shift pattern");
    }
}
