using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Time;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>Work that is meant for someone who is not here goes to somebody else, and its log says why.</summary>
internal sealed class Readdressing(AppDb db, IOrganization organization, IUtilityClock clock, IEvents events)
{
    /// <param name="Why">By position in <paramref name="Work"/>: what the log says of those that go to someone else.</param>
    public sealed record Given(IReadOnlyList<NewToDo> Work, IReadOnlyDictionary<int, string> Why);

    /// <summary>Who of those that work is meant for is not here.</summary>
    /// <param name="Left">Their names.</param>
    /// <param name="Away">Who is away today and has no deputy who is here.</param>
    public sealed record NotHere(IReadOnlyDictionary<long, string> Left, IReadOnlyDictionary<long, AbsenceLine> Away)
    {
        public bool Nobody => Left.Count + Away.Count == 0;

        /// <summary>Why work that is due on a day cannot wait for somebody; null when it stands before them or their deputy in time.</summary>
        public string? Because(long employeeId, DateOnly dueOn) =>
            Left.TryGetValue(employeeId, out var name) ? HasLeft(name) : Away.TryGetValue(employeeId, out var absence) && dueOn <= absence.NobodyUntil ? IsAway(absence) : null;
    }

    public async Task<NotHere> Missing(IReadOnlyCollection<long> employeeIds, CancellationToken ct) => employeeIds.Count == 0 ? new NotHere(new Dictionary<long, string>(), new Dictionary<long, AbsenceLine>()) : new NotHere(
        await organization.HaveLeft(employeeIds, ct),
        (await organization.AbsencesOn(employeeIds, await clock.Today(ct), ct)).Where(a => !a.DeputyIsHere).DistinctBy(a => a.EmployeeId).ToDictionary(a => a.EmployeeId));

    /// <summary>New work, with whom it goes to: not to those who have left, nor to those who are away for longer than it can wait and have no deputy who is here.</summary>
    public async Task<Given> Of(IReadOnlyList<NewToDo> work, IReadOnlyDictionary<string, ToDoType> types, CancellationToken ct)
    {
        var why = new Dictionary<int, string>();
        var missing = await Missing([.. work.Select(w => w.EmployeeId).OfType<long>().Distinct()], ct);
        if (missing.Nobody)
            return new Given(work, why);
        var given = work.ToArray();
        for (var i = 0; i < given.Length; i++)
        {
            if (given[i].EmployeeId is not { } employee || missing.Because(employee, given[i].DueOn) is not { } because || await RoleFor(types.GetValueOrDefault(given[i].TypeCode), ct) is not { } role)
                continue;
            given[i] = given[i] with { EmployeeId = null, RoleId = role.Id, AddressedTo = role.Name };
            why[i] = $"To {role.Name}: {because}";
        }
        return new Given(given, why);
    }

    /// <summary>Where work goes whose owner is not here, or is a role that is not in use any more; null when it can stay. The log says why.</summary>
    public async Task<(ToDoRoleLine Role, string Because)?> Instead(string typeCode, long? employeeId, long? roleId, string addressedTo, DateOnly dueOn, CancellationToken ct)
    {
        var because = employeeId is { } employee ? (await Missing([employee], ct)).Because(employee, dueOn)
            : roleId is { } role && await organization.ToDoRole(role, ct) is null ? $"{addressedTo} is not in use any more." : null;
        return because is not null && await RoleFor(await db.Set<ToDoType>().AsNoTracking().SingleOrDefaultAsync(t => t.Code == typeCode, ct), ct) is { } instead ? (instead, because) : null;
    }

    /// <summary>Work that is open again, or due on another day now: what cannot wait any more for whoever is away goes where it would have gone when the absence began. The caller saves.</summary>
    public async Task Moved(ToDo toDo, CancellationToken ct)
    {
        if (await Instead(toDo.TypeCode, toDo.EmployeeId, toDo.RoleId, toDo.AddressedTo, toDo.DueOn, ct) is var (role, because))
            await Give(toDo, null, role.Id, role.Name, because, ct);
        // Addressed to a role or to a colleague: they have it back.
        else if (toDo.WorkedById is { } by && by != toDo.EmployeeId && (await Missing([by], ct)).Because(by, toDo.DueOn) is { } away)
            await PutBack(toDo, away, ct);
    }

    /// <summary>The role of a type, else whoever answers customers next.</summary>
    public async Task<ToDoRoleLine?> RoleFor(ToDoType? type, CancellationToken ct) =>
        (type?.DefaultRoleId is { } role ? await organization.ToDoRole(role, ct) : null) ?? await organization.FollowUpRole(ct);

    /// <summary>Forwards open work. The caller saves.</summary>
    /// <param name="employeeId">To this person, else to <paramref name="roleId"/>.</param>
    public async Task Give(ToDo toDo, long? employeeId, long? roleId, string name, string because, CancellationToken ct)
    {
        toDo.Forward(employeeId, roleId, name);
        Log(toDo, ToDoSteps.Forwarded, $"To {name}: {because}");
        await events.Publish(new ToDoForwarded(toDo.Id, employeeId, roleId), ct, toDo.AuditSubject);
    }

    /// <summary>They whose it is have it back. The caller saves.</summary>
    public async Task PutBack(ToDo toDo, string because, CancellationToken ct)
    {
        toDo.PutBack();
        Log(toDo, ToDoSteps.PutBack, because);
        await events.Publish(new ToDoPutBack(toDo.Id), ct, toDo.AuditSubject);
    }

    public static string HasLeft(string name) => $"{name} does not work here any more.";

    public static string IsAway(AbsenceLine absence) =>
        $"{absence.Employee} is away until {absence.ToOn:d MMMM yyyy}{(absence.DeputyId is null ? "." : absence.DeputyHasLeft ? $"; {absence.Deputy} does not work here any more." : $", and {absence.Deputy} until {absence.DeputyAwayUntil:d MMMM yyyy}.")}";

    private void Log(ToDo toDo, string action, string body) =>
        db.Add(ToDoLog.Of(db, toDo.Id, action, body));
}
