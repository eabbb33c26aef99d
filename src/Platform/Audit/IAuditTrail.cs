using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Platform.Audit;

/// <param name="Changes">JSON: property to [before, after], or to the value for a created record.</param>
public sealed record AuditLine(long Id, DateTime At, ActorRef Actor, string Source, string Action, RecordRef Subject, RecordRef? Part, string? Changes);

/// <summary>A change of one of several records, a look at it, or a look at a list in which it stood.</summary>
/// <param name="Action"><c>created</c>, <c>changed</c>, <c>deleted</c> ... or <c>looked</c>.</param>
/// <param name="Query">Of a look: what was asked for, or of which part.</param>
public sealed record TraceLine(long Id, DateTime At, ActorRef Actor, string Source, string Action, RecordRef Subject, RecordRef? Part, string? Changes, string? Query);

/// <summary>A record of which something is told, as long as it was somebody's: what was before and after is another one's.</summary>
/// <param name="From">UTC; null for always.</param>
/// <param name="To">UTC, behind it; null for ever.</param>
public sealed record TracedRecord(RecordRef Record, DateTime? From = null, DateTime? To = null);

/// <summary>Records of which something is told as well, however many: found by the database, not listed.</summary>
/// <param name="Kind">Of all of them.</param>
/// <param name="Select">A constant statement that selects their references (<c>contact:12</c>) as <c>about</c>; in it <c>{of}</c> stands for <paramref name="Of"/>.</param>
public sealed record TracedMany(string Kind, string Select, long Of);

/// <param name="Records">Of which changes and looks are told; one may stand in it several times.</param>
/// <param name="Shown">Looks at lists are told in which one of these keys stood.</param>
/// <param name="From">UTC; the span is read whole, so it costs what everybody did in it.</param>
/// <param name="To">UTC; behind the span.</param>
/// <param name="Before">Only lines with a smaller id.</param>
/// <param name="Many">Of these changes, looks, and looks at lists are told too.</param>
public sealed record TraceOf(IReadOnlyCollection<TracedRecord> Records, IReadOnlyCollection<long> Shown, DateTime From, DateTime To, long? Before, int Limit, TracedMany? Many = null);

/// <summary>Writes looks and events of safety, and reads the changes of a record.</summary>
public interface IAuditTrail
{
    /// <summary>
    /// Keeps that the actor looked at a record. One row, in the running transaction or its own small one; it stays when the running one is
    /// given up with an answer, which may have shown what was looked at.
    /// </summary>
    Task Looked(RecordRef subject, CancellationToken ct, string? query = null, IEnumerable<long>? shown = null);

    /// <summary>As <see cref="Looked"/>, unless the actor's look at the same record with the same words and keys is kept already: for what pages ask again by themselves.</summary>
    Task LookedOnce(RecordRef subject, CancellationToken ct, string query, IReadOnlyCollection<long> shown);

    /// <summary>
    /// Keeps something that is no change of an entity (denied, signed in, exported), in its own transaction: it stays even when
    /// what was tried is undone. Inside an open transaction it throws (SQLite's one writer would wait for itself): use <see cref="Add"/>.
    /// </summary>
    Task Note(string action, RecordRef subject, object? details, CancellationToken ct);

    /// <summary>Adds an entry to the running transaction, for set-based writes that the context does not see.</summary>
    void Add(string action, RecordRef subject, RecordRef? part, object? changes);

    Task<IReadOnlyList<AuditLine>> Of(RecordRef subject, int limit, long? before, CancellationToken ct);

    /// <summary>Who changed some records of one customer and who looked at them, newest first; two SELECTs.</summary>
    Task<IReadOnlyList<TraceLine>> Trace(TraceOf asked, CancellationToken ct);
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

    public async Task LookedOnce(RecordRef subject, CancellationToken ct, string query, IReadOnlyCollection<long> shown)
    {
        var (me, keys) = (actor.Actor.Ref, string.Join(',', shown));
        if (!await db.Set<Look>().AnyAsync(l => l.Subject == subject && l.Actor == me && l.Query == query && l.Shown == keys, ct))
            await Looked(subject, ct, query, shown);
    }

    public async Task Note(string action, RecordRef subject, object? details, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is not null)
            throw new InvalidOperationException($"'{action}' cannot be noted on its own inside a transaction; add it to that one.");
        // A context of its own: the one of the caller may hold a failed or unfinished piece of work.
        await using var own = Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<AppDb>(services);
        own.Add(Entry(own, action, subject, null, details));
        await own.AskBeside(ct);
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

    public async Task<IReadOnlyList<TraceLine>> Trace(TraceOf asked, CancellationToken ct)
    {
        object[] values = [asked.From, asked.To, asked.Before ?? long.MaxValue, asked.Limit, .. asked.Records.SelectMany(r => new object[] { r.Record.ToString(), r.From ?? asked.From, r.To ?? asked.To })];
        var theirs = string.Join(" or ", asked.Records.Select((_, i) => $"(subject = {{{4 + (3 * i)}}} and at >= {{{5 + (3 * i)}}} and at < {{{6 + (3 * i)}}})").DefaultIfEmpty("1 = 0"));
        var many = asked.Many?.Select.Replace("{of}", $"{{{values.Length}}}", StringComparison.Ordinal);
        if (asked.Many is { } more)
        {
            values = [.. values, more.Of];
            theirs += $" or subject in ({many})";
        }
        var entries = $$"""select * from audit_entry where at >= {0} and at < {1} and id < {2} and ({{theirs}}) order by id desc limit {3}""";
        var changes = await db.Set<AuditEntry>().FromSqlRaw(entries, values).AsNoTracking()
            .Select(e => new TraceLine(e.Id, e.At, e.Actor, e.Source, e.Action, e.Subject, e.Part, e.Changes, null)).ToListAsync(ct);
        // Keys only, so nothing that was typed gets into the statement.
        var inLists = string.Join(" or ", asked.Shown.Select(id => string.Create(CultureInfo.InvariantCulture, $"',' || shown || ',' like '%,{id},%'")).DefaultIfEmpty("1 = 0"));
        if (asked.Many is { } listed)
            inLists += string.Create(CultureInfo.InvariantCulture, $" or (shown is not null and exists (select 1 from ({many}) m where ',' || shown || ',' like '%,' || substr(m.about, {listed.Kind.Length + 2}) || ',%'))");
        var seen = $$"""select * from look where at >= {0} and at < {1} and id < {2} and ({{theirs}} or {{inLists}}) order by id desc limit {3}""";
        var looks = await db.Set<Look>().FromSqlRaw(seen, values).AsNoTracking().ToListAsync(ct);
        // Keys of both tables come from one series.
        return [.. changes.Concat(looks.Select(l => new TraceLine(l.Id, l.At, l.Actor, l.Source, "looked", l.Subject, null, null, l.Query))).OrderByDescending(l => l.Id).Take(asked.Limit)];
    }

    private AuditEntry Entry(AppDb context, string action, RecordRef subject, RecordRef? part, object? details) => new()
    {
        Id = context.NextId(), At = context.Now, Actor = actor.Actor.Ref, Source = actor.Source, Action = action,
        Subject = subject, Part = part, Changes = details is null ? null : JsonSerializer.Serialize(details, Json),
        Correlation = Activity.Current?.TraceId.ToHexString(), Cause = actor.Because,
    };

    private static void Add(System.Data.Common.DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }
}
