using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Absences;
using Tieline.Organization.Calendars;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Organization.Shifts;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Time;

namespace Tieline.Organization;

internal sealed class OrganizationDoor(AppDb db, IUtilityClock clock, ShiftBook book) : IOrganization
{
    public async Task<EmployeeLine?> Employee(long id, CancellationToken ct) =>
        await Lines(db.Set<Employee>().Where(e => e.Id == id)).SingleOrDefaultAsync(ct);

    public async Task<IReadOnlyDictionary<long, string>> HaveLeft(IReadOnlyCollection<long> ids, CancellationToken ct) =>
        ids.Count == 0 ? new Dictionary<long, string>()
            : await db.Set<Employee>().Where(e => ids.Contains(e.Id) && e.LeftOn != null).ToDictionaryAsync(e => e.Id, e => e.Name, ct);

    public async Task<IReadOnlyDictionary<long, string>> Names(IReadOnlyCollection<long> ids, CancellationToken ct) =>
        ids.Count == 0 ? new Dictionary<long, string>() : await db.Set<Employee>().Where(e => ids.Contains(e.Id)).ToDictionaryAsync(e => e.Id, e => e.Name, ct);

    public async Task<IReadOnlyList<EmployeeLine>> FindEmployees(string typed, int limit, IReadOnlySet<long>? among, CancellationToken ct)
    {
        var found = db.Set<Employee>().Where(e => e.LeftOn == null);
        if (among?.ToArray() is { } ids)
            found = found.Where(e => ids.Contains(e.Id));
        foreach (var word in SearchText.Words(typed))
        {
            var number = word.ToUpperInvariant();
            found = found.Where(e => e.NameKey.StartsWith(word) || e.NameKey.Contains(" " + word) || e.Number == number);
        }
        return await Lines(found.OrderBy(e => e.NameKey).ThenBy(e => e.Id).Take(limit)).ToListAsync(ct);
    }

    public async Task<IReadOnlyDictionary<string, long>> EmployeeIds(CancellationToken ct) =>
        await db.Set<Employee>().Select(e => new { e.Number, e.Id }).ToDictionaryAsync(e => e.Number, e => e.Id, StringComparer.Ordinal, ct);

    public async Task<IReadOnlyList<ToDoRoleLine>> ToDoRoles(CancellationToken ct) =>
        await Lines(db.Set<ToDoRole>().OrderBy(r => r.Name), await clock.Today(ct)).ToListAsync(ct);

    public async Task<IReadOnlyList<ToDoRoleLine>> ToDoRoles(long? kept, CancellationToken ct)
    {
        var roles = await ToDoRoles(ct);
        return kept is null || roles.Any(r => r.Id == kept) ? roles : [.. roles, .. await Any(db.Set<ToDoRole>().Where(r => r.Id == kept), await clock.Today(ct)).ToListAsync(ct)];
    }

    public async Task<ToDoRoleLine?> ToDoRole(long id, CancellationToken ct) =>
        await Lines(db.Set<ToDoRole>().Where(r => r.Id == id), await clock.Today(ct)).SingleOrDefaultAsync(ct);

    public async Task<ToDoRoleLine?> ToDoRole(string code, CancellationToken ct) =>
        await Lines(db.Set<ToDoRole>().Where(r => r.Code == code), await clock.Today(ct)).SingleOrDefaultAsync(ct);

    public async Task<IReadOnlyDictionary<long, string>> ToDoRoleCodes(CancellationToken ct) =>
        await db.Set<ToDoRole>().ToDictionaryAsync(r => r.Id, r => r.Code, ct);

    public Task<ToDoRoleLine?> FollowUpRole(CancellationToken ct) => ToDoRole(Tieline.Organization.ToDoRoles.ToDoRole.FollowUp, ct);

    public async Task EnsureToDoRole(string code, string name, string description, CancellationToken ct)
    {
        if (!await db.Set<ToDoRole>().AnyAsync(r => r.Code == code, ct))
            db.Add(new ToDoRole(db.NextId(), code, name, description));
    }

    public async Task<IReadOnlyList<long>> RolesOf(long employeeId, CancellationToken ct) =>
        await ToDoRoleMember.On(db, await clock.Today(ct)).Where(m => m.EmployeeId == employeeId).Select(m => m.ToDoRoleId).ToListAsync(ct);

    public async Task<WorksFor> WorksFor(long employeeId, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var roles = ToDoRoleMember.On(db, today).Where(m => m.EmployeeId == employeeId).Select(m => new { What = 0, Id = m.ToDoRoleId, Level = 0 });
        var absent = db.Set<Absence>().Where(a => a.DeputyId == employeeId && a.FromOn <= today && a.ToOn >= today && a.CancelledAt == null).Select(a => new { What = 1, Id = a.EmployeeId, Level = 0 });
        var skills = db.Set<EmployeeSkill>().Where(s => s.EmployeeId == employeeId).Select(s => new { What = 2, Id = s.SkillId, s.Level });
        var found = (await roles.Concat(absent).Concat(skills).ToListAsync(ct)).ToLookup(f => f.What);
        return new WorksFor([.. found[0].Select(f => f.Id)], [.. found[1].Select(f => f.Id).Distinct()], found[2].ToDictionary(f => f.Id, f => f.Level));
    }

    public async Task<IReadOnlyList<EmployeeLine>> MembersOf(long toDoRoleId, CancellationToken ct)
    {
        var members = from m in ToDoRoleMember.On(db, await clock.Today(ct))
                      join e in db.Set<Employee>() on m.EmployeeId equals e.Id
                      where m.ToDoRoleId == toDoRoleId && e.LeftOn == null
                      orderby e.NameKey, e.Id
                      select e;
        return await Lines(members).ToListAsync(ct);
    }

    public async Task<ILookup<long, long>> MembersOf(IReadOnlyCollection<long> toDoRoleIds, CancellationToken ct)
    {
        var members = from m in ToDoRoleMember.On(db, await clock.Today(ct))
                      join e in db.Set<Employee>() on m.EmployeeId equals e.Id
                      where toDoRoleIds.Contains(m.ToDoRoleId) && e.LeftOn == null
                      select new { m.ToDoRoleId, m.EmployeeId };
        return (toDoRoleIds.Count == 0 ? [] : await members.ToListAsync(ct)).ToLookup(m => m.ToDoRoleId, m => m.EmployeeId);
    }

    public Task<IReadOnlyList<ShiftLine>> Shifts(DateOnly on, IReadOnlyCollection<long> employeeIds, CancellationToken ct) => book.Shifts(on, on, employeeIds, ct);

    public Task<IReadOnlyDictionary<long, ShiftNow>> ShiftsNow(IReadOnlyCollection<long> employeeIds, CancellationToken ct) => book.Now(employeeIds, ct);

    public async Task<IReadOnlyList<SkillLine>> Skills(CancellationToken ct) =>
        await db.Set<Skill>().OrderBy(s => s.Name).ThenBy(s => s.Id).Select(s => new SkillLine(s.Id, s.Code, s.Name, s.Active)).ToListAsync(ct);

    public async Task<IReadOnlyDictionary<long, int>> SkillsOf(long employeeId, CancellationToken ct) =>
        await db.Set<EmployeeSkill>().Where(s => s.EmployeeId == employeeId).ToDictionaryAsync(s => s.SkillId, s => s.Level, ct);

    public async Task<IReadOnlyList<long>> StandsInFor(long employeeId, DateOnly day, CancellationToken ct) =>
        await db.Set<Absence>().Where(a => a.DeputyId == employeeId && a.FromOn <= day && a.ToOn >= day && a.CancelledAt == null)
            .Select(a => a.EmployeeId).Distinct().ToListAsync(ct);

    public async Task<IReadOnlyList<AbsenceLine>> AbsencesOn(IReadOnlyCollection<long> employeeIds, DateOnly day, CancellationToken ct) =>
        employeeIds.Count == 0 ? []
            : await Lines(db.Set<Absence>().Where(a => employeeIds.Contains(a.EmployeeId) && a.FromOn <= day && a.ToOn >= day && a.CancelledAt == null), day).ToListAsync(ct);

    public async Task<IReadOnlyList<AbsenceLine>> AbsencesWithDeputy(long employeeId, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        return await Lines(db.Set<Absence>().Where(a => a.DeputyId == employeeId && a.ToOn >= today && a.CancelledAt == null), today).ToListAsync(ct);
    }

    private IQueryable<AbsenceLine> Lines(IQueryable<Absence> absences, DateOnly day) =>
        from a in absences
        join e in db.Set<Employee>() on a.EmployeeId equals e.Id
        join d in db.Set<Employee>() on a.DeputyId equals d.Id into deputies
        from d in deputies.DefaultIfEmpty()
        orderby a.ToOn descending, a.Id
        select new AbsenceLine(a.Id, a.EmployeeId, e.Name, a.FromOn, a.ToOn, a.DeputyId, d.Name)
        {
            DeputyHasLeft = d.LeftOn != null,
            DeputyAwayUntil = db.Set<Absence>().Where(o => o.EmployeeId == a.DeputyId && o.FromOn <= day && o.ToOn >= day && o.CancelledAt == null).Max(o => (DateOnly?)o.ToOn),
        };

    public async Task<ClosedDay?> ClosedOn(DateOnly on, long? toDoRoleId, CancellationToken ct) => Closed(await Days(on, toDoRoleId is { } role ? [role] : [], ct), on, toDoRoleId);

    public async Task<IReadOnlyDictionary<long, ClosedDay>> ClosedOn(DateOnly on, IReadOnlyCollection<long> toDoRoleIds, CancellationToken ct)
    {
        var days = toDoRoleIds.Count == 0 ? [] : await Days(on, toDoRoleIds, ct);
        return toDoRoleIds.Distinct().Select(r => (Role: r, Closed: Closed(days, on, r))).Where(r => r.Closed is not null).ToDictionary(r => r.Role, r => r.Closed!);
    }

    /// <summary>A calendar with the holiday it has on a day, and those of the roles asked about that work by it.</summary>
    private sealed record CalendarDay(BusinessCalendar Calendar, string? Holiday, List<long> Roles);

    private async Task<List<CalendarDay>> Days(DateOnly on, IReadOnlyCollection<long> roles, CancellationToken ct) =>
        await db.Set<BusinessCalendar>().AsNoTracking()
            .Where(c => c.Code == BusinessCalendar.DefaultCode || db.Set<ToDoRole>().Any(r => roles.Contains(r.Id) && r.CalendarId == c.Id))
            .Select(c => new CalendarDay(
                c, db.Set<Holiday>().Where(h => h.CalendarId == c.Id && h.FallsOn == on).Select(h => h.Name).FirstOrDefault(),
                db.Set<ToDoRole>().Where(r => roles.Contains(r.Id) && r.CalendarId == c.Id).Select(r => r.Id).ToList()))
            .ToListAsync(ct);

    /// <summary>Without the calendar of the whole utility, and one of the role, no day is closed.</summary>
    private static ClosedDay? Closed(List<CalendarDay> days, DateOnly on, long? role)
    {
        if (days.Where(d => d.Calendar.IsInForce(on) && (d.Calendar.Code == BusinessCalendar.DefaultCode || (role is { } id && d.Roles.Contains(id)))).MinBy(d => d.Calendar.Code == BusinessCalendar.DefaultCode) is not { } day)
            return null;
        var own = day.Calendar.Code == BusinessCalendar.DefaultCode ? null : day.Calendar.Name;
        return day.Holiday is not null ? new ClosedDay(on, day.Holiday, own) : day.Calendar.WorksOn(on.DayOfWeek) ? null : new ClosedDay(on, on.DayOfWeek.ToString(), own);
    }

    private IQueryable<ToDoRoleLine> Lines(IQueryable<ToDoRole> roles, DateOnly today) =>
        Any(roles.Where(r => r.Active && (r.FromOn == null || r.FromOn <= today) && (r.ToOn == null || r.ToOn >= today)), today);

    private IQueryable<ToDoRoleLine> Any(IQueryable<ToDoRole> roles, DateOnly today)
    {
        var members = ToDoRoleMember.On(db, today);
        return roles.Select(r => new ToDoRoleLine(r.Id, r.Code, r.Name, members.Any(m => m.ToDoRoleId == r.Id)));
    }

    private IQueryable<EmployeeLine> Lines(IQueryable<Employee> employees) =>
        from e in employees
        join d in db.Set<Department>() on e.DepartmentId equals d.Id
        join p in db.Set<Position>() on e.PositionId equals p.Id
        select new EmployeeLine(e.Id, e.Number, e.Name, d.Name, p.Title, e.LeftOn == null);
}
