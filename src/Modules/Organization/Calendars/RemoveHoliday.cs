using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Calendars;

/// <summary>A day is a work day after all. Nothing happens when that is so already.</summary>
internal sealed class RemoveHoliday(AppDb db, CurrentActor actor) : IUse<RemoveHoliday.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<Holiday>().SingleOrDefaultAsync(h => h.Id == input.Id, ct) is not { } holiday)
            return Done.It;
        db.Remove(holiday);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
