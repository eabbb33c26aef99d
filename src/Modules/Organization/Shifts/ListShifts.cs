using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Shifts;

/// <summary>A day of somebody's shifts.</summary>
/// <param name="FromAt">Local; null: no shift.</param>
/// <param name="StartsAt">The instant; null where the shift is not worked.</param>
/// <param name="Closed">The closed day because of which there is none.</param>
/// <param name="Reason">Of what was said for this day alone; for those only who keep shifts or absences.</param>
internal sealed record ShiftDayRow(DateOnly On, TimeOnly? FromAt, TimeOnly? ToAt, DateTime? StartsAt, DateTime? EndsAt, string? Closed, bool Away, long? ExceptionId, string? Reason)
{
    public string? Times => FromAt is { } from && ToAt is { } to ? ShiftWeek.Times(from, to) : null;

    public static async Task<ILookup<long, ShiftDayRow>> Of(ShiftBook book, CurrentActor actor, DateOnly first, DateOnly last, IReadOnlyCollection<long> employees, CancellationToken ct)
    {
        var days = await book.Days(first, last, employees, ct);
        var worked = (await book.Worked(days, ct)).ToDictionary(s => (s.EmployeeId, s.On));
        var reasons = actor.May(OrganizationPermissions.Manage) || actor.May(OrganizationPermissions.Absences);
        return days.ToLookup(d => d.EmployeeId, d =>
        {
            var shift = worked.GetValueOrDefault((d.EmployeeId, d.On));
            return new ShiftDayRow(d.On, d.FromAt, d.ToAt, shift?.FromAt, shift?.ToAt, d.Closed, d.Away, d.ExceptionId, reasons ? d.Reason : null);
        });
    }
}

/// <summary>A week of a team: who works when.</summary>
internal sealed class ListShifts(AppDb db, CurrentActor actor, ListEmployees list, ShiftBook book, IUtilityClock clock) : IUse<ListShifts.Input, ListShifts.Week>
{
    /// <param name="DepartmentId">The team: a department, the members of a To Do role, or those who follow a pattern. The actor's own department when nothing is said.</param>
    /// <param name="On">A day of the week; today without it.</param>
    public sealed record Input(long? DepartmentId = null, long? ToDoRoleId = null, long? PatternId = null, DateOnly? On = null, int? Page = null, int? Size = null);

    /// <param name="FirstOn">A Monday.</param>
    /// <param name="Total">Of the team.</param>
    public sealed record Week(DateOnly FirstOn, IReadOnlyList<Person> People, long Total, long? DepartmentId);

    /// <param name="Pattern">What they follow on the first day of the week, or from a later one of it.</param>
    /// <param name="Days">Those only on which they follow a pattern or of which something was said.</param>
    public sealed record Person(long EmployeeId, string Name, string? Pattern, IReadOnlyList<ShiftDayRow> Days);

    public async Task<Outcome<Week>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var today = await clock.Today(ct);
        var on = input.On is { } asked && asked > today.AddYears(-10) && asked < today.AddYears(10) ? asked : today;
        var first = on.AddDays(-(((int)on.DayOfWeek + 6) % 7));
        var department = input.DepartmentId;
        if (department is null && input.ToDoRoleId is null && input.PatternId is null && actor.Actor is { Kind: ActorKind.Employee, Id: var me })
            department = await db.Set<Employee>().Where(e => e.Id == me).Select(e => (long?)e.DepartmentId).SingleOrDefaultAsync(ct);
        var team = (await list.Handle(new(DepartmentId: department, ToDoRoleId: input.ToDoRoleId, ShiftPatternId: input.PatternId, Active: true, Sort: "name", Page: input.Page, Size: input.Size), ct)).Value;
        long[] ids = [.. team.Items.Select(e => e.Id)];
        var days = await ShiftDayRow.Of(book, actor, first, first.AddDays(6), ids, ct);
        var patterns = await (from a in ShiftAssignment.On(db, first.AddDays(6))
                              join p in db.Set<ShiftPattern>() on a.PatternId equals p.Id
                              where ids.Contains(a.EmployeeId)
                              select new { a.EmployeeId, p.Name }).ToDictionaryAsync(a => a.EmployeeId, a => a.Name, ct);
        return new Week(first, [.. team.Items.Select(e => new Person(e.Id, e.Name, patterns.GetValueOrDefault(e.Id), [.. days[e.Id]]))], team.Total ?? ids.Length, department);
    }
}

/// <summary>The patterns that an employee has followed and will, and the coming week.</summary>
internal sealed class GetEmployeeShifts(AppDb db, CurrentActor actor, ShiftBook book, IUtilityClock clock) : IUse<GetEmployeeShifts.Input, GetEmployeeShifts.Shifts>
{
    public sealed record Input(long EmployeeId);

    /// <param name="Followed">The latest first.</param>
    /// <param name="Days">Today and the six days after it, and other days to come of which something was said.</param>
    public sealed record Shifts(IReadOnlyList<Follows> Followed, IReadOnlyList<ShiftDayRow> Days);

    /// <param name="Pattern">Null: from this day on none.</param>
    /// <param name="IsNow">They follow it today.</param>
    public sealed record Follows(DateOnly FromOn, long? PatternId, string? Pattern, IReadOnlyList<ShiftDay> Week, bool IsNow);

    private const int Ahead = 60;

    public async Task<Outcome<Shifts>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        if (!await db.Set<Employee>().AnyAsync(e => e.Id == input.EmployeeId, ct))
            return Problem.NotFound("The employee");
        var today = await clock.Today(ct);
        var followed = await (from a in db.Set<ShiftAssignment>()
                              join p in db.Set<ShiftPattern>() on a.PatternId equals p.Id into patterns
                              from p in patterns.DefaultIfEmpty()
                              where a.EmployeeId == input.EmployeeId
                              orderby a.FromOn descending
                              select new { a.FromOn, a.PatternId, p.Name, p.Week }).ToListAsync(ct);
        var now = followed.Find(f => f.FromOn <= today);
        var days = (await ShiftDayRow.Of(book, actor, today, today.AddDays(Ahead), [input.EmployeeId], ct))[input.EmployeeId].Where(d => d.On < today.AddDays(7) || d.ExceptionId is not null);
        return new Shifts([.. followed.Select(f => new Follows(f.FromOn, f.PatternId, f.Name, f.Week is null ? [] : ShiftWeek.Read(f.Week), f == now))], [.. days]);
    }
}
