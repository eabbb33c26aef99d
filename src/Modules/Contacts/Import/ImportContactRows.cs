using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Import;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Import;

/// <summary>
/// Imports a chunk of a file's rows as contacts, in one transaction. Rows that are there already (by source and key) stay as they are, so that
/// a file may be imported again, whole or mended.
/// </summary>
internal sealed class ImportContactRows(
    AppDb db, CurrentActor actor, ICustomers customers, ITimeline timeline, IOrganization organization, IEvents events, ReminderBook book, FoundType known, IUtilityClock clock, ISettings settings)
    : IUse<ImportContactRows.Input, ImportContactRows.Imported>
{
    public sealed record Input(ContactMapping Mapping, IReadOnlyList<ImportRow> Rows);
    public sealed record Imported(IReadOnlyList<RowResult> Results);

    public async Task<Outcome<Imported>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Import);
        if (input.Mapping is null)
            return Problem.Required(nameof(Input.Mapping), "Mapping");
        if (input.Mapping.Check(null) is { } message)
            return new Problem(nameof(Input.Mapping), message, "import.mapping");
        if (input.Rows is null || input.Rows.Any(r => r?.Values is null))
            return new Problem(nameof(Input.Rows), "A row is missing.", "import.row.missing");
        if (input.Rows.Count > 5_000)
            return new Problem(nameof(Input.Rows), "At most 5,000 rows at once.", "import.too_many");
        var others = await settings.SecretOnes(ct);
        if (input.Mapping.RejectSecretNumbers)
            TypedNumbers.Refuse(others);
        else
            TypedNumbers.Mask(others);
        return await db.InTransaction(async () => Outcome<Imported>.Of(new Imported(await Import(input, ct))), ct);
    }

    private async Task<IReadOnlyList<RowResult>> Import(Input input, CancellationToken ct)
    {
        var source = TypedText.OneLine(input.Mapping.Source, 50);
        var results = new List<RowResult>();
        var mapped = new Dictionary<string, MappedContact>(StringComparer.Ordinal);
        foreach (var row in input.Rows)
        {
            var contact = input.Mapping.Map(row, db.Now);
            if (!contact.Ok)
                results.Add(new RowResult(row.Line, RowOutcome.Rejected, contact.ToString()));
            else if (!mapped.TryAdd(contact.Value.Key, contact.Value))
                results.Add(new RowResult(row.Line, RowOutcome.AlreadyThere));
        }
        var keys = mapped.Keys.ToArray();
        foreach (var known in await db.OfSource<Contact>(source, keys).Select(c => c.ExternalKey!).ToListAsync(ct))
        {
            mapped.Remove(known, out var contact);
            results.Add(new RowResult(contact!.Line, RowOutcome.AlreadyThere));
        }
        if (mapped.Count > 0)
            await Write(source, [.. mapped.Values], results, ct);
        return results;
    }

    private async Task Write(string source, IReadOnlyList<MappedContact> rows, List<RowResult> results, CancellationToken ct)
    {
        var role = await organization.ToDoRole(ReminderBook.DefaultRole, ct);
        var types = await Types([.. rows.Where(r => !Missing(r, role).Any())], ct);
        var today = await clock.Today(ct);
        // What a rejected row names is not added either, so they are sorted out first.
        var whole = new List<(MappedContact Row, ContactType Type, string? Characteristics)>(rows.Count);
        foreach (var row in rows)
        {
            var problems = new Problems();
            problems.List.AddRange(Missing(row, role));
            var type = problems.Any ? null : types[Code(row.Type)];
            var characteristics = type is null ? null : Check(row, type, today, problems);
            if (problems.Any)
                results.Add(new RowResult(row.Line, RowOutcome.Rejected, string.Join(" ", problems.List.Select(p => p.Message))));
            else
                whole.Add((row, type!, characteristics));
        }
        rows = [.. whole.Select(w => w.Row)];
        var people = await customers.EnsureOrganizations(source, [.. rows.Select(r => r.Organization).Where(o => o.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)], ct);
        var closed = await Closed(people, ct);
        results.AddRange(rows.Where(r => closed.Contains(r.Organization)).Select(r => new RowResult(r.Line, RowOutcome.Rejected, "This customer is closed to you: it is your own record or a relative's, or a restricted one.")));
        whole.RemoveAll(w => closed.Contains(w.Row.Organization));
        rows = [.. whole.Select(w => w.Row)];
        var places = await customers.EnsurePlaces(source, [.. rows.Select(r => r.Address).Where(a => a.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)], ct);
        var author = new ActorRef(ActorKind.Process, 0, $"import {source}");
        var (contacts, logs, reminders) = (new List<Contact>(), new List<ContactLog>(), new List<Reminder>());
        foreach (var (row, type, characteristics) in whole)
        {
            long? person = row.Organization.Length > 0 ? people[row.Organization] : null;
            long? premise = row.Address.Length > 0 ? places[row.Address] : null;
            var contact = new Contact
            {
                Id = db.NextId(), Reference = ReferenceNumber.Format(await db.NextNumber("contact", ct), "C"), TypeId = type.Id, Channel = row.Channel,
                Direction = ContactDirection.Inbound, OccurredAt = row.OccurredAt, RecordedAt = db.Now, RecordedBy = db.Actor.Ref, Source = source, ExternalKey = row.Key,
                Characteristics = characteristics,
            };
            contact.BelongTo(person, null, premise);
            if (row.IsOpen)
                contact.Open();
            else
                contact.Close(row.ClosedAt!.Value);
            contacts.Add(contact);
            logs.Add(Log(contact, row.OccurredAt, author, LogKind.Comment, row.Comment));
            if (row.Resolution.Length > 0)
                logs.Add(Log(contact, row.ClosedAt ?? row.OccurredAt, author, LogKind.Closed, row.Resolution));
            if (row.RemindOn is { } on)
            {
                reminders.Add(new Reminder
                {
                    Id = db.NextId(), ContactId = contact.Id, LogId = logs[^1].Id, RoleId = role!.Id, AddressedTo = role.Name, TriggerOn = on,
                    Body = $"{type.Name}: still open at {source}",
                });
                await book.SetTimer(reminders[^1], ct);
            }
            timeline.Tell(contact.AuditSubject, "contact", contact.OccurredAt, type.Name, RecordContact.Extract(row.Comment), row.IsOpen, person, null, premise);
            results.Add(new RowResult(row.Line, RowOutcome.Imported));
        }
        // Types, people, places and timeline first: the rest refers to them.
        if (contacts.Count > 0)
            await events.Publish(new ContactsImported(source, [.. contacts.Select(c => c.Id)]), ct);
        await db.SaveChangesAsync(ct);
        await db.BulkInsertAudited(contacts, ct);
        await db.BulkInsert(logs, ct);
        await db.BulkInsertAudited(reminders, ct);
        db.ChangeTracker.Clear();
    }

    /// <summary>Of whom an employee who sends the file says nothing; a machine's may be about everybody.</summary>
    private async Task<HashSet<string>> Closed(IReadOnlyDictionary<string, long> people, CancellationToken ct)
    {
        if (actor.Actor.Kind != ActorKind.Employee || people.Count == 0)
            return [];
        var levels = await customers.Sight([.. people.Values.Distinct()], ct);
        return people.Where(p => levels[p.Value] == SightLevel.Closed).Select(p => p.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The rules of the row's type.</summary>
    private static string? Check(MappedContact row, ContactType type, DateOnly today, Problems problems)
    {
        // Old rows may be of a type that has gone out of use since, or of one that was entered only to receive them.
        if (!type.IsInForce(today) && !type.IsInForce(DateOnly.FromDateTime(row.OccurredAt)))
            problems.Add(null, $"The type {type.Name} is not in use (any more).", "contact.type.not_in_force");
        problems.List.AddRange(LinkRules.Check(type, row.Organization.Length > 0 ? 1 : null, null, row.Address.Length > 0 ? 1 : null));
        var values = row.Characteristics.Where(c => type.Characteristics.Any(k => k.Code == c.Key)).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
        return CharacteristicValues.Read(type, values, problems);
    }

    private static IEnumerable<Problem> Missing(MappedContact row, ToDoRoleLine? role)
    {
        if (row.RemindOn is not null && role is null)
            yield return new Problem(null, $"The row is open, and there is no To Do role {ReminderBook.DefaultRole} to remind.", "import.role");
    }

    private ContactLog Log(Contact contact, DateTime at, ActorRef author, LogKind kind, string body) =>
        new() { Id = db.NextId(), ContactId = contact.Id, At = at, Author = author, Kind = kind, Body = body };

    /// <summary>The types of the rows by code; those that are missing are added, with their class, open to any place or organisation.</summary>
    private async Task<Dictionary<string, ContactType>> Types(IReadOnlyList<MappedContact> rows, CancellationToken ct)
    {
        var codes = rows.Select(r => Code(r.Type)).Distinct(StringComparer.Ordinal).ToArray();
        var types = await db.Set<ContactType>().AsNoTracking().Include(t => t.Characteristics).Where(t => codes.Contains(t.Code)).ToDictionaryAsync(t => t.Code, StringComparer.Ordinal, ct);
        var classes = await db.Set<ContactClass>().AsNoTracking().ToDictionaryAsync(c => c.Code, StringComparer.Ordinal, ct);
        foreach (var row in rows.Where(r => !types.ContainsKey(Code(r.Type))))
        {
            if (types.ContainsKey(Code(row.Type)))
                continue;
            if (!classes.TryGetValue(Code(row.Class), out var kind))
                db.Add(classes[Code(row.Class)] = kind = new ContactClass(db.NextId(), Code(row.Class), row.Class));
            var type = new ContactType
            {
                Id = db.NextId(), ClassId = kind.Id, Code = Code(row.Type), Name = row.Type, DefaultDirection = ContactDirection.Inbound,
                FromOn = DateOnly.FromDateTime(rows.Min(r => r.OccurredAt)).AddDays(-1),
            };
            type.Allow(LinkRule.Optional, LinkRule.Optional, LinkRule.Optional);
            db.Add(types[type.Code] = type);
            known.Change();
        }
        return types;
    }

    private static string Code(string name) => SearchText.Cut(SearchText.Fold(name).Replace(' ', '-').ToUpperInvariant(), 60);
}
