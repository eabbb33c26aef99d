using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Departments;

/// <summary>Adds a department. Its code stays for good; the rest can be changed.</summary>
internal sealed class AddDepartment(AppDb db, CurrentActor actor) : IUse<AddDepartment.Input, Added>
{
    public sealed record Input(string? Code, string? Name, long? ParentId);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        if (await db.Set<Department>().AnyAsync(d => d.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a department with the code {code}.", "department.code.taken");
        if (input.ParentId is { } parent && !await db.Set<Department>().AnyAsync(d => d.Id == parent && d.Active, ct))
            problems.Add(nameof(Input.ParentId), "The department above is not there or no longer active.", "department.parent.unknown");
        if (problems.Any)
            return problems;

        var department = new Department(db.NextId(), code, name, input.ParentId);
        db.Add(department);
        await db.SaveChangesAsync(ct);
        return new Added(department.Id);
    }
}
