using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.Ageing;

/// <summary>What has waited longer than its type allows is escalated, once: it becomes urgent, and goes to the role that the type names, unless somebody is at work on it. What is on hold waits for its day.</summary>
internal sealed class EscalateOld(AppDb db, OldToDos old, IOrganization organization) : IBatchProcess
{
    public string Code => "TD-ESC";
    public string Description => "To Dos that waited too long are escalated";
    public BatchUsual Usual => new("0 50 0 * * ?");

    public async Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct) => await old.Cut(await Due(input, ct), parts, ct);

    public async Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct) => await old.First(await Due(input, ct), slice, ct);

    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        var goesTo = new Dictionary<string, ToDoRoleLine>(StringComparer.Ordinal);
        foreach (var type in await old.Types.Where(t => t.EscalatesAfterDays != null && t.EscalationRoleId != null).ToListAsync(ct))
        {
            if (type.EscalationRoleId is { } id && await organization.ToDoRole(id, ct) is { } role)
                goesTo[type.Code] = role;
        }
        return await old.Walk(await Due(input, ct), slice, async (toDo, after) =>
        {
            var age = await old.Age(toDo, input.BusinessOn, ct);
            if (age < after || !toDo.Escalate(db.Now))
                return null;
            var words = $"{age} days old";
            if (!toDo.PriorityByHand && toDo.Priority > ToDo.MostUrgentByAge)
            {
                words += $"; priority {toDo.Priority} to {ToDo.MostUrgentByAge}";
                toDo.Prioritise(ToDo.MostUrgentByAge, byHand: false);
            }
            if (toDo.State == ToDoState.Open && goesTo.TryGetValue(toDo.TypeCode, out var role) && role.Id != toDo.RoleId)
            {
                words += $"; to {role.Name}, from {toDo.AddressedTo}";
                toDo.Forward(null, role.Id, role.Name);
            }
            return (ToDoSteps.Escalated, words);
        }, ids => new ToDosEscalated(ids), ct);
    }

    private async Task<OldToDos.Old> Due(BatchInput input, CancellationToken ct)
    {
        var days = await old.Types.Where(t => t.EscalatesAfterDays != null).ToDictionaryAsync(t => t.Code, t => t.EscalatesAfterDays!.Value, StringComparer.Ordinal, ct);
        var before = await old.MadeBefore(input.BusinessOn, days, ct);
        return new(days, q => q.Where(t => t.EscalatedAt == null && t.State != ToDoState.OnHold && t.CreatedAt < before));
    }
}
