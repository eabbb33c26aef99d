using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Calendars;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Shifts;

internal sealed class AddShiftPattern(AppDb db, CurrentActor actor, CalendarOptions calendars) : IUse<AddShiftPattern.Input, Added>
{
    /// <param name="WorksClosed">They work on the days on which the calendar is closed too.</param>
    /// <param name="Days">Those on which a shift begins; others may be there without times.</param>
    public sealed record Input(string? Code, string? Name, long? CalendarId, IReadOnlyList<ShiftDay>? Days, bool WorksClosed = false) : IShiftPatternTyped;

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        if (await db.Set<ShiftPattern>().AnyAsync(p => p.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a shift pattern with the code {code}.", "shift_pattern.code.taken");
        var details = await ShiftPatternDetails.Check(db, calendars, input, null, problems, ct);
        if (problems.Any)
            return problems;

        var pattern = new ShiftPattern(db.NextId(), code, details.Name, details.CalendarId, details.WorksClosed, details.Week);
        db.Add(pattern);
        await db.SaveChangesAsync(ct);
        return new Added(pattern.Id);
    }
}
