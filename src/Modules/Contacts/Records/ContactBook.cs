using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>What every change of a recorded contact does alike: it adds to the log, retells the timeline, and tells the second of two people who save.</summary>
internal sealed class ContactBook(AppDb db, ITimeline timeline, IAuditTrail audit, ContactsInSight sight, ICustomers customers)
{
    public static readonly Problem NotThere = Problem.NotFound("The contact");

    /// <exception cref="Platform.Security.ForbiddenException">It is a closed customer's.</exception>
    public async Task<Contact?> Find(long id, CancellationToken ct) =>
        await db.Set<Contact>().SingleOrDefaultAsync(c => c.Id == id, ct) is { } contact ? await sight.Open(contact, ct) : null;

    /// <summary>
    /// The contact, which nobody else changes until the commit: to whom it belongs and to whom its To Dos do is one thing, and a
    /// To Do of it may be made at this moment.
    /// </summary>
    public async Task<Contact?> Hold(long id, CancellationToken ct)
    {
        await db.Hold("contact", [id], ct);
        return await Find(id, ct);
    }

    /// <summary>First of all in a transaction that changes a contact and what hangs on it: people before what is recorded about them.</summary>
    public async Task KeepFromMerging(IQueryable<long> contact, CancellationToken ct)
    {
        if (await db.Set<Contact>().Where(c => contact.Contains(c.Id)).Select(c => new { c.PersonId, c.PremiseId }).SingleOrDefaultAsync(ct) is { } about)
            await customers.KeepFromMerging(about.PersonId, about.PremiseId, ct);
    }

    public Task<ContactType> TypeOf(Contact contact, CancellationToken ct) =>
        db.Set<ContactType>().AsNoTracking().Include(t => t.Characteristics).SingleAsync(t => t.Id == contact.TypeId, ct);

    /// <summary>Null when the contact still is as the person saw it; otherwise who changed what.</summary>
    public async Task<Problem?> Contested(Contact contact, int version, CancellationToken ct)
    {
        db.Expect(contact, version);
        if (contact.Version == version)
            return null;
        var last = (await audit.Of(contact.AuditSubject, 1, null, ct)).FirstOrDefault();
        return Problem.Conflict(
            $"{last?.Actor.Name ?? "Someone"} has changed this contact in the meantime{ChangedWords.Of(last?.Changes)}. What you typed is still here: look at the contact, then save again.");
    }

    public ContactLog Log(Contact contact, LogKind kind, string body, params RecordRef?[] records)
    {
        var named = records.OfType<RecordRef>().ToArray();
        var log = new ContactLog
        {
            Id = db.NextId(), ContactId = contact.Id, At = db.Now, Author = db.Actor.Ref, Kind = kind, Body = body,
            Records = named.Length == 0 ? null : string.Join(' ', named),
        };
        db.Add(log);
        return log;
    }

    /// <summary>What the contact says: its first words, or those that corrected them.</summary>
    public async Task<string> TextOf(long contactId, CancellationToken ct) =>
        await db.Set<ContactLog>().Where(l => l.ContactId == contactId && l.Kind == LogKind.CorrectedText).OrderByDescending(l => l.Id).Select(l => l.Body).FirstOrDefaultAsync(ct)
        ?? await db.Set<ContactLog>().Where(l => l.ContactId == contactId).OrderBy(l => l.Id).Select(l => l.Body).FirstOrDefaultAsync(ct)
        ?? "";

    /// <summary>The customer's story says what the contact is now.</summary>
    /// <param name="text">Null for the words it has.</param>
    public async Task Retell(Contact contact, ContactType type, CancellationToken ct, string? text = null) =>
        await timeline.Retell(
            contact.AuditSubject, type.Name, RecordContact.Extract(text ?? await TextOf(contact.Id, ct)), contact.Status == ContactStatus.Open,
            contact.PersonId, contact.AccountId, contact.PremiseId, ct, contact.OccurredAt);

    public static RecordRef?[] Belongings(long? personId, long? accountId, long? premiseId) =>
    [
        personId is { } person ? new RecordRef("person", person) : null,
        accountId is { } account ? new RecordRef("account", account) : null,
        premiseId is { } premise ? new RecordRef("premise", premise) : null,
    ];
}
