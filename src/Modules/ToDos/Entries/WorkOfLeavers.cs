using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Live;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>Work of someone who does not work here any more goes to the role of its type, else to whoever answers customers next.</summary>
internal sealed class WorkOfLeavers(AppDb db, IOrganization organization, IEvents events, ILive live) : IHear<EmployeeLeft>
{
    public const string Subscriber = "todos.work_of_leaver";
    private const int ChunkSize = 500;

    /// <param name="Why">By position in <paramref name="Work"/>: what the log says of those that go to someone else.</param>
    public sealed record Given(IReadOnlyList<NewToDo> Work, IReadOnlyDictionary<int, string> Why);

    public async Task Hear(EmployeeLeft fact, long eventId, CancellationToken ct)
    {
        // Nothing is taken from someone who is back already.
        while ((await organization.HaveLeft([fact.EmployeeId], ct)).TryGetValue(fact.EmployeeId, out var name) && await HandOver(fact.EmployeeId, name, ct))
            db.ChangeTracker.Clear();
    }

    /// <summary>New work that is meant for someone who has left, with whom it goes to.</summary>
    public async Task<Given> Readdress(IReadOnlyList<NewToDo> work, IReadOnlyDictionary<string, ToDoType> types, CancellationToken ct)
    {
        var why = new Dictionary<int, string>();
        var left = await organization.HaveLeft([.. work.Select(w => w.EmployeeId).OfType<long>().Distinct()], ct);
        if (left.Count == 0)
            return new Given(work, why);
        var given = work.ToArray();
        for (var i = 0; i < given.Length; i++)
        {
            if (given[i].EmployeeId is not { } employee || !left.TryGetValue(employee, out var name) || await RoleFor(types.GetValueOrDefault(given[i].TypeCode), ct) is not { } role)
                continue;
            given[i] = given[i] with { EmployeeId = null, RoleId = role.Id, AddressedTo = role.Name };
            why[i] = Why(role, name);
        }
        return new Given(given, why);
    }

    /// <returns>False when nothing is left to hand over.</returns>
    private async Task<bool> HandOver(long employeeId, string name, CancellationToken ct)
    {
        var types = await db.Set<ToDoType>().AsNoTracking().ToDictionaryAsync(t => t.Code, StringComparer.Ordinal, ct);
        var theirs = await db.Set<ToDo>().Where(t => t.State != ToDoState.Complete && (t.EmployeeId == employeeId || t.WorkedById == employeeId))
            .OrderBy(t => t.Id).Take(ChunkSize).ToListAsync(ct);
        var changed = 0;
        foreach (var toDo in theirs)
        {
            if (toDo.EmployeeId != employeeId)
            {
                // Addressed to a role or to a colleague: they have it back.
                toDo.PutBack();
                Log(toDo, ToDoSteps.PutBack, $"{name} does not work here any more.");
                await events.Publish(new ToDoPutBack(toDo.Id), ct, toDo.AuditSubject);
            }
            else if (await RoleFor(types.GetValueOrDefault(toDo.TypeCode), ct) is { } role)
            {
                toDo.Forward(null, role.Id, role.Name);
                Log(toDo, ToDoSteps.Forwarded, Why(role, name));
                await events.Publish(new ToDoForwarded(toDo.Id, null, role.Id), ct, toDo.AuditSubject);
            }
            else
            {
                continue;
            }
            changed++;
        }
        if (changed == 0)
            return false;
        await live.Tell("todo", null, ct);
        await db.SaveChangesAsync(ct);
        return true;
    }

    private async Task<ToDoRoleLine?> RoleFor(ToDoType? type, CancellationToken ct) =>
        (type?.DefaultRoleId is { } role ? await organization.ToDoRole(role, ct) : null) ?? await organization.FollowUpRole(ct);

    private static string Why(ToDoRoleLine role, string name) => $"To {role.Name}: {name} does not work here any more.";

    private void Log(ToDo toDo, string action, string body) =>
        db.Add(new ToDoLog { Id = db.NextId(), ToDoId = toDo.Id, At = db.Now, Author = db.Actor.Ref, Action = action, Body = body });
}
