using Microsoft.EntityFrameworkCore;
using Tieline.Operations.Batch;
using Tieline.Operations.Jobs;
using Tieline.Operations.OnCall;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.ToDos;

namespace Tieline.Operations;

/// <summary>What the room needs in every installation: the types of its To Dos, and whom they go to.</summary>
internal sealed class OperationsSeed(AppDb db, IOrganization organization, IToDos toDos) : IStartStep
{
    public const string Role = "OPERATIONS";

    public int Order => 500;

    public async Task Run(CancellationToken ct)
    {
        try
        {
            await Seed(ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Another node started at the same moment and was first.
            db.Forget();
            await Seed(ct);
        }
    }

    private async Task Seed(CancellationToken ct)
    {
        await organization.EnsureToDoRole(Role, "Failed jobs and anomalies", "", ct);
        await db.SaveChangesAsync(ct);
        await toDos.EnsureType(DeadJobToDo.ToDoType, "Failed job", 2, Role, ct);
        await toDos.EnsureType(BatchToDos.Failed, "Batch run failed", 2, Role, ct);
        await toDos.EnsureType(BatchToDos.NotStarted, "Batch run that did not start", 2, Role, ct);
        await toDos.EnsureType(BatchToDos.Late, "Batch that is late", 2, Role, ct);
        await toDos.EnsureType(BatchToDos.Error, "Record that a batch could not do", 4, Role, ct);
        await toDos.EnsureType(PausedHook.ToDoType, "Web hook paused", 3, Role, ct);
        await db.SaveChangesAsync(ct);
        foreach (var type in (string[])[DeadJobToDo.ToDoType, BatchToDos.Failed, BatchToDos.NotStarted, BatchToDos.Late, BatchToDos.Error, PausedHook.ToDoType])
            await toDos.LeadToCause(type, ct);
        await db.SaveChangesAsync(ct);
        await FillWords(ct);
    }

    /// <summary>Notices of releases that did not keep by which words they are found.</summary>
    private async Task FillWords(CancellationToken ct)
    {
        foreach (var notice in await db.Set<Notice>().Where(n => n.Words == "").Select(n => new { n.Id, n.Text }).ToListAsync(ct))
        {
            var words = SearchText.Fold(notice.Text);
            await db.InTransaction(() => db.Set<Notice>().Where(n => n.Id == notice.Id).ExecuteUpdateAsync(s => s.SetProperty(n => n.Words, words), ct), ct);
        }
    }
}
