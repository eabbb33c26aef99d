using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.ToDos.Entries;

/// <summary>What the actor may see of work: as much as of the customers it is about. That there is work, and for whom, is no secret.</summary>
internal sealed class ToDosInSight(ICustomers customers)
{
    public async Task<Masking> Of(ToDo toDo, CancellationToken ct) =>
        (await customers.Masking([(toDo.PersonId, toDo.AccountId, toDo.PremiseId)], ct)).Of(toDo.PersonId, toDo.AccountId, toDo.PremiseId);

    public async Task<IReadOnlyList<ToDoLine>> Shown(IReadOnlyList<ToDoLine> lines, CancellationToken ct)
    {
        var maskings = await customers.Masking(lines.Select(l => (l.PersonId, l.AccountId, l.PremiseId)), ct);
        return [.. lines.Select(l => Shown(l, maskings.Of(l.PersonId, l.AccountId, l.PremiseId)))];
    }

    /// <summary>Of a closed customer's work not where they live.</summary>
    public static ToDoLine Shown(ToDoLine line, Masking masking) =>
        masking.IsClosed ? line with { Subject = masking.Name(line.Subject), AccountId = null, PremiseId = null } : line with { Subject = masking.Text(line.Subject) };
}

/// <summary>The history of work speaks in the words that were typed.</summary>
internal sealed class ToDoHistoryWords(AppDb db, ToDosInSight sight) : IHistoryWords
{
    public string Kind => "to_do";

    public async Task<Func<string, string, string>?> For(RecordRef subject, CancellationToken ct)
    {
        if (await db.Set<ToDo>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == subject.Id, ct) is not { } toDo)
            return null;
        var masking = await sight.Of(toDo, ct);
        return masking.IsClosed ? throw new ForbiddenException(ToDosPermissions.SeeRestricted)
            : masking.IsOpen ? null : (_, text) => masking.Text(text);
    }
}
