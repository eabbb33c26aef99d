using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Live;

namespace Tieline.ToDos.Entries;

/// <summary>Open work of somebody who is not here: what is addressed to them finds another owner, and what they took from a role or a colleague goes back.</summary>
internal sealed class HandOverWork(AppDb db, Readdressing readdressing, ILive live)
{
    private const int ChunkSize = 500;

    /// <summary>To whom it goes: a person, else a role.</summary>
    public sealed record Heir(long? EmployeeId, long? RoleId, string Name);

    /// <summary>Hands over what comes behind <paramref name="after"/>, a chunk of it, and saves.</summary>
    /// <param name="after">The last To Do that was looked at; 0 for the first chunk.</param>
    /// <param name="because">For the log.</param>
    /// <param name="which">Of their work.</param>
    /// <param name="to">Null where there is nobody: then it stays.</param>
    /// <returns>The last one that was looked at; null when there are no more.</returns>
    public async Task<long?> Chunk(long employeeId, long after, string because, Expression<Func<ToDo, bool>> which, Func<ToDo, Task<Heir?>> to, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        var theirs = await db.Set<ToDo>().Where(t => t.State != ToDoState.Complete && (t.EmployeeId == employeeId || t.WorkedById == employeeId) && t.Id > after).Where(which)
            .OrderBy(t => t.Id).Take(ChunkSize).ToListAsync(ct);
        var changed = 0;
        foreach (var toDo in theirs)
        {
            // Addressed to a role or to a colleague: they have it back.
            if (toDo.EmployeeId != employeeId)
                await readdressing.PutBack(toDo, because, ct);
            else if (await to(toDo) is { } heir)
                await readdressing.Give(toDo, heir.EmployeeId, heir.RoleId, heir.Name, because, ct);
            else
                continue;
            changed++;
        }
        if (changed > 0)
        {
            await live.Tell("todo", null, ct);
            await db.SaveChangesAsync(ct);
        }
        return theirs.Count < ChunkSize ? null : theirs[^1].Id;
    }
}
