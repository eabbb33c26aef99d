using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Calendars;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Shifts;

/// <summary>Changes or closes a pattern. One that somebody follows, or will, is not closed.</summary>
internal sealed class ChangeShiftPattern(AppDb db, CurrentActor actor, CalendarOptions calendars, IUtilityClock clock) : IUse<ChangeShiftPattern.Input, Done>
{
    public sealed record Input(long Id, int Version, string? Name, long? CalendarId, IReadOnlyList<ShiftDay>? Days, bool WorksClosed = false, bool Active = true) : IShiftPatternTyped;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            // Whoever is given this pattern holds it too: nobody begins to follow what is closed at this moment.
            await db.Hold("shift_pattern", [input.Id], ct);
            if (await db.Set<ShiftPattern>().SingleOrDefaultAsync(p => p.Id == input.Id, ct) is not { } pattern)
                return Problem.NotFound("The shift pattern");
            var problems = new Problems();
            var details = await ShiftPatternDetails.Check(db, calendars, input, pattern.CalendarId, problems, ct);
            if (!input.Active && pattern.Active && await Followers(pattern.Id, ct) is > 0 and var count)
                problems.Add(nameof(Input.Active), $"{(count == 1 ? "1 person follows" : $"{count:N0} people follow")} it, or will. Give them another pattern first.", "shift_pattern.followed");
            if (problems.Any)
                return problems;

            db.Expect(pattern, input.Version);
            pattern.Change(details, input.Active);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct);
    }

    private async Task<int> Followers(long id, CancellationToken ct) =>
        await (from a in ShiftAssignment.NotFollowedByAnother(db, await clock.Today(ct))
               join e in db.Set<Employee>() on a.EmployeeId equals e.Id
               where a.PatternId == id && e.LeftOn == null
               select a.EmployeeId).Distinct().CountAsync(ct);
}
