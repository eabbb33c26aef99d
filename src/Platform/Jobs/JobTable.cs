using Dapper;
using Tieline.Platform.Data;
using Tieline.Platform.Events;

namespace Tieline.Platform.Jobs;

/// <summary>A job could not be done, however often it was tried: someone must look at it.</summary>
/// <param name="Error">The last error, its first line.</param>
/// <param name="DeathId">A job that is tried again may die again.</param>
[EventName("job.died")]
public sealed record JobDied(long JobId, [Code] string Kind, int Attempts, string Error, long DeathId);

/// <summary>Nobody needs to look at a dead job any more.</summary>
/// <param name="Done">It came to its end after all; else someone has it tried again.</param>
[EventName("job.revived")]
public sealed record JobRevived(long JobId, long DeathId, bool Done);

/// <summary>A dead job was given up for good.</summary>
[EventName("job.dropped")]
public sealed record JobDropped(long JobId, [Code] string Kind, long DeathId, string Reason);

/// <summary>Whose a job is for now.</summary>
/// <param name="Attempt">From 1. With the node it tells this hold from every other one, also from a later one of the same node.</param>
internal sealed record JobHold(long Id, string Node, int Attempt);

/// <summary>What the node that has claimed a job needs in order to run it.</summary>
internal sealed class ClaimedJob
{
    public required long Id { get; init; }
    public required string Kind { get; init; }
    public required string Payload { get; init; }
    /// <summary>With this one.</summary>
    public required int Attempts { get; init; }
    public required int MaxAttempts { get; init; }
    public string? Correlation { get; init; }
    public required DateTime CreatedAt { get; init; }
    public long? DeathId { get; init; }
}

/// <summary>The statements by which jobs change hands. Time is the database's: nodes' clocks differ.</summary>
internal sealed class JobTable(Dialect dialect)
{
    private const int MaxError = 8_000;
    private const string Held = "where id = @Id and node = @Node and attempts = @Attempt and state = 'Running'";

    /// <summary>Takes up to <paramref name="limit"/> due jobs, and those whose holder has not been heard of for a lease.</summary>
    /// <param name="kinds">What the node can do here.</param>
    /// <param name="elsewhere">What it does in other slots.</param>
    public async Task<IReadOnlyList<ClaimedJob>> Claim(string node, IReadOnlyCollection<string> kinds, int limit, TimeSpan lease, CancellationToken ct, IReadOnlyCollection<string>? elsewhere = null)
    {
        using var turn = await dialect.WriterTurn(ct);
        // As the job itself will need one: who gets none claims nothing.
        await using var connection = await dialect.Open(ct);
        return (await connection.QueryAsync<ClaimedJob>(new CommandDefinition(
            dialect.ClaimJobs, new { node, kinds, elsewhere = elsewhere ?? [], lease = lease.TotalSeconds, limit }, cancellationToken: ct))).AsList();
    }

    /// <summary>The node says that it is alive.</summary>
    public Task Beat(string node, int slots, CancellationToken ct) =>
        Change(
            $"""
            insert into job_node (name, started_at, seen_at, slots) values (@node, {dialect.Now}, {dialect.Now}, @slots)
            on conflict (name) do update set seen_at = excluded.seen_at
            """, new { node, slots }, ct);

    /// <summary>The node is known to be gone: whatever it had in hand is due for others.</summary>
    public Task EndLeases(string gone, CancellationToken ct) =>
        Change($"update job set lease_until = {dialect.Now} where state = 'Running' and node = @gone", new { gone }, ct);

    /// <returns>False when the hold is lost: another node has taken over.</returns>
    public Task<bool> Keep(JobHold hold, TimeSpan lease, CancellationToken ct) =>
        Change($"update job set lease_until = {dialect.NowPlusSeconds} {Held}", new { hold.Id, hold.Node, hold.Attempt, seconds = lease.TotalSeconds }, ct);

    public Task<bool> Done(JobHold hold, CancellationToken ct) =>
        Change($"update job set state = 'Done', lease_until = null, finished_at = {dialect.Now} {Held}", hold, ct);

    /// <summary>Done after all, though it had been given up once: announced in the same transaction.</summary>
    public Task<bool> DoneAfterAll(AppDb db, IEvents events, JobHold hold, long deathId, CancellationToken ct) =>
        Announced(db, events, $"update job set state = 'Done', lease_until = null, finished_at = {dialect.Now} {Held}", hold, new JobRevived(hold.Id, deathId, Done: true), hold.Id, ct);

    /// <summary>To be tried again after <paramref name="wait"/>.</summary>
    public Task<bool> Retry(JobHold hold, string error, TimeSpan wait, CancellationToken ct) =>
        Change(
            $"update job set state = 'Waiting', lease_until = null, last_error = @error, run_at = {dialect.NowPlusSeconds} {Held}",
            new { hold.Id, hold.Node, hold.Attempt, error = Short(error), seconds = wait.TotalSeconds }, ct);

    /// <summary>Given back unfinished by a node that stops: that was no attempt.</summary>
    public Task<bool> GiveBack(JobHold hold, CancellationToken ct) =>
        Change($"update job set state = 'Waiting', lease_until = null, attempts = attempts - 1, run_at = {dialect.Now} {Held}", hold, ct);

    /// <summary>No more attempts. Announced in the same transaction, so that no dead job goes unnoticed.</summary>
    public Task<bool> Bury(AppDb db, IEvents events, JobHold hold, string kind, string error, CancellationToken ct)
    {
        var death = db.NextId();
        return Announced(
            db, events, $"update job set state = 'Dead', lease_until = null, last_error = @error, death_id = @death, finished_at = {dialect.Now} {Held}",
            new { hold.Id, hold.Node, hold.Attempt, error = Short(error), death }, new JobDied(hold.Id, kind, hold.Attempt, FirstLine(error), death), hold.Id, ct);
    }

    private static Task<bool> Announced<T>(AppDb db, IEvents events, string sql, object values, T fact, long jobId, CancellationToken ct) where T : class =>
        db.InTransaction(async () =>
        {
            var (connection, transaction) = await db.Sql(ct);
            var held = await connection.ExecuteAsync(new CommandDefinition(sql, values, transaction, cancellationToken: ct)) == 1;
            if (held)
            {
                await events.Publish(fact, ct, new RecordRef("job", jobId));
                await db.SaveChangesAsync(ct);
            }
            return held;
        }, ct);

    private async Task<bool> Change(string sql, object values, CancellationToken ct)
    {
        using var turn = await dialect.WriterTurn(ct);
        await using var connection = await dialect.OpenBeside(ct);
        return await connection.ExecuteAsync(new CommandDefinition(sql, values, cancellationToken: ct)) == 1;
    }

    private static string Short(string error) => error.Length > MaxError ? error[..MaxError] : error;

    private static string FirstLine(string error)
    {
        var line = error.AsSpan(0, error.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? end : error.Length);
        return line.Length > 500 ? line[..500].ToString() : line.ToString();
    }
}
