using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts;

internal sealed class ContactsDoor(AppDb db, CurrentActor actor, RecordContact record, AddLogEntry logEntry, TakeBackContact takeBack, FoundType types, IAuditTrail audit, IUtilityClock clock, ContactsInSight sight) : IContacts
{
    public async Task<Outcome<long>> Record(NewContact contact, CancellationToken ct)
    {
        if (!Enum.TryParse<Channel>(contact.Channel, ignoreCase: true, out var channel) || !Enum.IsDefined(channel))
            return new Problem("Channel", $"There is no channel '{contact.Channel}'.", "contact.channel.unknown");
        ContactDirection? direction = Enum.TryParse<ContactDirection>(contact.Direction, ignoreCase: true, out var given) && Enum.IsDefined(given) ? given : null;
        var recorded = await record.Handle(new(
            contact.TypeId, contact.TypeId is null ? contact.TypeCode : null, contact.PersonId, contact.AccountId, contact.PremiseId, channel, direction, contact.Comment, contact.OccurredAt,
            contact.Characteristics, Source: contact.Source, ExternalKey: contact.ExternalKey), ct);
        return recorded.Ok ? recorded.Value.Id : Outcome<long>.Broken(recorded.Problems);
    }

    public async Task<long?> TypeByShorthand(string typed, CancellationToken ct) =>
        string.IsNullOrWhiteSpace(typed) ? null : (await types.Find(null, typed, ct))?.Id ?? -1;

    public Task<Problem?> TakeBack(long contactId, string why, CancellationToken ct) => takeBack.Handle(contactId, why, ct);

    public async Task<Outcome<Done>> Say(long contactId, string text, CancellationToken ct) =>
        await logEntry.Handle(new(contactId, text), ct) is { Ok: false } refused ? Outcome<Done>.Broken(refused.Problems) : Done.It;

    public async Task<IReadOnlyList<ContactLine>> OpenOf(long personId, int limit, CancellationToken ct) =>
        await sight.IsClosed(personId, ct) ? [] : await sight.WithoutClosed(
            await Lines(db, db.Set<Contact>().Where(c => c.PersonId == personId && c.Status == ContactStatus.Open).OrderByDescending(c => c.Id).Take(limit)).ToListAsync(ct), ct);

    public async Task<IReadOnlyList<ContactLine>> CameInToday(int limit, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        var since = await clock.StartOf(await clock.Today(ct), ct);
        var lines = await Lines(db, db.Set<Contact>().Where(c => c.Status == ContactStatus.Open && c.Direction == ContactDirection.Inbound && c.OccurredAt >= since)
            .OrderByDescending(c => c.OccurredAt).ThenByDescending(c => c.Id).Take(limit)).ToListAsync(ct);
        var shown = await sight.WithoutClosed(lines, ct);
        if (shown.Count > 0)
            await audit.Looked(new RecordRef("contact", 0), ct, "contacts that came in today", shown.Select(l => l.Id).Concat(shown.Select(l => l.PersonId).OfType<long>().Distinct()));
        return shown;
    }

    public async Task<IReadOnlySet<long>> FilesOpen(IReadOnlyCollection<long> contactIds, CancellationToken ct)
    {
        if (contactIds.Count == 0 || !actor.May(ContactsPermissions.Read))
            return new HashSet<long>();
        var contacts = await db.Set<Contact>().AsNoTracking().Where(c => contactIds.Contains(c.Id)).ToListAsync(ct);
        return await sight.FilesOpen(contacts, ct);
    }

    public async Task<RecordRef> RecordOf(long contactId, CancellationToken ct) =>
        await db.Set<Contact>().Where(c => c.Id == contactId).Select(c => c.PersonId).SingleOrDefaultAsync(ct) is { } person ? new RecordRef("person", person) : new RecordRef("contact", contactId);

    /// <summary>The shape in which lists show contacts.</summary>
    internal static IQueryable<ContactLine> Lines(AppDb db, IQueryable<Contact> contacts) =>
        from c in contacts
        join t in db.Set<ContactType>() on c.TypeId equals t.Id
        join k in db.Set<ContactClass>() on t.ClassId equals k.Id
        select new ContactLine(
            c.Id, c.Reference, c.TypeId, k.Name, t.Name, c.PersonId, c.AccountId, c.PremiseId, c.Channel.ToString(), c.Direction.ToString(), c.Status.ToString(),
            c.OccurredAt, c.RecordedBy, c.Version, c.Place);
}
