using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.Ageing;

/// <summary>Work becomes more urgent as it grows old, one step for each so many days of its type; not where somebody has set the priority, and never as urgent as what rings.</summary>
internal sealed class AgePriorities(OldToDos old) : IBatchProcess
{
    public string Code => "TD-AGE";
    public string Description => "Priorities of To Dos by their age";
    public string? Cron => "0 40 0 * * ?";

    public string? Check(BatchInput input) => OldToDos.NoParameters(this, input);

    public async Task<BatchChunk> RunChunk(BatchInput input, long position, CancellationToken ct)
    {
        var days = await old.Types.Where(t => t.AgesEveryDays != null).ToDictionaryAsync(t => t.Code, t => t.AgesEveryDays!.Value, StringComparer.Ordinal, ct);
        var before = await old.MadeBefore(input.BusinessOn, days, ct);
        return await old.Chunk(position, days, q => q.Where(t => !t.PriorityByHand && t.Priority > ToDo.MostUrgentByAge && t.CreatedAt < before), async (toDo, every) =>
        {
            var (was, age) = (toDo.Priority, await old.Age(toDo, input.BusinessOn, ct));
            var now = toDo.PriorityAtAge(age, every);
            // What was escalated stands higher than its age.
            if (now >= was || !toDo.Prioritise(now, byHand: false))
                return null;
            return (ToDoSteps.Priority, $"{was} to {now}: {age} days old");
        }, ids => new ToDosAged(ids), ct);
    }
}
