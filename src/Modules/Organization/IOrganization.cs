namespace Tieline.Organization;

public sealed record EmployeeLine(long Id, string Number, string Name, string Department, string Position, bool Active);

/// <param name="HasMembers">Today. False: what is given to it stands before nobody.</param>
public sealed record ToDoRoleLine(long Id, string Code, string Name, bool HasMembers);

/// <param name="Active">It is given to people.</param>
public sealed record SkillLine(long Id, string Code, string Name, bool Active)
{
    /// <summary>Levels 1 to 5 in words.</summary>
    public static readonly IReadOnlyList<string> Levels = ["learning", "basic", "good", "very good", "teaches others"];
}

/// <summary>An absence on a day.</summary>
public sealed record AbsenceLine(long Id, long EmployeeId, string Employee, DateOnly FromOn, DateOnly ToOn, long? DeputyId, string? Deputy)
{
    public bool DeputyHasLeft { get; init; }

    /// <summary>Last day of the absence in which the deputy is on that day; null when the deputy is here.</summary>
    public DateOnly? DeputyAwayUntil { get; init; }

    /// <summary>A deputy is named who works here and is not away on that day.</summary>
    public bool DeputyIsHere => DeputyId is not null && !DeputyHasLeft && DeputyAwayUntil is null;

    /// <summary>The last day on which neither they nor their deputy are here; null when the deputy is.</summary>
    public DateOnly? NobodyUntil => DeputyIsHere ? null : !DeputyHasLeft && DeputyAwayUntil < ToOn ? DeputyAwayUntil : ToOn;
}

/// <param name="Name">The holiday's name, or "Saturday" and the like for a day that is no work day.</param>
/// <param name="Calendar">By which it is closed; null for that of the whole utility.</param>
public sealed record ClosedDay(DateOnly On, string Name, string? Calendar = null);

/// <summary>For whom somebody works.</summary>
/// <param name="Roles">Ids of the roles to which they belong today.</param>
/// <param name="Absent">Ids of those who are away today and whose deputy they are.</param>
/// <param name="Skills">Their level, 1 to 5, in each skill, by its key.</param>
public sealed record WorksFor(IReadOnlyList<long> Roles, IReadOnlyList<long> Absent, IReadOnlyDictionary<long, int> Skills);

/// <summary>A shift that somebody works.</summary>
/// <param name="On">The day on which it begins; it may end on the next.</param>
/// <param name="FromAt">In UTC, as <paramref name="ToAt"/>.</param>
public sealed record ShiftLine(long EmployeeId, DateOnly On, DateTime FromAt, DateTime ToAt);

public enum ShiftState { Now, Later, Over, NotToday }

/// <summary>How somebody's shift stands at this moment.</summary>
/// <param name="At">When it ends, begins or ended, in UTC; null when there is none today.</param>
public sealed record ShiftNow(ShiftState State, DateTime? At)
{
    /// <summary>"on shift until 17:00", "on shift from 14:00", "off shift since 15:00", "not on shift today".</summary>
    /// <param name="local">Of <see cref="At"/>.</param>
    public string Text(DateTime local) => State switch
    {
        ShiftState.Now => $"on shift until {local:HH:mm}",
        ShiftState.Later => $"on shift from {local:HH:mm}",
        ShiftState.Over => $"off shift since {local:HH:mm}",
        _ => "not on shift today",
    };
}

/// <summary>What other rooms may ask about the people and days of the utility.</summary>
public interface IOrganization
{
    Task<EmployeeLine?> Employee(long id, CancellationToken ct);

    /// <summary>Names of those among <paramref name="ids"/> who do not work here any more.</summary>
    Task<IReadOnlyDictionary<long, string>> HaveLeft(IReadOnlyCollection<long> ids, CancellationToken ct);

    /// <summary>Names of employees, those who left included.</summary>
    Task<IReadOnlyDictionary<long, string>> Names(IReadOnlyCollection<long> ids, CancellationToken ct);

    /// <summary>Active employees by the beginnings of their names or their number, best first.</summary>
    Task<IReadOnlyList<EmployeeLine>> FindEmployees(string typed, int limit, CancellationToken ct) => FindEmployees(typed, limit, null, ct);

    /// <inheritdoc cref="FindEmployees(string, int, CancellationToken)"/>
    /// <param name="among">Only these; null for all.</param>
    Task<IReadOnlyList<EmployeeLine>> FindEmployees(string typed, int limit, IReadOnlySet<long>? among, CancellationToken ct);

    /// <summary>Ids of all employees by their personnel numbers, those who left included: for imports and loaders.</summary>
    Task<IReadOnlyDictionary<string, long>> EmployeeIds(CancellationToken ct);

    /// <summary>Roles to which work may be given today, by name.</summary>
    Task<IReadOnlyList<ToDoRoleLine>> ToDoRoles(CancellationToken ct);

    /// <summary>As <see cref="ToDoRoles(CancellationToken)"/>, and <paramref name="kept"/> whatever its days say: what a record has stays to be chosen.</summary>
    Task<IReadOnlyList<ToDoRoleLine>> ToDoRoles(long? kept, CancellationToken ct);

    Task<ToDoRoleLine?> ToDoRole(long id, CancellationToken ct);

    Task<ToDoRoleLine?> ToDoRole(string code, CancellationToken ct);

    /// <summary>Codes of all roles by key, closed ones included.</summary>
    Task<IReadOnlyDictionary<long, string>> ToDoRoleCodes(CancellationToken ct);

    /// <summary>Key of a role, whatever its days say: in the file that travels it is known by its code.</summary>
    async Task<long?> ToDoRoleId(string code, CancellationToken ct) =>
        (await ToDoRoleCodes(ct)).Where(r => r.Value == code).Select(r => (long?)r.Key).FirstOrDefault();

    /// <summary>The role of whoever answers customers next: for work for which nobody else is left.</summary>
    Task<ToDoRoleLine?> FollowUpRole(CancellationToken ct);

    /// <summary>Adds a role unless it exists, for rooms whose work goes to one of their own. The caller saves.</summary>
    Task EnsureToDoRole(string code, string name, string description, CancellationToken ct);

    /// <summary>Ids of the roles to which the employee belongs today.</summary>
    Task<IReadOnlyList<long>> RolesOf(long employeeId, CancellationToken ct);

    /// <summary><see cref="RolesOf"/>, <see cref="StandsInFor"/> today and <see cref="SkillsOf"/> in one question.</summary>
    Task<WorksFor> WorksFor(long employeeId, CancellationToken ct);

    /// <summary>The role's members of today who work here, by name.</summary>
    Task<IReadOnlyList<EmployeeLine>> MembersOf(long toDoRoleId, CancellationToken ct);

    /// <summary>Ids of the members of today who work here, of several roles at once.</summary>
    Task<ILookup<long, long>> MembersOf(IReadOnlyCollection<long> toDoRoleIds, CancellationToken ct);

    /// <summary>All skills by name, closed ones included.</summary>
    Task<IReadOnlyList<SkillLine>> Skills(CancellationToken ct);

    /// <summary>The employee's level, 1 to 5, in each skill they have, by its key.</summary>
    Task<IReadOnlyDictionary<long, int>> SkillsOf(long employeeId, CancellationToken ct);

    /// <summary>Ids of those who are away on that day and whose deputy the employee is.</summary>
    Task<IReadOnlyList<long>> StandsInFor(long employeeId, DateOnly day, CancellationToken ct);

    async Task<AbsenceLine?> AbsenceOn(long employeeId, DateOnly day, CancellationToken ct) =>
        (await AbsencesOn([employeeId], day, ct)).FirstOrDefault();

    /// <summary>Absences of these employees on that day, the longest first.</summary>
    Task<IReadOnlyList<AbsenceLine>> AbsencesOn(IReadOnlyCollection<long> employeeIds, DateOnly day, CancellationToken ct);

    /// <summary>Absences of today and later days that have this employee for a deputy.</summary>
    Task<IReadOnlyList<AbsenceLine>> AbsencesWithDeputy(long employeeId, CancellationToken ct);

    /// <summary>
    /// Who of these works from when to when in the shift that begins on that day: by the pattern they follow, closed days of its calendar, what was
    /// said for the day, and their absences. Who follows no pattern has none.
    /// </summary>
    Task<IReadOnlyList<ShiftLine>> Shifts(DateOnly on, IReadOnlyCollection<long> employeeIds, CancellationToken ct);

    /// <summary>How the shifts of these stand at this moment; without those who follow no pattern.</summary>
    Task<IReadOnlyDictionary<long, ShiftNow>> ShiftsNow(IReadOnlyCollection<long> employeeIds, CancellationToken ct);

    /// <summary>Null when the office is open on that day.</summary>
    Task<ClosedDay?> ClosedOn(DateOnly on, CancellationToken ct) => ClosedOn(on, (long?)null, ct);

    /// <summary>Null when a To Do role works on that day: by its own calendar where it has one that holds then, else by that of the whole utility.</summary>
    Task<ClosedDay?> ClosedOn(DateOnly on, long? toDoRoleId, CancellationToken ct);

    /// <summary>Of several roles in one question; those that work on that day are left out.</summary>
    Task<IReadOnlyDictionary<long, ClosedDay>> ClosedOn(DateOnly on, IReadOnlyCollection<long> toDoRoleIds, CancellationToken ct);
}
