using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Calendars;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

internal sealed class AddToDoRole(AppDb db, CurrentActor actor, CalendarOptions calendars) : IUse<AddToDoRole.Input, Added>
{
    /// <param name="FromOn">Work is given to it from this day on, until <paramref name="ToOn"/>; at once when null.</param>
    /// <param name="CalendarId">The days on which its people work; those of the whole utility when null.</param>
    public sealed record Input(string? Code, string? Name, string? Description = null, DateOnly? FromOn = null, DateOnly? ToOn = null, long? CalendarId = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        var description = problems.Lines(nameof(Input.Description), "Description", input.Description, 1000, required: false);
        if (await db.Set<ToDoRole>().AnyAsync(r => r.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a To Do role with the code {code}.", "to_do_role.code.taken");
        problems.InOrder(nameof(Input.ToOn), input.FromOn, input.ToOn);
        await calendars.Check(nameof(Input.CalendarId), input.CalendarId, null, problems, ct);
        if (problems.Any)
            return problems;

        var role = new ToDoRole(db.NextId(), code, name, description, input.FromOn, input.ToOn, input.CalendarId);
        db.Add(role);
        await db.SaveChangesAsync(ct);
        return new Added(role.Id);
    }
}
