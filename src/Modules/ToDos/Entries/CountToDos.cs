using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>How much of my work there is, for the bell. One SELECT.</summary>
internal sealed class CountToDos(AppDb db, CurrentActor actor, ToDoDesk desk, IUtilityClock clock) : IUse<CountToDos.Input, CountToDos.Counts>
{
    public sealed record Input;

    /// <param name="Open">Addressed to me or worked on by me, and not complete.</param>
    /// <param name="DueToday">Of these, due today and not yet overdue.</param>
    /// <param name="Overdue">Of these, due before today, or today at an hour that has passed.</param>
    public sealed record Counts(int Open, int DueToday, int Overdue);

    public async Task<Outcome<Counts>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        if (desk.Me is not { } me)
            return new Counts(0, 0, 0);
        var (now, today) = (clock.Now, await clock.Today(ct));
        var all = db.Set<ToDo>().Where(t => t.State != ToDoState.Complete);
        var mine = await all.Where(t => t.EmployeeId == me).Select(t => new { t.DueOn, t.DueAt, t.UntilAt })
            .Concat(all.Where(t => t.WorkedById == me && (t.EmployeeId == null || t.EmployeeId != me)).Select(t => new { t.DueOn, t.DueAt, t.UntilAt }))
            .GroupBy(_ => 1).Select(g => new
            {
                Open = g.Count(),
                Overdue = g.Count(t => t.DueOn < today || (t.UntilAt ?? t.DueAt) < now),
                Until = g.Count(t => t.DueOn <= today || (t.UntilAt ?? t.DueAt) < now),
            }).SingleOrDefaultAsync(ct);
        return mine is null ? new Counts(0, 0, 0) : new Counts(mine.Open, mine.Until - mine.Overdue, mine.Overdue);
    }
}
