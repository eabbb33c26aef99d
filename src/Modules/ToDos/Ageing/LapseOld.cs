using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.Ageing;

/// <summary>What nobody needs any more once its day has long passed is complete by itself, where its type says so. What somebody works on, or waits with, stays.</summary>
internal sealed class LapseOld(AppDb db, OldToDos old) : IBatchProcess
{
    public string Code => "TD-LAPSE";
    public string Description => "To Dos that lapse after their day are completed";
    public string? Cron => "0 30 0 * * ?";

    public string? Check(BatchInput input) => OldToDos.NoParameters(this, input);

    public async Task<BatchChunk> RunChunk(BatchInput input, long position, CancellationToken ct)
    {
        var days = await old.Types.Where(t => t.LapsesAfterDays != null).ToDictionaryAsync(t => t.Code, t => t.LapsesAfterDays!.Value, StringComparer.Ordinal, ct);
        var before = input.BusinessOn.AddDays(1 - days.Values.DefaultIfEmpty(0).Min());
        return await old.Chunk(position, days, q => q.Where(t => t.State == ToDoState.Open && t.DueOn < before), (toDo, after) =>
        {
            var late = input.BusinessOn.DayNumber - toDo.DueOn.DayNumber;
            var words = $"Lapsed: nobody needed it within {late} days of its day.";
            return Task.FromResult<(string, string)?>(late < after || !toDo.Complete(db.Actor.Ref, db.Now, words) ? null : (ToDoSteps.Completed, words));
        }, ids => new ToDosLapsed(ids), ct);
    }
}
