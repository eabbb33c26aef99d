using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Absences;
using Tieline.Organization.Calendars;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Time;

namespace Tieline.Organization.Demo;

/// <summary>
/// The demonstration utility's own people. Employee i has the number <c>E10001</c> + i, by which other loaders find the id
/// (<see cref="IOrganization.EmployeeIds"/>). One of them for each role signs in.
/// </summary>
internal sealed class OrganizationDemo(AppDb db, IDemoUsers users, IUtilityClock clock) : IDemoData
{
    private static readonly (string UserName, string Role, string Department, string Position)[] SignIns =
    [
        ("csr", Roles.Csr, "CUSTSVC", "CSR2"),
        ("supervisor", Roles.Supervisor, "CUSTSVC", "SUP"),
        ("backoffice", Roles.BackOffice, "BILLING", "BILLAN"),
        ("operator", Roles.Operator, "ITOPS", "OPER"),
        ("techadmin", Roles.TechnicalAdministrator, "ITOPS", "DEV"),
        ("bizadmin", Roles.BusinessAdministrator, "CUSTOMER", "DIR"),
    ];

    public int Order => 10;
    public string Name => "employees";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        var world = new DemoWorld(plan);
        var people = Enumerable.Range(0, plan.Employees).Select(i => world.Employee(i)).ToArray();
        var departments = await LoadDepartments(ct);
        var positions = await LoadPositions(ct);
        var skills = await LoadSkills(ct);
        var ids = await LoadEmployees(people, departments, positions, ct);
        await db.BulkInsert(Levels(plan, people, ids, skills), ct);
        await LoadRoles(people, ids, ct);
        var signIns = await SignIn(people, ids, ct);
        await db.BulkInsert(DemoAbsences.Of(plan, people, ids, signIns, db.NextId), ct);
        await LoadShifts(plan, people, ids, signIns, ct);
        await db.SaveChangesAsync(ct);
    }

    private async Task<Dictionary<string, long>> LoadDepartments(CancellationToken ct)
    {
        // The first department is already there: it belongs to every installation.
        var there = await db.Set<Department>().ToDictionaryAsync(d => d.Code, StringComparer.Ordinal, ct);
        var ids = DemoEmployees.Departments.ToDictionary(d => d.Code, d => there.TryGetValue(d.Code, out var had) ? had.Id : db.NextId(), StringComparer.Ordinal);
        long? Above(DemoDepartment d) => d.Parent.Length == 0 ? null : ids[d.Parent];
        await db.BulkInsert(DemoEmployees.Departments.Where(d => !there.ContainsKey(d.Code)).Select(d => new Department(ids[d.Code], d.Code, d.Name, Above(d))), ct);
        foreach (var d in DemoEmployees.Departments.Where(d => there.ContainsKey(d.Code)))
            there[d.Code].Change(d.Name, Above(d), active: true);
        return ids;
    }

    private async Task<Dictionary<string, long>> LoadPositions(CancellationToken ct)
    {
        var ids = await db.Set<Position>().ToDictionaryAsync(p => p.Code, p => p.Id, StringComparer.Ordinal, ct);
        var missing = DemoEmployees.Positions.Where(p => !ids.ContainsKey(p.Code)).Select(p => new Position(ids[p.Code] = db.NextId(), p.Code, p.Title));
        await db.BulkInsert(missing.ToList(), ct);
        return ids;
    }

    private async Task<Dictionary<string, long>> LoadSkills(CancellationToken ct)
    {
        var ids = DemoEmployees.Skills.ToDictionary(s => s.Code, _ => db.NextId(), StringComparer.Ordinal);
        await db.BulkInsert(DemoEmployees.Skills.Select(s => new Skill(ids[s.Code], s.Code, s.Name)), ct);
        return ids;
    }

    private async Task<long[]> LoadEmployees(DemoEmployee[] people, Dictionary<string, long> departments, Dictionary<string, long> positions, CancellationToken ct)
    {
        var ids = Array.ConvertAll(people, _ => db.NextId());
        await db.BulkInsert(people.Select((p, i) =>
        {
            var employee = new Employee(ids[i], p.Number, $"{p.Given} {p.Family}", departments[p.Department], positions[p.Position], p.Email, p.Extension, p.HiredOn);
            if (p.LeftOn is { } left)
                employee.Leave(left);
            return employee;
        }), ct);
        return ids;
    }

    private static IEnumerable<EmployeeSkill> Levels(DemoPlan plan, DemoEmployee[] people, long[] ids, Dictionary<string, long> skills)
    {
        var levels = new DemoStream(plan.Seed, "skill levels");
        for (var i = 0; i < people.Length; i++)
        {
            var random = levels.At(i);
            foreach (var skill in people[i].Skills.Distinct(StringComparer.Ordinal))
                yield return new EmployeeSkill(ids[i], skills[skill], random.Between(EmployeeSkill.Lowest + 1, EmployeeSkill.Highest));
        }
    }

    /// <summary>Crews work on Saturdays too, and somebody always sits at dispatch; next summer the counters will open earlier.</summary>
    private async Task<(long Field, long Always)> LoadCalendars(CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var field = new BusinessCalendar(db.NextId(), "FIELD", "Field crews", "1111110", new TimeOnly(7, 0), new TimeOnly(19, 0));
        var always = new BusinessCalendar(db.NextId(), "ALWAYS", "Around the clock", "1111111", new TimeOnly(0, 0), new TimeOnly(23, 59));
        var summer = new BusinessCalendar(
            db.NextId(), "SUMMER", "Summer hours", "1111100", new TimeOnly(7, 0), new TimeOnly(15, 0), new DateOnly(today.Year + 1, 6, 1), new DateOnly(today.Year + 1, 8, 31));
        db.AddRange(field, always, summer);
        await db.SaveChangesAsync(ct);
        var holidays = FederalHolidays.Of(today.Year).Concat(FederalHolidays.Of(today.Year + 1));
        await db.BulkInsert(holidays.Select(h => new Holiday(db.NextId(), field.Id, h.On, h.Name)), ct);
        return (field.Id, always.Id);
    }

    private async Task LoadShifts(DemoPlan plan, DemoEmployee[] people, long[] ids, HashSet<int> present, CancellationToken ct)
    {
        var patterns = DemoShifts.Kept(await db.Set<BusinessCalendar>().ToDictionaryAsync(c => c.Code, c => c.Id, StringComparer.Ordinal, ct), db.NextId);
        await db.BulkInsert(patterns, ct);
        var byCode = patterns.ToDictionary(p => p.Code, p => p.Id, StringComparer.Ordinal);
        await db.BulkInsert(DemoShifts.Followed(plan, people, ids, present, byCode, db.NextId), ct);
        await db.BulkInsert(DemoShifts.Said(plan, people, ids, present, db.NextId), ct);
    }

    private async Task LoadRoles(DemoEmployee[] people, long[] ids, CancellationToken ct)
    {
        var roles = await db.Set<ToDoRole>().ToDictionaryAsync(r => r.Code, r => r.Id, StringComparer.Ordinal, ct);
        var (field, always) = await LoadCalendars(ct);
        long? WorksBy(string role) => role is "DISPATCH" or "GAS-SAFETY" ? always : role is "FIELD-CHECK" or "METER-CHECK" or "METER-ACCESS" ? field : null;
        var missing = DemoEmployees.ToDoRoles.Where(r => !roles.ContainsKey(r.Code)).Select(r => new ToDoRole(roles[r.Code] = db.NextId(), r.Code, r.Name, "", calendarId: WorksBy(r.Code)));
        await db.BulkInsert(missing.ToList(), ct);
        var today = await clock.Today(ct);
        // Some help out for a while, or will.
        (DateOnly? From, DateOnly? To) Days(string role, int person) => (role, person % 9) switch
        {
            ("METER-CHECK", 0) => (null, today.AddDays(20)),
            ("METER-CHECK", 4) => (today.AddDays(8), today.AddDays(60)),
            _ => (null, null),
        };
        var members = from role in DemoEmployees.ToDoRoles
                      from i in Enumerable.Range(0, people.Length)
                      let person = people[i]
                      where person.LeftOn is null && role.Departments.Contains(person.Department)
                          && (role.Code != "CSR-ESPANOL" || person.Skills.Contains("ES")) && (role.Code != "SUPERVISORS" || person.Position == "SUP")
                      let days = Days(role.Code, i)
                      select new ToDoRoleMember(roles[role.Code], ids[i], days.From, days.To);
        await db.BulkInsert(members, ct);
    }

    /// <summary>Who tries the demonstration hears the bell of an emergency too.</summary>
    private async Task OnDuty(long employee, CancellationToken ct)
    {
        foreach (var role in await db.Set<ToDoRole>().Where(r => r.Code == "DISPATCH" || r.Code == "GAS-SAFETY").Select(r => r.Id).ToListAsync(ct))
        {
            if (!await db.Set<ToDoRoleMember>().AnyAsync(m => m.ToDoRoleId == role && m.EmployeeId == employee, ct))
                db.Add(new ToDoRoleMember(role, employee));
        }
    }

    /// <returns>Places of those who sign in, in <paramref name="people"/>.</returns>
    private async Task<HashSet<int>> SignIn(DemoEmployee[] people, long[] ids, CancellationToken ct)
    {
        var taken = new HashSet<int>();
        foreach (var (userName, role, department, position) in SignIns)
        {
            var here = Enumerable.Range(0, people.Length).Where(i => people[i].LeftOn is null && !taken.Contains(i)).ToList();
            // A small world has not every position filled.
            var chosen = here.Cast<int?>().FirstOrDefault(i => people[i!.Value].Department == department && people[i.Value].Position == position)
                ?? here.Cast<int?>().FirstOrDefault(i => people[i!.Value].Department == department) ?? here[0];
            taken.Add(chosen);
            if (userName == "supervisor")
                await OnDuty(ids[chosen], ct);
            await users.Create(userName, role, ids[chosen], $"{people[chosen].Given} {people[chosen].Family}", ct);
        }
        return taken;
    }
}
