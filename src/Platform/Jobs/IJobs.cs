using System.Diagnostics;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;

namespace Tieline.Platform.Jobs;

/// <summary>Puts work into the job table, in the caller's transaction.</summary>
public interface IJobs
{
    /// <param name="runAt">UTC; null for as soon as the transaction has committed.</param>
    /// <param name="uniqueKey">At most one job of the kind ever has this key; a second one is left out silently.</param>
    Task Enqueue<TPayload>(string kind, TPayload payload, CancellationToken ct, DateTime? runAt = null, string? uniqueKey = null);
}

/// <summary>Does one kind of job. Runs at least once: must be idempotent.</summary>
public interface IJobHandler<in TPayload>
{
    Task Run(TPayload payload, JobRun job, CancellationToken ct);
}

/// <summary>The running job.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="Node">That runs it.</param>
public sealed record JobRun(long Id, string Kind, int Attempt, DateTime EnqueuedAt, string Node = "");

/// <summary>Thrown by a handler for what no retry can mend: the job is dead at once.</summary>
public sealed class PoisonedJobException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Binds a kind to its handler.</summary>
internal sealed record JobKind(string Kind, bool Outside, bool Lasting, Func<IServiceProvider, string, JobRun, CancellationToken, Task> Run);

/// <summary>In which slots the kinds run.</summary>
public sealed class JobKinds
{
    internal JobKinds(IReadOnlyCollection<JobKind> kinds)
    {
        Inside = [.. kinds.Where(k => !k.Outside).Select(k => k.Kind)];
        Short = [.. kinds.Where(k => k is { Outside: false, Lasting: false }).Select(k => k.Kind)];
        Lasting = [.. kinds.Where(k => k.Lasting).Select(k => k.Kind)];
        Outside = [.. kinds.Where(k => k.Outside).Select(k => k.Kind)];
    }

    internal string[] Inside { get; }
    /// <summary>Of these the ones that are soon over.</summary>
    internal string[] Short { get; }
    internal string[] Lasting { get; }
    internal string[] Outside { get; }

    internal bool IsOutside(string kind) => Outside.Contains(kind, StringComparer.Ordinal);
}

/// <summary>Something that nodes which run jobs are reminded of again and again; it enqueues its job where there is something to do, under a key of the moment.</summary>
public sealed record Recurring(TimeSpan Every, Func<IServiceProvider, CancellationToken, Task> Enqueue);

public static class JobRegistration
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="outside">It waits for somebody outside the house: it has slots of its own, so that a target that hangs holds up nothing in here.</param>
    /// <param name="lasting">It may go on for hours: where a node has more than one slot, one is kept free of it.</param>
    public static IServiceCollection AddJob<TPayload, THandler>(this IServiceCollection services, string kind, bool outside = false, bool lasting = false)
        where THandler : class, IJobHandler<TPayload>
    {
        services.AddScoped<THandler>();
        services.AddSingleton(new JobKind(kind, outside, lasting, (scope, payload, run, ct) =>
            scope.GetRequiredService<THandler>().Run(JsonSerializer.Deserialize<TPayload>(payload, Json)!, run, ct)));
        return services;
    }
}

internal sealed class JobQueue(AppDb db, JobSignal signal, JobKinds kinds) : IJobs
{
    // Left out, not refused, when the key is taken: two nodes that set the same timer at once must both succeed.
    private const string InsertNew = """
        insert into job (id, kind, unique_key, payload, state, run_at, attempts, max_attempts, correlation, enqueued_by, created_at)
        values (@Id, @Kind, @UniqueKey, @Payload, 'Waiting', @RunAt, 0, @MaxAttempts, @Correlation, @EnqueuedBy, @CreatedAt)
        on conflict (kind, unique_key) do nothing
        """;

    public Task Enqueue<TPayload>(string kind, TPayload payload, CancellationToken ct, DateTime? runAt = null, string? uniqueKey = null)
    {
        var job = new Job
        {
            Id = db.NextId(), Kind = kind, UniqueKey = uniqueKey, Payload = JsonSerializer.Serialize(payload, JobRegistration.Json),
            RunAt = runAt ?? db.Now, Correlation = Activity.Current?.Id, EnqueuedBy = db.Actor.Ref.ToString(), CreatedAt = db.Now,
        };
        if (uniqueKey is null)
            db.Add(job);
        else
            db.BeforeCommit($"job {kind} {uniqueKey}", token => InsertUnlessTaken(job, token));
        if (job.RunAt <= db.Now)
            db.AfterCommit(kinds.IsOutside(kind) ? signal.WakeOutside : signal.Wake);
        return Task.CompletedTask;
    }

    private async Task InsertUnlessTaken(Job job, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            InsertNew, new { job.Id, job.Kind, job.UniqueKey, job.Payload, job.RunAt, job.MaxAttempts, job.Correlation, job.EnqueuedBy, job.CreatedAt },
            transaction, cancellationToken: ct));
    }
}

/// <summary>Wakes this node's workers; other nodes find the job by their own look, at most a second later.</summary>
public sealed class JobSignal
{
    private readonly SemaphoreSlim bell = new(0, 1);
    private readonly SemaphoreSlim outside = new(0, 1);

    public void Wake() => Ring(bell);

    public void WakeOutside() => Ring(outside);

    public Task<bool> Wait(TimeSpan longest, CancellationToken ct) => bell.WaitAsync(longest, ct);

    public Task<bool> WaitOutside(TimeSpan longest, CancellationToken ct) => outside.WaitAsync(longest, ct);

    private static void Ring(SemaphoreSlim bell)
    {
        try
        {
            bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already rung: one ring wakes the worker for everything that is due.
        }
    }
}
