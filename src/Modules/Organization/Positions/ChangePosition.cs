using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Positions;

/// <summary>Renames or closes a position; those who have it keep it.</summary>
internal sealed class ChangePosition(AppDb db, CurrentActor actor) : IUse<ChangePosition.Input, Done>
{
    public sealed record Input(long Id, int Version, string? Title, bool Active = true);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<Position>().SingleOrDefaultAsync(p => p.Id == input.Id, ct) is not { } position)
            return Problem.NotFound("The position");
        var problems = new Problems();
        var title = problems.Text(nameof(Input.Title), "Title", input.Title, 100);
        if (problems.Any)
            return problems;

        db.Expect(position, input.Version);
        position.Change(title, input.Active);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
