using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Shifts;

/// <summary>On one day somebody works at other times than their pattern says, or not at all.</summary>
internal sealed class RecordShiftException(AppDb db, CurrentActor actor, ShiftBook book, IUtilityClock clock) : IUse<RecordShiftException.Input, Added>
{
    /// <param name="NoShift">They have no shift on that day; without times.</param>
    public sealed record Input(long EmployeeId, DateOnly? FallsOn, TimeOnly? FromAt = null, TimeOnly? ToAt = null, bool NoShift = false, string? Reason = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Manage);
        var problems = new Problems();
        var reason = problems.Text(nameof(Input.Reason), "Reason", input.Reason, 100);
        var today = await clock.Today(ct);
        if (input.FallsOn is not { } on)
            problems.List.Add(Problem.Required(nameof(Input.FallsOn), "Day"));
        else if (on < today.AddYears(-1) || on > today.AddYears(2))
            problems.Add(nameof(Input.FallsOn), "This day cannot be right.", "shift.day.range");
        if (input.NoShift && (input.FromAt ?? input.ToAt) is not null)
            problems.Add(nameof(Input.NoShift), "Either times or no shift.", "shift.times.both");
        else if (!input.NoShift && (input.FromAt ?? input.ToAt) is null)
            problems.List.Add(Problem.Required(nameof(Input.FromAt), "From"));
        ShiftPatternDetails.CheckTimes(nameof(Input.FromAt), nameof(Input.ToAt), input.FromAt, input.ToAt, problems);
        if (problems.Any)
            return problems;
        return await db.InTransaction<Outcome<Added>>(async () =>
        {
            await db.Hold("employee", [input.EmployeeId], ct);
            if (await db.Set<Employee>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == input.EmployeeId && e.LeftOn == null, ct) is not { } employee)
                return Problem.NotFound("The employee");
            await CheckDay(input, employee, problems, ct);
            if (problems.Any)
                return problems;
            var exception = new ShiftException(db.NextId(), employee.Id, input.FallsOn!.Value, input.FromAt, input.ToAt, reason);
            db.Add(exception);
            await db.SaveChangesAsync(ct);
            return new Added(exception.Id);
        }, ct);
    }

    private async Task CheckDay(Input input, Employee employee, Problems problems, CancellationToken ct)
    {
        var on = input.FallsOn!.Value;
        if (on < employee.HiredOn)
        {
            problems.Add(nameof(Input.FallsOn), $"{employee.Name} works here from {employee.HiredOn:yyyy-MM-dd} on.", "shift.before_hired");
            return;
        }
        var days = await book.Days(on.AddDays(-1), on.AddDays(1), [employee.Id], ct);
        PlannedDay? Of(int after) => days.FirstOrDefault(d => d.On == on.AddDays(after));
        if (Of(0) is { ExceptionId: not null } there)
            problems.Add(nameof(Input.FallsOn), $"For this day there is one already: {(there.Times ?? "no shift")}. Cancel it first.", "shift.exception.taken");
        else if (input.FromAt is { } from && Of(-1) is { FromAt: { } began, ToAt: { } ended } && ended < began && ended > from)
            problems.Add(nameof(Input.FromAt), $"The shift of the day before lasts until {ended:HH:mm}.", "shift.overlap");
        else if (input.FromAt > input.ToAt && Of(1) is { FromAt: { } next } && next < input.ToAt)
            problems.Add(nameof(Input.ToAt), $"The shift of the next day begins at {next:HH:mm}.", "shift.overlap");
    }
}
