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

    /// <summary>New work, with whom it goes to: not to those who have left, nor to those who are away for longer than it can wait and have no deputy.</summary>
    public async Task<Given> Of(IReadOnlyList<NewToDo> work, IReadOnlyDictionary<string, ToDoType> types, CancellationToken ct)
    {
        var why = new Dictionary<int, string>();
        var meant = work.Select(w => w.EmployeeId).OfType<long>().Distinct().ToArray();
        if (meant.Length == 0)
            return new Given(work, why);
        var left = await organization.HaveLeft(meant, ct);
        var away = (await organization.AbsencesOn(meant, await clock.Today(ct), ct)).Where(a => a.DeputyId is null).DistinctBy(a => a.EmployeeId).ToDictionary(a => a.EmployeeId);
        if (left.Count + away.Count == 0)
            return new Given(work, why);
        var given = work.ToArray();
        for (var i = 0; i < given.Length; i++)
        {
            if (given[i].EmployeeId is not { } employee
                || (left.TryGetValue(employee, out var name) ? HasLeft(name) : away.TryGetValue(employee, out var absence) && given[i].DueOn <= absence.ToOn ? IsAway(absence) : null) is not { } because
                || await RoleFor(types.GetValueOrDefault(given[i].TypeCode), ct) is not { } role)
            {
                continue;
            }
            given[i] = given[i] with { EmployeeId = null, RoleId = role.Id, AddressedTo = role.Name };
            why[i] = $"To {role.Name}: {because}";
        }
        return new Given(given, why);
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

    public static string IsAway(AbsenceLine absence) => $"{absence.Employee} is away until {absence.ToOn:d MMMM yyyy}.";

    private void Log(ToDo toDo, string action, string body) =>
        db.Add(ToDoLog.Of(db, toDo.Id, action, body));
}
