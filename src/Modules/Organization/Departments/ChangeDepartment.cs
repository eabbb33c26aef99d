using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Departments;

/// <summary>Renames, moves or closes a department.</summary>
internal sealed class ChangeDepartment(AppDb db, CurrentActor actor) : IUse<ChangeDepartment.Input, Done>
{
    /// <param name="Version">As it was read: the second of two people who save hears of the first.</param>
    public sealed record Input(long Id, int Version, string? Name, long? ParentId, bool Active = true);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<Department>().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is not { } department)
            return Problem.NotFound("The department");
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        if (input.ParentId is { } parent && parent != department.ParentId)
            await CheckParent(parent, department, problems, ct);
        if (!input.Active && department.Active && await InUse(department, ct))
            problems.Add(nameof(Input.Active), "People or departments still belong to it; move them first.", "department.in_use");
        if (problems.Any)
            return problems;

        db.Expect(department, input.Version);
        department.Change(name, input.ParentId, input.Active);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }

    private async Task CheckParent(long parent, Department department, Problems problems, CancellationToken ct)
    {
        var all = await db.Set<Department>().ToDictionaryAsync(d => d.Id, ct);
        if (!all.TryGetValue(parent, out var above) || !above.Active)
            problems.Add(nameof(Input.ParentId), "The department above is not there or no longer active.", "department.parent.unknown");
        for (; above is not null; above = above.ParentId is { } next ? all[next] : null)
        {
            if (above == department)
            {
                problems.Add(nameof(Input.ParentId), "A department cannot stand below itself.", "department.parent.loop");
                return;
            }
        }
    }

    private async Task<bool> InUse(Department department, CancellationToken ct) =>
        await db.Set<Employee>().AnyAsync(e => e.DepartmentId == department.Id && e.LeftOn == null, ct)
        || await db.Set<Department>().AnyAsync(d => d.ParentId == department.Id && d.Active, ct);
}
