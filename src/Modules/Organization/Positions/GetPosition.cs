using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Positions;

internal sealed class GetPosition(AppDb db, CurrentActor actor) : IUse<GetPosition.Input, PositionRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<PositionRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        if (await PositionRow.Of(db).SingleOrDefaultAsync(p => p.Id == input.Id, ct) is { } row)
            return row;
        return Problem.NotFound("The position");
    }
}
