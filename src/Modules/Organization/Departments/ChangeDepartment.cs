using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Departments;

/// <summary>Renames, moves or closes a department.</summary>
internal sealed class ChangeDepartment(AppDb db, CurrentActor actor) : IUse<ChangeDepartment.Input, Done>
{
    /// <param name="Version">As it was read: the second of two people who save hears of the first.</param>
    public sealed record Input(long Id, int Version, string? Name, long? ParentId, bool Active);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<Department>().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is not { } department)
            return Problem.NotFound("The department");
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        if (input.ParentId is { } parent && await IsBelow(parent, input.Id, ct))
            problems.Add(nameof(Input.ParentId), "A department cannot stand below itself.", "department.parent.loop");
        if (problems.Any)
            return problems;

        db.Expect(department, input.Version);
        department.Change(name, input.ParentId, input.Active);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }

    private async Task<bool> IsBelow(long candidate, long above, CancellationToken ct)
    {
        var parents = await db.Set<Department>().ToDictionaryAsync(d => d.Id, d => d.ParentId, ct);
        for (long? at = candidate; at is { } id; at = parents.GetValueOrDefault(id))
        {
            if (id == above)
                return true;
        }
        return false;
    }
}
