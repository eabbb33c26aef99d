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
    public BatchUsual Usual => new("0 30 0 * * ?");

    public async Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct) => await old.Cut(await Due(input, ct), parts, ct);

    public async Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct) => await old.First(await Due(input, ct), slice, ct);

    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        return await old.Walk(await Due(input, ct), slice, (toDo, after) =>
        {
            var late = input.BusinessOn.DayNumber - toDo.DueOn.DayNumber;
            var words = $"Lapsed: nobody needed it within {late} days of its day.";
            return Task.FromResult<(string, string)?>(late < after || !toDo.Complete(db.Actor.Ref, db.Now, words) ? null : (ToDoSteps.Completed, words));
        }, ids => new ToDosLapsed(ids), ct);
    }

    private async Task<OldToDos.Old> Due(BatchInput input, CancellationToken ct)
    {
        var days = await old.Types.Where(t => t.LapsesAfterDays != null).ToDictionaryAsync(t => t.Code, t => t.LapsesAfterDays!.Value, StringComparer.Ordinal, ct);
        var before = input.BusinessOn.AddDays(1 - days.Values.DefaultIfEmpty(0).Min());
        return new(days, q => q.Where(t => t.State == ToDoState.Open && t.DueOn < before));
    }
}
