using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Calendars;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.ToDoRoles;

/// <summary>Renames or closes a role. One to which open work is addressed is neither closed nor given a last day that has come: that work would stand before nobody.</summary>
internal sealed class ChangeToDoRole(AppDb db, CurrentActor actor, CalendarOptions calendars, WorkOfRole work, IUtilityClock clock) : IUse<ChangeToDoRole.Input, Done>
{
    /// <param name="FromOn">Work is given to it from this day on, until <paramref name="ToOn"/>.</param>
    /// <param name="CalendarId">The days on which its people work; those of the whole utility when null.</param>
    public sealed record Input(long Id, int Version, string? Name, string? Description = null, bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null, long? CalendarId = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        if (await db.Set<ToDoRole>().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } role)
            return Problem.NotFound("The To Do role");
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        var description = problems.Lines(nameof(Input.Description), "Description", input.Description, 1000, required: false);
        problems.InOrder(nameof(Input.ToOn), input.FromOn, input.ToOn);
        if (role.Code == ToDoRole.FollowUp && (input.FromOn ?? input.ToOn) is not null)
            problems.Add(nameof(Input.ToOn), "Follow-ups for which nobody is named go to this role, on any day.", "to_do_role.needed");
        if (!input.Active && role.Code == ToDoRole.FollowUp)
            problems.Add(nameof(Input.Active), "Follow-ups for which nobody is named go to this role; it stays.", "to_do_role.needed");
        if (!input.Active && role.Active)
            await work.Refuse(role.Id, nameof(Input.Active), problems, ct);
        else if (!problems.Any && input.ToOn is { } last && last != role.ToOn && last <= await clock.Today(ct))
            await work.Refuse(role.Id, nameof(Input.ToOn), problems, ct);
        await calendars.Check(nameof(Input.CalendarId), input.CalendarId, role.CalendarId, problems, ct);
        if (problems.Any)
            return problems;

        db.Expect(role, input.Version);
        role.Change(name, description, input.Active, input.FromOn, input.ToOn, input.CalendarId);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
