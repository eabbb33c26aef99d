using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Shifts;

/// <summary>The day is as the pattern says after all. What was said stays on record. Nothing happens when that is so already.</summary>
internal sealed class CancelShiftException(AppDb db, CurrentActor actor) : IUse<CancelShiftException.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<ShiftException>().SingleOrDefaultAsync(e => e.Id == input.Id, ct) is not { } exception)
            return Problem.NotFound("The other shift");
        if (exception.CancelledAt is not null)
            return Done.It;
        exception.Cancel(db.Now);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
