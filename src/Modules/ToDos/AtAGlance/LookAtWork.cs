using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.AtAGlance;

/// <summary>How much work of one kind there is, not complete.</summary>
/// <param name="Key">Of the role, type, priority, age band or person, as a list is filtered by it.</param>
/// <param name="Overdue">Of all states but those on hold for another day.</param>
internal sealed record WorkLine(string Key, string Name, int Open, int Working, int OnHold, int Overdue, int OldestDays)
{
    public int All => Open + Working + OnHold;

    /// <summary>What must be known beside the numbers: away, closed today, at capacity.</summary>
    public string? Remark { get; init; }
    public bool AtCapacity { get; init; }

    /// <summary>A person who is away today.</summary>
    public bool Away { get; init; }

    /// <summary>Of a person, by the calendar of shifts: "on shift until 17:00"; null where nothing is known.</summary>
    public string? Shift { get; init; }

    /// <summary>A person who follows a pattern and has no shift today.</summary>
    public bool NotToday { get; init; }

    /// <summary>Members of a role who are on shift at this moment; null where none of them follows a pattern.</summary>
    public int? OnShiftNow { get; init; }
}

/// <summary>A day of the past.</summary>
/// <param name="In">Made on it.</param>
/// <param name="Out">Completed on it.</param>
/// <param name="Open">Not complete at its end.</param>
/// <param name="Age">Days, of these on average.</param>
internal sealed record WorkDay(DateOnly On, int In, int Out, int Open, double Age);

/// <summary>All work that is to be done, from every side, for those who look after it.</summary>
internal sealed class LookAtWork(AppDb db, CurrentActor actor, IOrganization organization, ISettings settings, IUtilityClock clock) : IUse<LookAtWork.Input, LookAtWork.Look>
{
    public static readonly SettingKey<int> Capacity = new("todos.capacity", 25, "To Dos that one person can have before they count as being at capacity", SettingRules.Between(1, 10_000));

    private const int Weeks = 8;

    /// <param name="RoleId">Only what is addressed to this role; all when null.</param>
    public sealed record Input(long? RoleId = null);

    public sealed record Look(
        WorkLine All, IReadOnlyList<WorkLine> Roles, IReadOnlyList<WorkLine> Types, IReadOnlyList<WorkLine> Priorities, IReadOnlyList<WorkLine> Ages, IReadOnlyList<WorkLine> People, IReadOnlyList<WorkDay> Days);

    private sealed record Cell
    {
        public long? Person { get; init; }
        public long? Role { get; init; }
        public required string Type { get; init; }
        public int Priority { get; init; }
        public required string State { get; init; }
        public long Late { get; init; }
        public long Age { get; init; }
        public long Count { get; init; }
        public int Days { get; init; }
    }

    public async Task<Outcome<Look>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.ReadAll);
        var today = await clock.Today(ct);
        var cells = await Cells(input.RoleId, today, ct);
        var roles = (await organization.ToDoRoles(input.RoleId, ct)).ToDictionary(r => r.Id);
        var types = await db.Set<ToDoType>().AsNoTracking().ToDictionaryAsync(t => t.Code, t => t.Name, StringComparer.Ordinal, ct);
        var byRole = new List<WorkLine>();
        var members = await organization.MembersOf([.. cells.Select(c => c.Role).OfType<long>().Union(input.RoleId is { } only ? new[] { only } : roles.Keys.ToArray())], ct);
        // Who could be given work stands there as well as who has some.
        var persons = cells.Select(c => c.Person).OfType<long>().Union(members.SelectMany(m => m)).ToArray();
        var shifts = await organization.ShiftsNow(persons, ct);
        var closedDays = await organization.ClosedOn(today, [.. cells.Select(c => c.Role).OfType<long>().Distinct()], ct);
        foreach (var group in cells.Where(c => c.Role is not null).GroupBy(c => c.Role!.Value))
        {
            var closed = closedDays.GetValueOrDefault(group.Key);
            var role = roles.GetValueOrDefault(group.Key);
            var known = members[group.Key].Where(shifts.ContainsKey).ToList();
            byRole.Add(Line($"{group.Key}", role?.Name ?? "a role that is not in use", group) with
            {
                OnShiftNow = known.Count == 0 ? null : known.Count(m => shifts[m].State == ShiftState.Now),
                Remark = role is null ? null : !role.HasMembers ? "nobody belongs to it today" : closed is null ? null : $"not at work today: {closed.Name}",
            });
        }
        return new Look(
            Line("", "All", cells), [.. byRole.OrderByDescending(l => l.Overdue).ThenByDescending(l => l.All)],
            [.. cells.GroupBy(c => c.Type).Select(g => Line(g.Key, types.GetValueOrDefault(g.Key, g.Key), g)).OrderByDescending(l => l.All)],
            [.. cells.GroupBy(c => c.Priority).OrderBy(g => g.Key).Select(g => Line($"{g.Key}", $"Priority {g.Key}", g))],
            [.. cells.GroupBy(c => (AgeBand)c.Age).OrderBy(g => g.Key).Select(g => Line($"{g.Key}", AgeText(g.Key), g))],
            await People(cells, persons, shifts, today, ct), await Days(input.RoleId, today, ct));
    }

    public static string AgeText(AgeBand age) => age switch { AgeBand.Day => "within a day", AgeBand.Week => "1 to 7 days", AgeBand.Month => "7 to 30 days", _ => "older than 30 days" };

    private static WorkLine Line(string key, string name, IEnumerable<Cell> cells)
    {
        var (open, working, held, late, oldest) = (0L, 0L, 0L, 0L, 0);
        foreach (var cell in cells)
        {
            open += cell.State == nameof(ToDoState.Open) ? cell.Count : 0;
            working += cell.State == nameof(ToDoState.BeingWorkedOn) ? cell.Count : 0;
            held += cell.State == nameof(ToDoState.OnHold) ? cell.Count : 0;
            late += cell.Late * cell.Count;
            oldest = Math.Max(oldest, cell.Days);
        }
        return new WorkLine(key, name, (int)open, (int)working, (int)held, (int)late, oldest);
    }

    /// <summary>Who has most comes first, with what they have taken and what is addressed to them and in nobody's hands; who belongs to a role and has nothing comes last.</summary>
    private async Task<IReadOnlyList<WorkLine>> People(IReadOnlyList<Cell> cells, IReadOnlyCollection<long> persons, IReadOnlyDictionary<long, ShiftNow> shifts, DateOnly today, CancellationToken ct)
    {
        var capacity = await settings.Get(Capacity, ct);
        var theirs = cells.Where(c => c.Person is not null).ToLookup(c => c.Person!.Value);
        var names = await organization.Names(persons, ct);
        var away = (await organization.AbsencesOn(persons, today, ct)).DistinctBy(a => a.EmployeeId).ToDictionary(a => a.EmployeeId);
        var words = new Dictionary<long, string>();
        foreach (var (id, shift) in shifts)
            words[id] = shift.Text(shift.At is { } at ? await clock.ToLocal(at, ct) : default);
        return [.. persons.Select(p =>
        {
            var line = Line($"{p}", names.GetValueOrDefault(p, "somebody who left"), theirs[p]);
            return line with
            {
                AtCapacity = line.Open + line.Working >= capacity,
                Shift = words.GetValueOrDefault(p),
                NotToday = shifts.TryGetValue(p, out var shift) && shift.State == ShiftState.NotToday,
                Away = away.ContainsKey(p),
                Remark = away.TryGetValue(p, out var absence) ? $"away until {absence.ToOn:d MMM}{(absence.DeputyIsHere ? $", {absence.Deputy} stands in" : "")}" : null,
            };
        }).OrderByDescending(l => l.All).ThenBy(l => l.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private async Task<IReadOnlyList<Cell>> Cells(long? roleId, DateOnly today, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var now = clock.Now;
        var bands = new[] { AgeBand.Day, AgeBand.Week, AgeBand.Month }.Select(b => ListToDos.Between(b, now).After).ToArray();
        return [.. await connection.QueryAsync<Cell>(new CommandDefinition(
            $"""
            select coalesce(worked_by_id, employee_id) as Person, role_id as Role, type_code as Type, priority as Priority, state as State,
                case when (state <> 'OnHold' or hold_until <= @today) and (due_on < @today or coalesce(until_at, due_at) < @now) then 1 else 0 end as Late,
                case when created_at > @day then 0 when created_at > @week then 1 when created_at > @month then 2 else 3 end as Age,
                count(*) as Count, {db.Dialect.DaysBetween("min(created_at)", "@now")} as Days
            from to_do where state <> 'Complete' and (@roleId is null or role_id = @roleId)
            group by 1, 2, 3, 4, 5, 6, 7
            """,
            new { today, now, day = bands[0], week = bands[1], month = bands[2], roleId }, transaction, cancellationToken: ct))];
    }

    private sealed record Flow
    {
        public int Made { get; init; }
        public int? Done { get; init; }
        public long Count { get; init; }
    }

    /// <summary>
    /// Reckoned back from today. A day is 24 hours, counted from the midnight with which today ends: before a change of clocks the hour next to
    /// midnight counts for its neighbour.
    /// </summary>
    private async Task<IReadOnlyList<WorkDay>> Days(long? roleId, DateOnly today, CancellationToken ct)
    {
        var count = Weeks * 7;
        var first = today.AddDays(1 - count);
        var start = (await clock.StartOf(today.AddDays(1), ct)).AddDays(-count);
        var (connection, transaction) = await db.Sql(ct);
        var (made, done) = (db.Dialect.DaysBetween("@start", "created_at"), db.Dialect.DaysBetween("@start", "completed_at"));
        var flows = (await connection.QueryAsync<Flow>(new CommandDefinition(
            $"""
            select {made} as Made, {done} as Done, count(*) as Count from to_do where state = 'Complete' and completed_at >= @start and (@roleId is null or role_id = @roleId) group by 1, 2
            union all
            select {made} as Made, null as Done, count(*) as Count from to_do where state <> 'Complete' and (@roleId is null or role_id = @roleId) group by 1
            """,
            new { start, roleId }, transaction, cancellationToken: ct))).ToList();
        var days = new WorkDay[count];
        for (var i = 0; i < count; i++)
        {
            var (into, outOf, open, age) = (0L, 0L, 0L, 0L);
            foreach (var flow in flows)
            {
                into += flow.Made == i ? flow.Count : 0;
                outOf += flow.Done == i ? flow.Count : 0;
                if (flow.Made <= i && (flow.Done is null || flow.Done > i))
                    (open, age) = (open + flow.Count, age + ((i - flow.Made) * flow.Count));
            }
            days[i] = new WorkDay(first.AddDays(i), (int)into, (int)outOf, (int)open, open == 0 ? 0 : (double)age / open);
        }
        return days;
    }
}
