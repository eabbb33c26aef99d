using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Platform.Audit;

/// <param name="Changes">JSON: property to [before, after], or to the value for a created record.</param>
public sealed record AuditLine(long Id, DateTime At, ActorRef Actor, string Source, string Action, RecordRef Subject, RecordRef? Part, string? Changes);

/// <summary>Writes looks and events of safety, and reads the changes of a record.</summary>
public interface IAuditTrail
{
    /// <summary>
    /// Keeps that the actor looked at a record. One row, in the running transaction or its own small one; it stays when the running one is
    /// given up with an answer, which may have shown what was looked at.
    /// </summary>
    Task Looked(RecordRef subject, CancellationToken ct, string? query = null, IEnumerable<long>? shown = null);

    /// <summary>
    /// Keeps something that is no change of an entity (denied, signed in, exported), in its own transaction: it stays even when
    /// what was tried is undone. Inside an open transaction it throws (SQLite's one writer would wait for itself): use <see cref="Add"/>.
    /// </summary>
    Task Note(string action, RecordRef subject, object? details, CancellationToken ct);

    /// <summary>Adds an entry to the running transaction, for set-based writes that the context does not see.</summary>
    void Add(string action, RecordRef subject, RecordRef? part, object? changes);

    Task<IReadOnlyList<AuditLine>> Of(RecordRef subject, int limit, long? before, CancellationToken ct);
}

internal sealed class AuditTrail(AppDb db, CurrentActor actor, IServiceProvider services) : IAuditTrail
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public async Task Looked(RecordRef subject, CancellationToken ct, string? query = null, IEnumerable<long>? shown = null)
    {
        if (db.Database.CurrentTransaction is not null)
        {
            shown = shown?.ToArray();
            db.AfterRollback(token => Looked(subject, token, query, shown));
        }
        using var turn = db.Database.CurrentTransaction is null ? await db.Dialect.WriterTurn(ct) : null;
        var (connection, transaction) = await db.Sql(ct);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "insert into look (id, at, actor, source, subject, query, shown) values (@id, @at, @actor, @source, @subject, @query, @shown)";
        Add(command, "id", db.NextId());
        Add(command, "at", db.Now);
        Add(command, "actor", actor.Actor.Ref.ToString());
        Add(command, "source", actor.Source);
        Add(command, "subject", subject.ToString());
        Add(command, "query", query);
        Add(command, "shown", shown is null ? null : string.Join(',', shown));
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task Note(string action, RecordRef subject, object? details, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is not null)
            throw new InvalidOperationException($"'{action}' cannot be noted on its own inside a transaction; add it to that one.");
        // A context of its own: the one of the caller may hold a failed or unfinished piece of work.
        await using var own = Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<AppDb>(services);
        own.Add(Entry(own, action, subject, null, details));
        await own.SaveChangesAsync(ct);
    }

    public void Add(string action, RecordRef subject, RecordRef? part, object? changes) =>
        db.Add(Entry(db, action, subject, part, changes));

    public async Task<IReadOnlyList<AuditLine>> Of(RecordRef subject, int limit, long? before, CancellationToken ct) =>
        await db.Set<AuditEntry>().AsNoTracking()
            .Where(e => e.Subject == subject && (before == null || e.Id < before))
            .OrderByDescending(e => e.Id).Take(limit)
            .Select(e => new AuditLine(e.Id, e.At, e.Actor, e.Source, e.Action, e.Subject, e.Part, e.Changes))
            .ToListAsync(ct);

    private AuditEntry Entry(AppDb context, string action, RecordRef subject, RecordRef? part, object? details) => new()
    {
        Id = context.NextId(), At = context.Now, Actor = actor.Actor.Ref, Source = actor.Source, Action = action,
        Subject = subject, Part = part, Changes = details is null ? null : JsonSerializer.Serialize(details, Json),
        Correlation = Activity.Current?.TraceId.ToHexString(),
    };

    private static void Add(System.Data.Common.DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }
}
