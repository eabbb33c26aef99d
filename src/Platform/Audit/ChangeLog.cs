using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Platform.Audit;

/// <summary>Turns what is written into audit entries of the same transaction.</summary>
public static class ChangeLog
{
    // Looking an attribute up for each value costs more than writing the value.
    private static readonly ConcurrentDictionary<PropertyInfo, bool> Masked = [];

    internal static void Record(AppDb db, CurrentActor actor)
    {
        var entries = db.ChangeTracker.Entries<IAudited>()
            .Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            .ToArray();
        if (db.ChangeTracker.HasChanges() && TypedNumbers.Here.Said() is { Count: > 0 } said)
            db.Add(NotSecret(db, actor, said, entries.FirstOrDefault() ?? db.ChangeTracker.Entries<IAudited>().FirstOrDefault()));
        foreach (var entry in entries)
        {
            var changes = Changes(entry);
            if (changes is null)
                continue;
            var subject = entry.Entity.AuditSubject;
            var id = entry.Metadata.FindProperty("Id") is { ClrType: var type } && type == typeof(long) ? entry.Property<long>("Id").CurrentValue : subject.Id;
            var own = new RecordRef(entry.Metadata.GetTableName()!, id);
            db.Add(new AuditEntry
            {
                Id = db.NextId(),
                At = db.Now,
                Actor = actor.Actor.Ref,
                Source = actor.Source,
                Action = entry.State switch { EntityState.Added => "created", EntityState.Deleted => "deleted", _ => "changed" },
                Subject = subject,
                Part = own.Id == subject.Id ? null : own,
                Changes = changes,
                Correlation = Activity.Current?.TraceId.ToHexString(),
                Cause = actor.Because,
            });
        }
    }

    /// <summary>Who said that what looked like a card or national-id number is none.</summary>
    private static AuditEntry NotSecret(AppDb db, CurrentActor actor, IReadOnlyList<string> said, EntityEntry<IAudited>? about) => new()
    {
        Id = db.NextId(), At = db.Now, Actor = actor.Actor.Ref, Source = actor.Source, Action = "confirmed", Subject = about?.Entity.AuditSubject ?? new RecordRef("text", 0),
        Changes = JsonSerializer.Serialize(new { NotSecret = string.Join("; ", said) }), Correlation = Activity.Current?.TraceId.ToHexString(), Cause = actor.Because,
    };

    /// <summary>Inserts records in bulk, with their "created" entries.</summary>
    public static async Task BulkInsertAudited<T>(this AppDb db, IReadOnlyCollection<T> created, CancellationToken ct) where T : class, IAudited
    {
        if (created.Count == 0)
            return;
        await db.BulkInsert(created, ct);
        await db.AuditCreated(created, ct);
    }

    /// <summary>Writes the "created" entries of records that were inserted in bulk.</summary>
    public static async Task AuditCreated<T>(this AppDb db, IReadOnlyCollection<T> created, CancellationToken ct) where T : class, IAudited
    {
        var type = db.Model.FindEntityType(typeof(T))!;
        var (id, table) = (type.FindProperty("Id")!.GetGetter(), type.GetTableName()!);
        var properties = type.GetProperties().Where(p => !p.IsPrimaryKey() && !p.IsConcurrencyToken).Select(p => (Meta: p, Getter: p.GetGetter())).ToArray();
        var (at, actor, source, correlation, cause) = (db.Now, db.Actor.Ref, db.Source, Activity.Current?.TraceId.ToHexString(), db.Because);
        using var buffer = new MemoryStream();
        await using var json = new Utf8JsonWriter(buffer);
        await db.BulkInsert(created.Select(entity =>
        {
            buffer.SetLength(0);
            json.Reset();
            json.WriteStartObject();
            foreach (var (meta, getter) in properties)
            {
                if (getter.GetClrValue(entity) is { } value)
                {
                    json.WritePropertyName(meta.Name);
                    Write(json, meta, value);
                }
            }
            json.WriteEndObject();
            json.Flush();
            var (subject, own) = (entity.AuditSubject, new RecordRef(table, (long)id.GetClrValue(entity)!));
            return new AuditEntry
            {
                Id = db.NextId(), At = at, Actor = actor, Source = source, Action = "created", Subject = subject, Part = own.Id == subject.Id ? null : own,
                Changes = System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length), Correlation = correlation, Cause = cause,
            };
        }), ct);
    }

    /// <summary>Writes the "changed" entries of records of which one set-based write changed one property, alike for all; they are <see cref="IAudited"/>.</summary>
    public static async Task AuditChanged<T>(this AppDb db, IReadOnlyCollection<T> changed, string property, object? before, object? after, CancellationToken ct)
        where T : class
    {
        if (changed.Count == 0)
            return;
        var entity = db.Model.FindEntityType(typeof(T))!;
        var (meta, id, table) = (entity.FindProperty(property)!, entity.FindProperty("Id")!.GetGetter(), entity.GetTableName()!);
        var (at, actor, source, correlation, cause) = (db.Now, db.Actor.Ref, db.Source, Activity.Current?.TraceId.ToHexString(), db.Because);
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray(property);
            Write(json, meta, before);
            Write(json, meta, after);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        var changes = System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        await db.BulkInsert(changed.Select(record =>
        {
            var (subject, own) = (((IAudited)record).AuditSubject, new RecordRef(table, (long)id.GetClrValue(record)!));
            return new AuditEntry
            {
                Id = db.NextId(), At = at, Actor = actor, Source = source, Action = "changed", Subject = subject, Part = own.Id == subject.Id ? null : own,
                Changes = changes, Correlation = correlation, Cause = cause,
            };
        }), ct);
    }

    private static string? Changes(EntityEntry entry)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            var any = false;
            foreach (var property in entry.Properties)
            {
                var meta = property.Metadata;
                if ((meta.IsPrimaryKey() && meta.Name == "Id") || meta.IsConcurrencyToken)
                    continue;
                switch (entry.State)
                {
                    // Which role, which skill: what changes of such a row says nothing without it.
                    case EntityState.Modified when meta.IsPrimaryKey():
                        json.WritePropertyName(meta.Name);
                        Write(json, meta, property.CurrentValue);
                        break;
                    case EntityState.Modified when property.IsModified && !Equals(property.OriginalValue, property.CurrentValue):
                        json.WriteStartArray(meta.Name);
                        Write(json, meta, property.OriginalValue);
                        Write(json, meta, property.CurrentValue);
                        json.WriteEndArray();
                        any = true;
                        break;
                    case EntityState.Added when property.CurrentValue is not null:
                        json.WritePropertyName(meta.Name);
                        Write(json, meta, property.CurrentValue);
                        any = true;
                        break;
                    case EntityState.Deleted when property.OriginalValue is not null:
                        json.WritePropertyName(meta.Name);
                        Write(json, meta, property.OriginalValue);
                        any = true;
                        break;
                }
            }
            json.WriteEndObject();
            if (!any)
                return null;
        }
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static bool IsMasked(IProperty meta) =>
        meta.PropertyInfo is { } property && Masked.GetOrAdd(property, static p => p.GetCustomAttribute<MaskedAttribute>() is not null);

    private static void Write(Utf8JsonWriter json, IProperty meta, object? value)
    {
        if (value is null)
            json.WriteNullValue();
        else if (value is byte[] || IsMasked(meta))
            json.WriteStringValue("***");
        else if (value is bool flag)
            json.WriteBooleanValue(flag);
        else if (value is int or long)
            json.WriteNumberValue(Convert.ToInt64(value));
        else if (value is DateTime at)
            json.WriteStringValue(at);
        else if (value is DateOnly on)
            json.WriteStringValue(on.ToString("yyyy-MM-dd"));
        else
            json.WriteStringValue(value.ToString());
    }
}
