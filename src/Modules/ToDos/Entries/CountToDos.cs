using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>How much of my work there is, for the bell, which rings for what nobody of my roles has taken too.</summary>
internal sealed class CountToDos(AppDb db, CurrentActor actor, ToDoDesk desk, IUtilityClock clock) : IUse<CountToDos.Input, CountToDos.Counts>
{
    public sealed record Input;

    /// <param name="Open">Addressed to me or worked on by me (or by someone absent whose deputy I am), not complete, and not on hold for another day.</param>
    /// <param name="DueToday">Of these and of what waits for my roles, due today and not yet overdue.</param>
    /// <param name="Overdue">Likewise, due before today, or today at an hour that has passed.</param>
    /// <param name="Urgent">Likewise, of priority 1, made in the last two hours, and nobody has started on them: a browser rings for these.</param>
    public sealed record Counts(int Open, int DueToday, int Overdue, int Urgent = 0);

    /// <summary>The bell says "99+" beyond: of a role with a great backlog no more is counted.</summary>
    private const int Most = 100;

    public async Task<Outcome<Counts>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        if (desk.Me is null)
            return new Counts(0, 0, 0);
        var (now, today) = (clock.Now, await clock.Today(ct));
        var rings = now - UrgentToDos.Rings;
        var all = db.Set<ToDo>().Where(t => t.State != ToDoState.Complete && (t.State != ToDoState.OnHold || t.HoldUntil <= today));
        var people = await desk.MeAndAbsent(ct);
        var roles = await desk.MyRoles(ct);
        var waiting = all.Where(t => t.RoleId != null && roles.Contains(t.RoleId.Value) && t.EmployeeId == null && t.State == ToDoState.Open && t.DueOn <= today)
            .OrderBy(t => t.DueOn).ThenBy(t => t.Id).Take(Most);
        var counts = await all.Where(t => t.EmployeeId != null && people.Contains(t.EmployeeId.Value)).Select(t => new { t.DueOn, t.DueAt, t.UntilAt, Mine = true, Now = t.Priority == 1 && t.CreatedAt >= rings && t.State == ToDoState.Open })
            .Concat(all.Where(t => t.WorkedById != null && people.Contains(t.WorkedById.Value) && (t.EmployeeId == null || !people.Contains(t.EmployeeId.Value))).Select(t => new { t.DueOn, t.DueAt, t.UntilAt, Mine = true, Now = false }))
            .Concat(waiting.Select(t => new { t.DueOn, t.DueAt, t.UntilAt, Mine = false, Now = t.Priority == 1 && t.CreatedAt >= rings }))
            .GroupBy(_ => 1).Select(g => new
            {
                Open = g.Count(t => t.Mine),
                Overdue = g.Count(t => t.DueOn < today || (t.UntilAt ?? t.DueAt) < now),
                Urgent = g.Count(t => t.Now),
                Until = g.Count(t => t.DueOn <= today || (t.UntilAt ?? t.DueAt) < now),
            }).SingleOrDefaultAsync(ct);
        return counts is null ? new Counts(0, 0, 0) : new Counts(counts.Open, counts.Until - counts.Overdue, counts.Overdue, counts.Urgent);
    }
}
