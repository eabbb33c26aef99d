using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>
/// Gives the actor the work that is next: open, theirs or of one of their roles and within their skills, by priority, then by the day it
/// is due, then by age. They are at work on it from then on; of many who ask at once each gets another.
/// </summary>
internal sealed class NextToDo(AppDb db, CurrentActor actor, ToDoDesk desk, Fitness fitness) : IUse<NextToDo.Input, NextToDo.Given>
{
    /// <summary>As many may ask at the same moment before one has to look again.</summary>
    private const int Candidates = 64;

    /// <param name="RoleId">Only of this role, to which the actor belongs; of all of them and their own when null.</param>
    public sealed record Input(long? RoleId = null);

    /// <param name="Id">Null when nothing waits.</param>
    public sealed record Given(long? Id);

    public async Task<Outcome<Given>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        if (desk.Me is not { } me)
            return new Problem(null, "Only an employee can work on a To Do.", "todo.start.not_employee");
        var roles = await desk.MyRoles(ct);
        if (input.RoleId is { } only && !roles.Contains(only))
            return new Problem(nameof(Input.RoleId), "You do not belong to this role.", "todo.role.not_mine");
        var people = input.RoleId is null ? await desk.MeAndAbsent(ct) : [];
        var beyond = await fitness.BeyondSkills(me, ct);
        return await db.InTransaction(async () => new Given(await Take(me, people, input.RoleId is { } one ? [one] : roles, beyond, ct)), ct);
    }

    private async Task<long?> Take(long me, IReadOnlyList<long> people, IReadOnlyList<long> roles, IReadOnlyList<string> beyond, CancellationToken ct)
    {
        while (await Waiting(people, roles, beyond, ct) is { Count: > 0 } waiting)
        {
            var all = waiting.Count < Candidates;
            while (await db.HoldFirstFree("to_do", waiting, ct) is { } id)
            {
                var toDo = await db.Set<ToDo>().SingleAsync(t => t.Id == id, ct);
                // Taken between the look and the hold.
                if (toDo.State != ToDoState.Open || !toDo.Start(me, actor.Actor.Name))
                {
                    db.Entry(toDo).State = EntityState.Detached;
                    waiting.Remove(id);
                    continue;
                }
                await desk.Step(toDo, ToDoSteps.Started, null, new ToDoStarted(id, me), ct);
                await db.SaveChangesAsync(ct);
                return id;
            }
            // What is left is in the hands of others who take it at this moment.
            if (all)
                return null;
        }
        return null;
    }

    /// <summary>Each part follows its own index and is read no further than it is needed, as in the lists.</summary>
    private Task<List<long>> Waiting(IReadOnlyList<long> people, IReadOnlyList<long> roles, IReadOnlyList<string> beyond, CancellationToken ct)
    {
        // The condition of the indexes is said as well.
        var open = db.Set<ToDo>().Where(t => t.State != ToDoState.Complete && t.State == ToDoState.Open);
        // What was given to somebody by name is theirs with or without the skill.
        var fit = beyond.Count == 0 ? open : open.Where(t => !beyond.Contains(t.TypeCode));
        var parts = roles.Select(r => First(fit.Where(t => t.RoleId == r && t.EmployeeId == null))).Concat(people.Select(p => First(open.Where(t => t.EmployeeId == p)))).ToArray();
        return parts.Length == 0 ? Task.FromResult<List<long>>([]) : First(parts.Aggregate((a, b) => a.Concat(b))).Select(t => t.Id).ToListAsync(ct);
    }

    private static IQueryable<ToDo> First(IQueryable<ToDo> toDos) => toDos.OrderBy(t => t.Priority).ThenBy(t => t.DueOn).ThenBy(t => t.Id).Take(Candidates);
}
