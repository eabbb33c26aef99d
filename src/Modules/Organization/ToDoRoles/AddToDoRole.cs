using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

internal sealed class AddToDoRole(AppDb db, CurrentActor actor) : IUse<AddToDoRole.Input, Added>
{
    public sealed record Input(string? Code, string? Name, string? Description = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        var description = problems.Lines(nameof(Input.Description), "Description", input.Description, 1000, required: false);
        if (await db.Set<ToDoRole>().AnyAsync(r => r.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a To Do role with the code {code}.", "to_do_role.code.taken");
        if (problems.Any)
            return problems;

        var role = new ToDoRole(db.NextId(), code, name, description);
        db.Add(role);
        await db.SaveChangesAsync(ct);
        return new Added(role.Id);
    }
}
