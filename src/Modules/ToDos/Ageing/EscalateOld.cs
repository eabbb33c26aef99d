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
    public string? Cron => "0 50 0 * * ?";

    public string? Check(BatchInput input) => OldToDos.NoParameters(this, input);

    public async Task<BatchChunk> RunChunk(BatchInput input, long position, CancellationToken ct)
    {
        var types = await old.Types.Where(t => t.EscalatesAfterDays != null).ToListAsync(ct);
        var days = types.ToDictionary(t => t.Code, t => t.EscalatesAfterDays!.Value, StringComparer.Ordinal);
        var goesTo = new Dictionary<string, ToDoRoleLine>(StringComparer.Ordinal);
        foreach (var type in types)
        {
            if (type.EscalationRoleId is { } id && await organization.ToDoRole(id, ct) is { } role)
                goesTo[type.Code] = role;
        }
        var before = await old.MadeBefore(input.BusinessOn, days, ct);
        return await old.Chunk(position, days, q => q.Where(t => t.EscalatedAt == null && t.State != ToDoState.OnHold && t.CreatedAt < before), async (toDo, after) =>
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
}
