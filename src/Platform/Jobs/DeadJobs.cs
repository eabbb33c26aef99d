using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Jobs;

/// <param name="Error">The last error as it was thrown.</param>
/// <param name="DeathId">Tells this time it was given up from others; null before that was kept.</param>
public sealed record DeadJob(long Id, string Kind, int Attempts, string? Error, string Payload, string EnqueuedBy, DateTime CreatedAt, DateTime DiedAt, long? DeathId);

/// <summary>Jobs that were given up, newest first.</summary>
public sealed class ListDeadJobs(AppDb db, CurrentActor actor) : IUse<ListDeadJobs.Input, Page<DeadJob>>
{
    public sealed record Input(string? After = null, int? Size = null);

    public async Task<Outcome<Page<DeadJob>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageJobs);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var dead = db.Set<Job>().Where(j => j.State == JobState.Dead);
        if (Cursor.Decode(input.After) is { } behind)
            dead = dead.Where(j => j.FinishedAt < behind.At || (j.FinishedAt == behind.At && j.Id < behind.Id));
        var found = await dead.OrderByDescending(j => j.FinishedAt).ThenByDescending(j => j.Id).Take(size + 1)
            .Select(j => new DeadJob(j.Id, j.Kind, j.Attempts, j.LastError, j.Payload, j.EnqueuedBy, j.CreatedAt, j.FinishedAt!.Value, j.DeathId)).ToListAsync(ct);
        var page = found.GetRange(0, Math.Min(found.Count, size));
        return new Page<DeadJob>(page, found.Count > size ? Cursor.Encode(page[^1].DiedAt, page[^1].Id) : null);
    }
}

/// <summary>One of them, with its whole last error.</summary>
public sealed class GetDeadJob(AppDb db, CurrentActor actor) : IUse<GetDeadJob.Input, DeadJob>
{
    public sealed record Input(long Id);

    public async Task<Outcome<DeadJob>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageJobs);
        return await db.Set<Job>().AsNoTracking().SingleOrDefaultAsync(j => j.Id == input.Id && j.State == JobState.Dead, ct) is { } j
            ? new DeadJob(j.Id, j.Kind, j.Attempts, j.LastError, j.Payload, j.EnqueuedBy, j.CreatedAt, j.FinishedAt!.Value, j.DeathId)
            : Problem.NotFound("The dead job");
    }
}

/// <summary>Gives a dead job all its attempts again, once what killed it is mended.</summary>
public sealed class TryJobAgain(AppDb db, CurrentActor actor, IAuditTrail audit, IEvents events, JobSignal signal) : IUse<TryJobAgain.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageJobs);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            var now = db.Now;
            var changed = await db.Set<Job>().Where(j => j.Id == input.Id && j.State == JobState.Dead).ExecuteUpdateAsync(
                set => set.SetProperty(j => j.State, JobState.Waiting).SetProperty(j => j.Attempts, 0).SetProperty(j => j.RunAt, now).SetProperty(j => j.FinishedAt, (DateTime?)null), ct);
            if (changed == 0)
                return Problem.NotFound("The dead job");
            var job = new RecordRef("job", input.Id);
            audit.Add("tried again", job, null, null);
            if (await db.Set<Job>().Where(j => j.Id == input.Id).Select(j => j.DeathId).SingleAsync(ct) is { } death)
                await events.Publish(new JobRevived(input.Id, death, Done: false), ct, job);
            db.AfterCommit(signal.Wake);
            db.AfterCommit(signal.WakeOutside);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct);
    }
}

/// <param name="Due">Waiting, and their time has come.</param>
/// <param name="Later">Waiting for their time.</param>
/// <param name="OldestDueAt">Since when the oldest due job waits.</param>
/// <param name="Trouble">What keeps the node that answers from writing to the database; null while it can.</param>
public sealed record QueueLook(int Due, int Running, int Later, int Dead, DateTime? OldestDueAt, string? Trouble = null, DateTime? TroubleSince = null);

/// <summary>How deep the queue is.</summary>
public sealed class LookAtQueue(AppDb db, CurrentActor actor, DatabaseTrouble trouble) : IUse<LookAtQueue.Input, QueueLook>
{
    public sealed record Input;

    public async Task<Outcome<QueueLook>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var (jobs, now) = (db.Set<Job>(), db.Now);
        var waiting = jobs.Where(j => j.State == JobState.Waiting);
        return new QueueLook(
            await waiting.CountAsync(j => j.RunAt <= now, ct), await jobs.CountAsync(j => j.State == JobState.Running, ct),
            await waiting.CountAsync(j => j.RunAt > now, ct), await jobs.CountAsync(j => j.State == JobState.Dead, ct),
            await waiting.Where(j => j.RunAt <= now).MinAsync(j => (DateTime?)j.RunAt, ct), trouble.Now?.Words, trouble.Now?.Since);
    }
}
