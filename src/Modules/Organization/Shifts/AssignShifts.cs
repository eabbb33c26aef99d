using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Shifts;

/// <summary>
/// From a day on one employee, or a whole team as it is today, follows a pattern. What they followed before is kept; what was said for the
/// same day is replaced, what was said for a later one stays. Who of a team is hired later follows it from their first day.
/// </summary>
internal sealed class AssignShifts(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<AssignShifts.Input, AssignShifts.Assigned>
{
    /// <param name="NoPattern">From this day on they follow none; without a pattern.</param>
    /// <param name="EmployeeId">To whom; or to the members of <paramref name="ToDoRoleId"/>, or those who work in <paramref name="DepartmentId"/>. One of the three.</param>
    public sealed record Input(long? PatternId, DateOnly? FromOn, long? EmployeeId = null, long? ToDoRoleId = null, long? DepartmentId = null, bool NoPattern = false);

    /// <param name="People">Whose shifts are others than before.</param>
    /// <param name="AlreadySo">Who follows it on that day already.</param>
    public sealed record Assigned(int People, int AlreadySo);

    public async Task<Outcome<Assigned>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var today = await clock.Today(ct);
        if (input.FromOn is not { } from)
            problems.List.Add(Problem.Required(nameof(Input.FromOn), "From"));
        else if (from < today.AddYears(-10) || from > today.AddYears(5))
            problems.Add(nameof(Input.FromOn), "This day cannot be right.", "shift.day.range");
        if (input.PatternId is null && !input.NoPattern)
            problems.List.Add(Problem.Required(nameof(Input.PatternId), "Pattern"));
        else if (input.PatternId is not null && input.NoPattern)
            problems.Add(nameof(Input.NoPattern), "Either a pattern or none.", "shift.pattern.both");
        if (new[] { input.EmployeeId, input.ToDoRoleId, input.DepartmentId }.Count(id => id is not null) != 1)
            problems.Add(nameof(Input.EmployeeId), "Say who: one person, a role or a department.", "shift.who");
        if (problems.Any)
            return problems;
        return await db.InTransaction(() => Assign(input, input.FromOn!.Value, today, ct), ct);
    }

    private async Task<Outcome<Assigned>> Assign(Input input, DateOnly from, DateOnly today, CancellationToken ct)
    {
        var problems = new Problems();
        if (input.PatternId is { } pattern)
        {
            await db.Hold("shift_pattern", [pattern], ct);
            if (!await db.Set<ShiftPattern>().AnyAsync(p => p.Id == pattern && p.Active, ct))
                problems.Add(nameof(Input.PatternId), "Choose a pattern that is in use.", "shift_pattern.unknown");
        }
        var people = await Team(input, today).Where(e => e.LeftOn == null).OrderBy(e => e.Id).Select(e => new { e.Id, e.Name, e.HiredOn }).ToListAsync(ct);
        if (people.Count == 0)
        {
            var field = input.EmployeeId is not null ? nameof(Input.EmployeeId) : input.ToDoRoleId is not null ? nameof(Input.ToDoRoleId) : nameof(Input.DepartmentId);
            problems.Add(field, input.EmployeeId is not null ? "Choose someone who works here." : "Nobody who works here belongs to it.", "shift.who.nobody");
        }
        else if (input.EmployeeId is not null && people[0].HiredOn > from)
        {
            problems.Add(nameof(Input.FromOn), $"{people[0].Name} works here from {people[0].HiredOn:yyyy-MM-dd} on.", "shift.before_hired");
        }
        if (problems.Any)
            return problems;

        long[] ids = [.. people.Select(p => p.Id)];
        await db.Hold("employee", ids, ct);
        var theirs = (await db.Set<ShiftAssignment>().Where(a => ids.Contains(a.EmployeeId)).ToListAsync(ct)).ToLookup(a => a.EmployeeId);
        var (changed, already) = (0, 0);
        foreach (var person in people)
        {
            var first = person.HiredOn > from ? person.HiredOn : from;
            var now = theirs[person.Id].Where(a => a.FromOn <= first).MaxBy(a => a.FromOn);
            if (now?.PatternId == input.PatternId)
            {
                already++;
                continue;
            }
            if (now?.FromOn == first)
                now.Change(input.PatternId);
            else
                db.Add(new ShiftAssignment(db.NextId(), person.Id, input.PatternId, first));
            changed++;
        }
        await db.SaveChangesAsync(ct);
        return new Assigned(changed, already);
    }

    private IQueryable<Employee> Team(Input input, DateOnly today) =>
        input.EmployeeId is { } one ? db.Set<Employee>().Where(e => e.Id == one)
        : input.ToDoRoleId is { } role ? db.Set<Employee>().Where(e => ToDoRoleMember.On(db, today).Any(m => m.ToDoRoleId == role && m.EmployeeId == e.Id))
        : db.Set<Employee>().Where(e => e.DepartmentId == input.DepartmentId);
}
