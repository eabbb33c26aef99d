using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Live;
using Tieline.Platform.Time;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Ageing;

/// <summary>What the nightly runs over growing work have in common: they walk what is not complete in the order of its keys, held against people who work at night.</summary>
internal sealed class OldToDos(AppDb db, IUtilityClock clock, IEvents events, ILive live)
{
    /// <param name="Days">By code of the type; types without a number are left out.</param>
    /// <param name="Which">What may be changed.</param>
    public sealed record Old(IReadOnlyDictionary<string, int> Days, Func<IQueryable<ToDo>, IQueryable<ToDo>> Which);

    public Task<IReadOnlyList<BatchPart>> Cut(Old old, int parts, CancellationToken ct) => db.CutKeys(Keys(old, new(0)), parts, ct);

    public Task<BatchRecord?> First(Old old, BatchSlice slice, CancellationToken ct) => Keys(old, slice).FirstRecord("to_do", ct);

    /// <param name="grow">Changes one, and says what the log will say; null when nothing was to be changed.</param>
    /// <param name="fact">The event of those that were changed.</param>
    public async Task<BatchStep> Walk<TFact>(
        Old old, BatchSlice slice, Func<ToDo, int, Task<(string Action, string Words)?>> grow, Func<IReadOnlyList<long>, TFact> fact, CancellationToken ct) where TFact : class
    {
        var ids = await Keys(old, slice).OrderBy(id => id).Take(slice.Records).ToListAsync(ct);
        if (ids.Count == 0)
            return new BatchStep(slice.After, 0, 0, Last: true);
        await db.Hold("to_do", ids, ct);
        var changed = new List<long>();
        foreach (var toDo in await old.Which(db.Set<ToDo>().Where(t => t.State != ToDoState.Complete && ids.Contains(t.Id))).OrderBy(t => t.Id).ToListAsync(ct))
        {
            if (await grow(toDo, old.Days[toDo.TypeCode]) is not var (action, words))
                continue;
            db.Add(ToDoLog.Of(db, toDo.Id, action, words));
            changed.Add(toDo.Id);
        }
        if (changed.Count > 0)
        {
            await events.Publish(fact(changed), ct);
            await live.Tell("todo", null, ct);
            await db.SaveChangesAsync(ct);
        }
        return new BatchStep(ids[^1], changed.Count, ids.Count - changed.Count, Last: ids.Count < slice.Records);
    }

    private IQueryable<long> Keys(Old old, BatchSlice slice)
    {
        var codes = old.Days.Keys.ToArray();
        return old.Which(db.Set<ToDo>().Where(t => t.State != ToDoState.Complete && codes.Contains(t.TypeCode) && t.Id > slice.After && t.Id <= slice.UpTo)).Select(t => t.Id);
    }

    /// <summary>The first instant of the days on which work is younger than the youngest that is meant.</summary>
    public ValueTask<DateTime> MadeBefore(DateOnly on, IReadOnlyDictionary<string, int> days, CancellationToken ct) =>
        clock.StartOf(on.AddDays(1 - days.Values.DefaultIfEmpty(0).Min()), ct);

    /// <summary>Days since it was made, by the utility's calendar.</summary>
    public async Task<int> Age(ToDo toDo, DateOnly on, CancellationToken ct) => on.DayNumber - DateOnly.FromDateTime(await clock.ToLocal(toDo.CreatedAt, ct)).DayNumber;

    /// <summary>The priority that a To Do has by its age alone.</summary>
    public async Task<int> PriorityToday(ToDo toDo, DateOnly today, CancellationToken ct) =>
        await Types.Where(t => t.Code == toDo.TypeCode).Select(t => t.AgesEveryDays).SingleOrDefaultAsync(ct) is { } every ? toDo.PriorityAtAge(await Age(toDo, today, ct), every) : toDo.BasePriority;

    /// <summary>Types that are worth a look.</summary>
    public IQueryable<ToDoType> Types => db.Set<ToDoType>().AsNoTracking();
}
