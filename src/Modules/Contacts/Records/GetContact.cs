using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Contacts.WrapUps;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>A contact with all that was said and promised about it. The look is kept.</summary>
internal sealed class GetContact(AppDb db, CurrentActor actor, ContactBook book, ICustomers customers, IFiles files, IAuditTrail audit, ReferenceCache<KnownWrapUps> wrapUps,
    ContactsInSight sight)
    : IUse<GetContact.Input, GetContact.File>
{
    public sealed record Input(long Id);

    /// <param name="Value">As stored: numbers with a point, days as yyyy-MM-dd, <c>true</c>/<c>false</c>.</param>
    public sealed record Value(string Code, string Label, string Kind, string Text);

    /// <param name="Records">Of a move: where it was before; of an attachment: to whom. By reference, and only for those who may correct and see that record.</param>
    public sealed record LogLine(long Id, DateTime At, ActorRef Author, string Kind, string Body, IReadOnlyList<Named>? Records);

    /// <param name="Text">A reference or number to read out.</param>
    public sealed record Named(RecordRef Record, string Text);

    public sealed record ReminderLine(
        long Id, DateOnly On, TimeOnly? From, TimeOnly? To, long? EmployeeId, long? RoleId, string AddressedTo, string? Phone, string Text, string State,
        ActorRef? ResolvedBy, DateTime? ResolvedAt, string? Resolution, int Version);

    public sealed record AttachedFile(long Id, string Name, string MediaType, long Length);

    /// <param name="Text">The words that count: the first, or those that corrected them.</param>
    /// <param name="FilesOpen">The actor may open its files now.</param>
    public sealed record File(
        ContactLine Contact, string TypeCode, string? Person, string? Account, string? Premise, string Text, DateTime RecordedAt, DateTime? ClosedAt, string? Source,
        IReadOnlyList<Value> Characteristics, IReadOnlyList<LogLine> Log, IReadOnlyList<ReminderLine> Reminders, IReadOnlyList<AttachedFile> Files,
        long? InteractionId = null, string? WrapUp = null, bool? ResolvedNow = null, string? ReporterName = null, string? ReporterPhone = null,
        long? SameAsId = null, int FurtherReports = 0, SightLevel Sight = SightLevel.Full, bool FilesOpen = true);

    public async Task<Outcome<File>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        var contact = await db.Set<Contact>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == input.Id, ct);
        if (contact is null)
            return ContactBook.NotThere;
        var masking = await sight.Of(contact, ct);
        if (masking.IsClosed)
        {
            await audit.Looked(contact.PersonId is { } closed ? new RecordRef("person", closed) : contact.AuditSubject, ct, ContactsInSight.LookAtClosed, [contact.Id]);
            return ContactsInSight.Closed;
        }
        var line = await ContactsDoor.Lines(db, db.Set<Contact>().Where(c => c.Id == contact.Id)).SingleAsync(ct);
        var type = await book.TypeOf(contact, ct);
        var log = await db.Set<ContactLog>().AsNoTracking().Where(l => l.ContactId == contact.Id).OrderBy(l => l.Id).ToListAsync(ct);
        var reminders = await db.Set<Reminder>().AsNoTracking().Where(r => r.ContactId == contact.Id).OrderBy(r => r.Id).ToListAsync(ct);
        var names = await customers.Describe([.. ContactBook.Belongings(contact.PersonId, contact.AccountId, contact.PremiseId).OfType<RecordRef>()], ct);
        string? Name(string kind, long? id) => id is { } key ? names.GetValueOrDefault(new RecordRef(kind, key)) : null;
        var attached = await files.Of(contact.AuditSubject, ct);
        var lines = new List<LogLine>(log.Count);
        foreach (var entry in log)
            lines.Add(new LogLine(entry.Id, entry.At, entry.Author, entry.Kind.ToString(), masking.Text(entry.Body), await Records(entry, ct)));
        await audit.Looked(contact.PersonId is { } person ? new RecordRef("person", person) : contact.AuditSubject, ct, contact.Reference, [contact.Id]);
        return new File(
            line with { Place = masking.Text(line.Place) }, type.Code, Name("person", contact.PersonId), Name("account", contact.AccountId), Name("premise", contact.PremiseId),
            masking.Text(log.FindLast(l => l.Kind == LogKind.CorrectedText)?.Body ?? log.FirstOrDefault()?.Body ?? ""), contact.RecordedAt, contact.ClosedAt, contact.Source,
            [.. Values(contact, type).Select(v => v with { Text = masking.Text(v.Text) })], lines,
            [.. reminders.Select(r => new ReminderLine(
                r.Id, r.TriggerOn, r.FromTime, r.ToTime, r.EmployeeId, r.RoleId, r.AddressedTo, masking.Phone(r.Phone), masking.Text(r.Body), r.State.ToString(), r.ResolvedBy, r.ResolvedAt, masking.Text(r.Resolution), r.Version))],
            [.. attached.Select(f => new AttachedFile(f.Id, masking.Text(f.Name), f.MediaType, f.Length))],
            contact.InteractionId, contact.WrapUpCodeId is { } ended ? (await wrapUps.Get(ct)).Find(ended, null)?.Name : null, contact.ResolvedNow, masking.Text(contact.ReporterName),
            masking.Phone(contact.ReporterPhone), contact.SameAsId, type.Emergency ? await db.Set<Contact>().CountAsync(c => c.SameAsId == contact.Id, ct) : 0, await sight.Whole(contact, ct) is null ? SightLevel.Full : SightLevel.Masked,
            attached.Count == 0 || await sight.MayOpenFiles(contact, ct));
    }

    private static List<Value> Values(Contact contact, ContactType type) =>
        [.. CharacteristicValues.Of(contact.Characteristics)
            .Select(v => (Pair: v, Known: type.Characteristics.FirstOrDefault(c => c.Code == v.Key)))
            .OrderBy(v => v.Known?.Position ?? int.MaxValue)
            .Select(v => new Value(v.Pair.Key, v.Known?.Label ?? v.Pair.Key, (v.Known?.Kind ?? CharacteristicKind.Text).ToString(), v.Pair.Value))];

    private async Task<IReadOnlyList<Named>?> Records(ContactLog entry, CancellationToken ct)
    {
        if (entry.Records is null || !ContactsPermissions.MaySeeWhereItStood(actor))
            return null;
        var named = new List<Named>();
        foreach (var record in entry.Records.Split(' ').Select(RecordRef.Parse))
        {
            named.Add(new Named(record, record.Kind switch
            {
                "person" => (await customers.Person(record.Id, ct))?.Reference is { Length: > 0 } reference ? reference : null,
                "account" => (await customers.Account(record.Id, ct))?.Number,
                _ => null,
            } ?? $"{record.Kind} {record.Id}"));
        }
        return named;
    }
}
