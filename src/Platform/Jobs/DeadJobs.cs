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

public sealed record DeadKind(string Kind, int Jobs);

/// <summary>Jobs that were given up, newest first.</summary>
public sealed class ListDeadJobs(AppDb db, CurrentActor actor) : IUse<ListDeadJobs.Input, Page<DeadJob>>
{
    /// <param name="Kind">Null for all.</param>
    public sealed record Input(string? After = null, int? Size = null, string? Kind = null);

    public async Task<Outcome<Page<DeadJob>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageJobs);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var kind = TypedText.OneLineOrNull(input.Kind, 200);
        var dead = db.Set<Job>().Where(j => j.State == JobState.Dead && (kind == null || j.Kind == kind));
        if (Cursor.Decode(input.After) is { } behind)
            dead = dead.Where(j => j.FinishedAt < behind.At || (j.FinishedAt == behind.At && j.Id < behind.Id));
        var found = await dead.OrderByDescending(j => j.FinishedAt).ThenByDescending(j => j.Id).Take(size + 1)
            .Select(j => new DeadJob(j.Id, j.Kind, j.Attempts, j.LastError, j.Payload, j.EnqueuedBy, j.CreatedAt, j.FinishedAt!.Value, j.DeathId)).ToListAsync(ct);
        var page = found.GetRange(0, Math.Min(found.Count, size));
        return new Page<DeadJob>(page, found.Count > size ? Cursor.Encode(page[^1].DiedAt, page[^1].Id) : null);
    }
}

/// <summary>Of which kinds they are, by name.</summary>
public sealed class ListDeadKinds(AppDb db, CurrentActor actor) : IUse<ListDeadKinds.Input, IReadOnlyList<DeadKind>>
{
    public sealed record Input;

    public async Task<Outcome<IReadOnlyList<DeadKind>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageJobs);
        var kinds = await db.Set<Job>().Where(j => j.State == JobState.Dead).GroupBy(j => j.Kind).OrderBy(g => g.Key).Select(g => new { g.Key, Jobs = g.Count() }).ToListAsync(ct);
        return Outcome<IReadOnlyList<DeadKind>>.Of([.. kinds.Select(k => new DeadKind(k.Key, k.Jobs))]);
    }
}

/// <summary>What other rooms may know of them; whoever shows it to people has asked for the right.</summary>
public sealed class DeadJobsLeft(AppDb db)
{
    /// <summary>How many are dead, by kind; kinds without any are left out. One SELECT.</summary>
    public async Task<IReadOnlyDictionary<string, int>> Of(IReadOnlyCollection<string> kinds, CancellationToken ct) =>
        await db.Set<Job>().Where(j => j.State == JobState.Dead && kinds.Contains(j.Kind)).GroupBy(j => j.Kind).Select(g => new { g.Key, Jobs = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Jobs, StringComparer.Ordinal, ct);

    /// <summary>Of a job, dead or not; null when there is none.</summary>
    public Task<string?> KindOf(long jobId, CancellationToken ct) => db.Set<Job>().Where(j => j.Id == jobId).Select(j => (string?)j.Kind).SingleOrDefaultAsync(ct);
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

/// <summary>What becomes of dead jobs. Joins the caller's transaction, which saves.</summary>
public sealed class DeadJobEnds(AppDb db, IAuditTrail audit, IEvents events, JobSignal signal)
{
    /// <summary>At once; who has more of a kind asks again.</summary>
    internal const int Most = 1_000;

    internal Task<List<long>> Of(string? kind, CancellationToken ct)
    {
        var typed = TypedText.OneLine(kind, 200);
        return db.Set<Job>().Where(j => j.State == JobState.Dead && j.Kind == typed).OrderBy(j => j.FinishedAt).ThenBy(j => j.Id).Take(Most).Select(j => j.Id).ToListAsync(ct);
    }

    /// <returns>How many were still dead.</returns>
    internal async Task<int> TryAgain(IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var jobs = await Held(ids, ct);
        foreach (var job in jobs)
        {
            (job.State, job.Attempts, job.RunAt, job.FinishedAt) = (JobState.Waiting, 0, db.Now, null);
            var about = new RecordRef("job", job.Id);
            audit.Add("tried again", about, null, null);
            if (job.DeathId is { } death)
                await events.Publish(new JobRevived(job.Id, death, Done: false), ct, about);
        }
        db.AfterCommit(signal.Wake);
        db.AfterCommit(signal.WakeOutside);
        return jobs.Count;
    }

    /// <summary>For good: it is over, as one that is done.</summary>
    /// <returns>How many were still dead.</returns>
    internal async Task<int> Drop(IReadOnlyCollection<long> ids, string reason, CancellationToken ct)
    {
        var jobs = await Held(ids, ct);
        foreach (var job in jobs)
        {
            (job.State, job.FinishedAt) = (JobState.Done, db.Now);
            var about = new RecordRef("job", job.Id);
            audit.Add("dropped", about, null, new { job.Kind, Reason = reason });
            if (job.DeathId is { } death)
                await events.Publish(new JobDropped(job.Id, job.Kind, death, reason), ct, about);
        }
        return jobs.Count;
    }

    private async Task<List<Job>> Held(IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        await db.Hold("job", ids, ct);
        return await db.Set<Job>().Where(j => ids.Contains(j.Id) && j.State == JobState.Dead).ToListAsync(ct);
    }
}

/// <summary>Gives a dead job all its attempts again, once what killed it is mended.</summary>
public sealed class TryJobAgain(AppDb db, CurrentActor actor, DeadJobEnds ends) : IUse<TryJobAgain.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageJobs);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            if (await ends.TryAgain([input.Id], ct) == 0)
                return Problem.NotFound("The dead job");
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}

/// <param name="Jobs">How many there were, at most 1,000 at once.</param>
public sealed record DeadJobsMoved(int Jobs);

/// <summary>All dead jobs of one kind, once what killed them is mended.</summary>
public sealed class TryJobsAgain(AppDb db, CurrentActor actor, DeadJobEnds ends) : IUse<TryJobsAgain.Input, DeadJobsMoved>
{
    public sealed record Input(string? Kind);

    public async Task<Outcome<DeadJobsMoved>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageJobs);
        return await db.InTransaction<Outcome<DeadJobsMoved>>(async () =>
        {
            var moved = await ends.TryAgain(await ends.Of(input.Kind, ct), ct);
            await db.SaveChangesAsync(ct);
            return new DeadJobsMoved(moved);
        }, ct);
    }
}

/// <summary>Gives a dead job up for good: nobody can mend what killed it, or it was done by hand.</summary>
public sealed class DropJob(AppDb db, CurrentActor actor, DeadJobEnds ends) : IUse<DropJob.Input, Done>
{
    public sealed record Input(long Id, string? Reason);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageJobs);
        var problems = new Problems();
        var reason = problems.Text(nameof(Input.Reason), "Reason", input.Reason, 200);
        if (problems.Any)
            return problems;
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            if (await ends.Drop([input.Id], reason, ct) == 0)
                return Problem.NotFound("The dead job");
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}

/// <summary>All dead jobs of one kind, for one reason.</summary>
public sealed class DropJobs(AppDb db, CurrentActor actor, DeadJobEnds ends) : IUse<DropJobs.Input, DeadJobsMoved>
{
    public sealed record Input(string? Kind, string? Reason);

    public async Task<Outcome<DeadJobsMoved>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageJobs);
        var problems = new Problems();
        var reason = problems.Text(nameof(Input.Reason), "Reason", input.Reason, 200);
        if (problems.Any)
            return problems;
        return await db.InTransaction<Outcome<DeadJobsMoved>>(async () =>
        {
            var moved = await ends.Drop(await ends.Of(input.Kind, ct), reason, ct);
            await db.SaveChangesAsync(ct);
            return new DeadJobsMoved(moved);
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
