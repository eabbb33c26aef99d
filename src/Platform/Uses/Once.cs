using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;

namespace Tieline.Platform.Uses;

/// <summary>What was answered to a request that may come again: a double click, or a machine after a lost connection.</summary>
[NotAudited("remembers answers for seven days")]
internal sealed class Idempotency
{
    public required string Actor { get; init; }
    public required string Route { get; init; }
    public required string Key { get; init; }
    public required string BodyHash { get; init; }
    public required string Response { get; init; }
    public required DateTime CreatedAt { get; init; }
}

internal sealed class IdempotencyMap : IEntityTypeConfiguration<Idempotency>
{
    public void Configure(EntityTypeBuilder<Idempotency> builder)
    {
        builder.ToTable("idempotency");
        builder.HasKey(i => new { i.Actor, i.Route, i.Key });
        builder.HasIndex(i => i.CreatedAt, "ix_idempotency_created");
    }
}

/// <summary>
/// An input or answer of a use that runs without protection against repeats, and in no transaction around it: it holds a
/// password or a key (neither a hash of the input nor the answer may lie in the database), or the use commits step by step.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class NotRememberedAttribute(string because) : Attribute
{
    public string Because { get; } = because;
}

/// <summary>
/// Runs a use at most once per actor, route and key: the answer is stored in the transaction of the work itself. Most requests come once,
/// so nobody looks for an earlier answer first: a repeat does its work, meets the stored key, and is rolled back.
/// </summary>
public interface IOnce
{
    /// <param name="key">From the <c>Idempotency-Key</c> header or the form; null runs without this protection.</param>
    /// <param name="input">Compared by hash: the same key with another input is refused with rule <c>idempotency.reused</c>.</param>
    /// <param name="notSecret">Fields of which somebody said that what looks like a card or national-id number in them is none.</param>
    Task<Outcome<T>> Run<TInput, T>(string route, string? key, TInput input, Func<Task<Outcome<T>>> work, CancellationToken ct, IReadOnlyCollection<string>? notSecret = null);
}

internal sealed class Once(AppDb db, IProtectedValues values, ISettings settings) : IOnce
{
    public async Task<Outcome<T>> Run<TInput, T>(string route, string? key, TInput input, Func<Task<Outcome<T>>> work, CancellationToken ct, IReadOnlyCollection<string>? notSecret = null)
    {
        TypedNumbers.Use(await settings.SecretOnes(ct), notSecret ?? []);
        if (string.IsNullOrWhiteSpace(key) || typeof(TInput).IsDefined(typeof(NotRememberedAttribute), false) || typeof(T).IsDefined(typeof(NotRememberedAttribute), false))
            return await Alone(work);
        if (key.Length > 200)
            return new Problem(null, "The idempotency key is longer than 200 characters.", "idempotency.key");
        var actor = ActorKey(db.Actor);
        // Keyed: of a plain hash a national id in the body could be found out by trying all of them.
        var hash = values.Hash("idempotency", Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(input, JobRegistration.Json))));
        try
        {
            var outcome = await Guarded(() => db.InTransaction(() => Remembered(work, actor, route, key, hash, ct), ct, o => o.Ok));
            // A repeat may stumble over what its first time has changed: then the first answer counts.
            return outcome.Ok ? outcome : await Answered<T>(actor, route, key, hash, ct) ?? outcome;
        }
        catch (Exception exception) when (exception is DbUpdateException or DbException && db.Dialect.IsUniqueViolation(exception))
        {
            // The same request was answered before, or someone else took the same code; ours was rolled back whole.
            return await Answered<T>(actor, route, key, hash, ct) ?? Twice;
        }
    }

    private async Task<Outcome<T>> Remembered<T>(Func<Task<Outcome<T>>> work, string actor, string route, string key, string hash, CancellationToken ct)
    {
        var outcome = await work();
        if (outcome.Ok)
        {
            // By hand: the context would look for changes in everything the use has saved.
            var (connection, transaction) = await db.Sql(ct);
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into idempotency (actor, route, key, body_hash, response, created_at) values (@actor, @route, @key, @hash, @response, @now)",
                new { actor, route, key, hash, response = JsonSerializer.Serialize(outcome.Value, JobRegistration.Json), now = db.Now }, transaction, cancellationToken: ct));
        }
        return outcome;
    }

    private async Task<Outcome<T>?> Answered<T>(string actor, string route, string key, string hash, CancellationToken ct)
    {
        var found = await db.Set<Idempotency>().AsNoTracking().SingleOrDefaultAsync(i => i.Actor == actor && i.Route == route && i.Key == key, ct);
        if (found is null)
            return null;
        if (found.BodyHash != hash)
            return new Problem(null, "This idempotency key was already used for another request.", "idempotency.reused");
        return JsonSerializer.Deserialize<T>(found.Response, JobRegistration.Json)!;
    }

    /// <summary>Two people saved the same record: the second hears it as a value, with nothing half-written.</summary>
    private async Task<Outcome<T>> Guarded<T>(Func<Task<Outcome<T>>> work)
    {
        try
        {
            return await work();
        }
        catch (DbUpdateConcurrencyException exception)
        {
            db.Forget();
            return await Contested(exception.Entries.Select(e => e.Entity).OfType<IAudited>().FirstOrDefault()?.AuditSubject);
        }
    }

    /// <summary>Who was first, and what they changed.</summary>
    private async Task<Problem> Contested(RecordRef? record)
    {
        var first = record is not { } subject ? null
            : await db.Set<AuditEntry>().AsNoTracking().Where(e => e.Subject == subject).OrderByDescending(e => e.Id).FirstOrDefaultAsync(CancellationToken.None);
        return Problem.Conflict(
            $"{first?.Actor.Name ?? "Someone else"} has changed this in the meantime{ChangedWords.Of(first?.Changes)}. What you typed is still here: look at the record, then save again.");
    }

    private async Task<Outcome<T>> Alone<T>(Func<Task<Outcome<T>>> work)
    {
        try
        {
            return await Guarded(work);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            return Twice;
        }
    }

    private static Problem Twice => Problem.Conflict("Someone else has saved the same at this moment. What you typed is still here: look again, then save.");

    private static string ActorKey(Actor actor) => $"{actor.Kind}:{actor.Id}";
}
