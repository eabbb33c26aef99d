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
    private const int ChunkSize = 1_000;

    /// <param name="days">By code of the type; types without a number are left out.</param>
    /// <param name="old">What may be changed; null for none.</param>
    /// <param name="grow">Changes one, and says what the log will say; null when nothing was to be changed.</param>
    /// <param name="fact">The event of those that were changed.</param>
    public async Task<BatchChunk> Chunk<TFact>(
        long position, IReadOnlyDictionary<string, int> days, Func<IQueryable<ToDo>, IQueryable<ToDo>> old,
        Func<ToDo, int, Task<(string Action, string Words)?>> grow, Func<IReadOnlyList<long>, TFact> fact, CancellationToken ct) where TFact : class
    {
        if (days.Count == 0)
            return new BatchChunk(position, 0, 0, Last: true);
        var codes = days.Keys.ToArray();
        var open = db.Set<ToDo>().Where(t => t.State != ToDoState.Complete && codes.Contains(t.TypeCode) && t.Id > position);
        var ids = await old(open).OrderBy(t => t.Id).Take(ChunkSize).Select(t => t.Id).ToListAsync(ct);
        if (ids.Count == 0)
            return new BatchChunk(position, 0, 0, Last: true);
        await db.Hold("to_do", ids, ct);
        var changed = new List<long>();
        foreach (var toDo in await old(db.Set<ToDo>().Where(t => t.State != ToDoState.Complete && ids.Contains(t.Id))).OrderBy(t => t.Id).ToListAsync(ct))
        {
            if (await grow(toDo, days[toDo.TypeCode]) is not var (action, words))
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
        return new BatchChunk(ids[^1], changed.Count, ids.Count - changed.Count, Last: ids.Count < ChunkSize);
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

    internal static string? NoParameters(IBatchProcess process, BatchInput input) =>
        input.Parameters.Keys.FirstOrDefault() is { } unknown ? $"{process.Code} has no parameter {unknown}." : null;
}
