using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.Ageing;

/// <summary>Work becomes more urgent as it grows old, one step for each so many days of its type; not where somebody has set the priority, and never as urgent as what rings.</summary>
internal sealed class AgePriorities(OldToDos old) : IBatchProcess
{
    public string Code => "TD-AGE";
    public string Description => "Priorities of To Dos by their age";
    public BatchUsual Usual => new("0 40 0 * * ?");

    public async Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct) => await old.Cut(await Due(input, ct), parts, ct);

    public async Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct) => await old.First(await Due(input, ct), slice, ct);

    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        return await old.Walk(await Due(input, ct), slice, async (toDo, every) =>
        {
            var (was, age) = (toDo.Priority, await old.Age(toDo, input.BusinessOn, ct));
            var now = toDo.PriorityAtAge(age, every);
            // What was escalated stands higher than its age.
            if (now >= was || !toDo.Prioritise(now, byHand: false))
                return null;
            return (ToDoSteps.Priority, $"{was} to {now}: {age} days old");
        }, ids => new ToDosAged(ids), ct);
    }

    private async Task<OldToDos.Old> Due(BatchInput input, CancellationToken ct)
    {
        var days = await old.Types.Where(t => t.AgesEveryDays != null).ToDictionaryAsync(t => t.Code, t => t.AgesEveryDays!.Value, StringComparer.Ordinal, ct);
        var before = await old.MadeBefore(input.BusinessOn, days, ct);
        return new(days, q => q.Where(t => !t.PriorityByHand && t.Priority > ToDo.MostUrgentByAge && t.CreatedAt < before));
    }
}
