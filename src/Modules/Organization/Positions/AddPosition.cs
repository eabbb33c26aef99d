using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Positions;

internal sealed class AddPosition(AppDb db, CurrentActor actor) : IUse<AddPosition.Input, Added>
{
    public sealed record Input(string? Code, string? Title);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        var title = problems.Text(nameof(Input.Title), "Title", input.Title, 100);
        if (await db.Set<Position>().AnyAsync(p => p.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a position with the code {code}.", "position.code.taken");
        if (problems.Any)
            return problems;

        var position = new Position(db.NextId(), code, title);
        db.Add(position);
        await db.SaveChangesAsync(ct);
        return new Added(position.Id);
    }
}
