using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Absences;

internal sealed class GetAbsence(AppDb db, CurrentActor actor) : IUse<GetAbsence.Input, AbsenceRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<AbsenceRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        if (await AbsenceRow.Of(db, actor.May(OrganizationPermissions.Absences)).SingleOrDefaultAsync(a => a.Id == input.Id, ct) is { } row)
            return row;
        return Problem.NotFound("The absence");
    }
}
