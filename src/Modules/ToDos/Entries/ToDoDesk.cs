using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>What every step of a To Do has in common: who may see it, who may act on it, and how a step is written down.</summary>
internal sealed class ToDoDesk(AppDb db, CurrentActor actor, IOrganization organization, ICustomers customers, IEvents events, ILive live)
{
    private WorksFor? mine;

    /// <summary>The employee who acts; null for machines, processes and sign-ins of people who are no employees.</summary>
    public long? Me => actor.Actor is { Kind: ActorKind.Employee, Id: > 0 and var id } ? id : null;

    /// <summary>The employee who acts, and those whose deputy they are today: what is theirs is the actor's too.</summary>
    public async Task<IReadOnlyList<long>> MeAndAbsent(CancellationToken ct) =>
        Me is { } me ? [me, .. (await Mine(me, ct)).Absent] : [];

    public async Task<IReadOnlyList<long>> MyRoles(CancellationToken ct) =>
        Me is { } me ? (await Mine(me, ct)).Roles : [];

    /// <summary>The actor's level in each skill they have, by its key.</summary>
    public async Task<IReadOnlyDictionary<long, int>> MySkills(CancellationToken ct) =>
        Me is { } me ? (await Mine(me, ct)).Skills : new Dictionary<long, int>();

    private async Task<WorksFor> Mine(long me, CancellationToken ct) => mine ??= await organization.WorksFor(me, ct);

    /// <summary>The To Do, if the actor may see it: it concerns them, they made it, or it is about a customer whom they may read. What they may do with it is another question.</summary>
    /// <exception cref="ForbiddenException">It is someone else's.</exception>
    public async Task<ToDo?> Find(long id, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        var toDo = await db.Set<ToDo>().SingleOrDefaultAsync(t => t.Id == id, ct);
        if (toDo is not null && !actor.May(ToDosPermissions.ReadAll) && toDo.CreatedBy != actor.Actor.Ref && !(AboutCustomer(toDo) && actor.May(ToDosPermissions.ReadCustomers)) && !await Concerns(toDo, ct))
            throw new ForbiddenException(ToDosPermissions.ReadAll);
        return toDo;
    }

    /// <summary>Those of them that <see cref="Find"/> gives.</summary>
    public async Task<IQueryable<ToDo>> InSight(IQueryable<ToDo> toDos, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        if (actor.May(ToDosPermissions.ReadAll))
            return toDos;
        var (me, people, roles, customers) = (actor.Actor.Ref, await MeAndAbsent(ct), await MyRoles(ct), actor.May(ToDosPermissions.ReadCustomers));
        return toDos.Where(t => t.CreatedBy == me || (customers && (t.PersonId != null || t.AccountId != null || t.PremiseId != null))
            || (t.EmployeeId != null && people.Contains(t.EmployeeId.Value)) || (t.WorkedById != null && people.Contains(t.WorkedById.Value)) || (t.RoleId != null && roles.Contains(t.RoleId.Value)));
    }

    private static bool AboutCustomer(ToDo toDo) => toDo is not { PersonId: null, AccountId: null, PremiseId: null };

    /// <summary>Addressed to the actor or one of their roles, or worked on by them; or to and by someone whose deputy they are.</summary>
    public async Task<bool> Concerns(ToDo toDo, CancellationToken ct) =>
        (toDo.EmployeeId is { } addressed && await IsMine(addressed, ct)) || (toDo.WorkedById is { } by && await IsMine(by, ct))
            || (toDo.RoleId is { } role && (await MyRoles(ct)).Contains(role));

    private async Task<bool> IsMine(long employeeId, CancellationToken ct) => employeeId == Me || (await MeAndAbsent(ct)).Contains(employeeId);

    /// <exception cref="ForbiddenException">The actor sees it, but it is not theirs to change.</exception>
    public async Task RequireTheirs(ToDo toDo, CancellationToken ct)
    {
        if (!actor.May(ToDosPermissions.ForwardAll) && !await Concerns(toDo, ct))
            throw new ForbiddenException(ToDosPermissions.ForwardAll);
    }

    /// <summary>Someone else is at work on it, who is here, and the actor may not overrule them.</summary>
    public async Task<Problem?> TakenBySomeoneElse(ToDo toDo, CancellationToken ct) =>
        toDo is { State: not ToDoState.Complete, WorkedById: { } by } && !actor.May(ToDosPermissions.ForwardAll) && !await IsMine(by, ct) ? HasIt(toDo) : null;

    public static Problem HasIt(ToDo toDo) => Problem.Conflict($"{toDo.WorkedBy} is working on this.");

    public static Problem IsComplete(ToDo toDo) =>
        Problem.Conflict($"{toDo.CompletedBy?.Name} has completed this already{(toDo.Resolution is { } how ? $": {how}" : ".")}");

    /// <summary>What the actor saw is out of date: says what happened since, and by whom.</summary>
    public async Task<Problem?> Outdated(ToDo toDo, int version, CancellationToken ct)
    {
        db.Expect(toDo, version);
        if (toDo.Version == version)
            return null;
        if (toDo.State == ToDoState.Complete)
            return IsComplete(toDo);
        var last = await db.Set<ToDoLog>().Where(l => l.ToDoId == toDo.Id).OrderByDescending(l => l.Id).FirstOrDefaultAsync(ct);
        return Problem.Conflict($"{last?.Author.Name ?? "Someone"} has changed this in the meantime ({ToDoSteps.InWords(last?.Action)}). What you typed is still here: look, then save again.");
    }

    /// <summary>A To Do that the actor means to take a step with: theirs, not complete, in nobody else's hands, and as they saw it.</summary>
    /// <exception cref="ForbiddenException">They may not see it, or it is not theirs to change.</exception>
    public async Task<Outcome<ToDo>> ToDo(long id, int version, CancellationToken ct)
    {
        if (await Find(id, ct) is not { } toDo)
            return Problem.NotFound("The To Do");
        await RequireTheirs(toDo, ct);
        if (toDo.State == ToDoState.Complete)
            return IsComplete(toDo);
        if (await TakenBySomeoneElse(toDo, ct) is { } taken)
            return taken;
        return await Outdated(toDo, version, ct) is { } outdated ? outdated : toDo;
    }

    /// <summary>People before what is recorded about them: a merge holds the contact and waits for the To Do, which would wait for the contact.</summary>
    public async Task KeepFromMerging(long id, CancellationToken ct)
    {
        if (await db.Set<ToDo>().Where(t => t.Id == id).Select(t => new { t.PersonId, t.PremiseId }).SingleOrDefaultAsync(ct) is { } about)
            await customers.KeepFromMerging(about.PersonId, about.PremiseId, ct);
    }

    /// <summary>Writes the step down: log, event, and a hint for everyone's lists. The caller saves.</summary>
    public async Task Step<TFact>(ToDo toDo, string action, string? body, TFact fact, CancellationToken ct) where TFact : class
    {
        db.Add(ToDoLog.Of(db, toDo.Id, action, body));
        await events.Publish(fact, ct, toDo.AuditSubject);
        await live.Tell("todo", null, ct);
    }

    /// <summary>A person or a role to give work to; null with a problem added.</summary>
    public async Task<(long? EmployeeId, long? RoleId, string Name)?> Address(long? employeeId, long? roleId, Problems problems, CancellationToken ct)
    {
        if (employeeId is { } employee)
        {
            if (roleId is not null)
                problems.Add("RoleId", "Either a person or a role, not both.", "todo.address.both");
            else if (await organization.Employee(employee, ct) is { Active: true } found)
                return (employee, null, found.Name);
            else
                problems.Add("EmployeeId", "This person does not work here (any more).", "todo.employee.unknown");
        }
        else if (roleId is { } role)
        {
            if (await organization.ToDoRole(role, ct) is { } found)
                return (null, role, found.Name);
            problems.Add("RoleId", "There is no such role (any more).", "todo.role.unknown");
        }
        return null;
    }
}

/// <summary>Names of steps in the log.</summary>
internal static class ToDoSteps
{
    public const string Created = "created";
    public const string Started = "started";
    public const string PutBack = "put_back";
    public const string Forwarded = "forwarded";
    public const string Held = "held";
    public const string TakenUp = "taken_up";
    public const string Reopened = "reopened";
    public const string Completed = "completed";
    public const string Rescheduled = "rescheduled";
    public const string Reworded = "reworded";
    public const string Priority = "priority";
    public const string Escalated = "escalated";
    public const string Ruled = "ruled";

    public static string InWords(string? action) => action switch
    {
        Created => "Created",
        Started => "Started",
        PutBack => "Put back",
        Forwarded => "Forwarded",
        Held => "Put on hold",
        TakenUp => "Its day has come",
        Reopened => "Opened again",
        Completed => "Completed",
        Rescheduled => "Moved to another day",
        Reworded => "Words corrected",
        Priority => "Priority changed",
        Escalated => "Escalated",
        Ruled => "By a rule",
        _ => "Changed",
    };
}
