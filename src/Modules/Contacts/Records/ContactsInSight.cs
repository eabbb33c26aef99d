using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>What the actor may see of contacts: as much as of the customers to whom they belong.</summary>
internal sealed class ContactsInSight(AppDb db, ICustomers customers)
{
    public const string LookAtClosed = "closed, nothing was shown";
    public static readonly Problem Closed = Problem.Closed("This contact is a restricted customer's. Open the customer first, with a reason.");
    private static readonly Problem VerifyFirst = new(null, "Make sure first who is calling: parts of this contact are masked.", "person.not_verified");

    public async Task<Masking> Of(Contact contact, CancellationToken ct) =>
        (await Of([(contact.Id, contact.PersonId, contact.AccountId, contact.PremiseId)], ct)).Of(contact.Id, contact.PersonId, contact.AccountId, contact.PremiseId);

    public Task<ContactMaskings> Of(IReadOnlyCollection<ContactLine> lines, CancellationToken ct) => Of([.. lines.Select(l => (l.Id, l.PersonId, l.AccountId, l.PremiseId))], ct);

    private async Task<ContactMaskings> Of(IReadOnlyCollection<(long Id, long? PersonId, long? AccountId, long? PremiseId)> contacts, CancellationToken ct)
    {
        var nobodys = contacts.Where(c => c is { PersonId: null, AccountId: null }).Select(c => c.Id).ToArray();
        var stood = nobodys.Length == 0 ? [] : await Stood(nobodys, ct);
        var maskings = await customers.Masking(contacts.Select(c => (c.PersonId, c.AccountId, c.PremiseId)).Concat(stood.Values.Select(s => (s.PersonId, s.AccountId, (long?)null))), ct);
        return new ContactMaskings(maskings, stood);
    }

    /// <summary>To whom contacts belonged that are nobody's now: taken from them, the words are no less theirs.</summary>
    private async Task<Dictionary<long, (long? PersonId, long? AccountId)>> Stood(long[] contacts, CancellationToken ct)
    {
        var moved = await db.Set<ContactLog>().AsNoTracking().Where(l => contacts.Contains(l.ContactId) && l.Kind == LogKind.Moved && l.Records != null).OrderBy(l => l.Id)
            .Select(l => new { l.ContactId, l.Records }).ToListAsync(ct);
        var stood = new Dictionary<long, (long? PersonId, long? AccountId)>();
        foreach (var move in moved)
        {
            var records = move.Records!.Split(' ').Select(RecordRef.Parse).ToArray();
            long? Id(string kind) => Array.Find(records, r => r.Kind == kind) is { Id: > 0 and var id } ? id : null;
            if ((Id("person"), Id("account")) is var before and not (null, null))
                stood[move.ContactId] = before;
        }
        return stood;
    }

    /// <summary>Nobody knows what stands in a file: of a customer's contact it is for those who see the customer whole.</summary>
    public async Task<bool> MayOpenFiles(Contact contact, CancellationToken ct) => (await FilesOpen([contact], ct)).Count > 0;

    /// <inheritdoc cref="MayOpenFiles"/>
    public async Task<IReadOnlySet<long>> FilesOpen(IReadOnlyList<Contact> contacts, CancellationToken ct)
    {
        // What is about a place only may be looked at by all: nobody on record has sent it.
        var maskings = await Of([.. contacts.Select(c => (c.Id, c.PersonId, c.AccountId, (long?)null))], ct);
        return contacts.Where(c => maskings.Of(c.Id, c.PersonId, c.AccountId, null).IsOpen).Select(c => c.Id).ToHashSet();
    }

    /// <summary>Lines without those of closed customers.</summary>
    public async Task<IReadOnlyList<ContactLine>> WithoutClosed(IReadOnlyList<ContactLine> lines, CancellationToken ct)
    {
        var maskings = await Of(lines, ct);
        return [.. lines.Where(l => !maskings.Of(l).IsClosed).Select(l => l with { Place = maskings.Of(l).Text(l.Place) })];
    }

    /// <exception cref="ForbiddenException">The contact is a closed customer's.</exception>
    public async Task<Contact> Open(Contact contact, CancellationToken ct) =>
        (await Of(contact, ct)).IsClosed ? throw new ForbiddenException(ContactsPermissions.SeeRestricted) : contact;

    /// <exception cref="ForbiddenException">The contact is a closed customer's.</exception>
    public async Task<Masking> OpenOf(long contactId, CancellationToken ct) =>
        await Of(await Open(await db.Set<Contact>().AsNoTracking().SingleAsync(c => c.Id == contactId, ct), ct), ct);

    public async Task<bool> IsClosed(long personId, CancellationToken ct) => (await customers.Sight([personId], ct))[personId] == SightLevel.Closed;

    /// <summary>Null for who sees the whole of it: what is shown masked cannot be corrected. Of what nobody on record said, whom would one verify?</summary>
    public async Task<Problem?> Whole(Contact contact, CancellationToken ct)
    {
        var masking = await Of(contact, ct);
        if (masking.IsOpen)
            return null;
        if (masking.Level != SightLevel.Full && contact is not { PersonId: null, AccountId: null })
            return VerifyFirst;
        var words = await db.Set<ContactLog>().Where(l => l.ContactId == contact.Id).Select(l => l.Body).ToListAsync(ct);
        return words.Append(contact.Characteristics ?? "").All(w => masking.Text(w) == w) ? null : VerifyFirst;
    }

    /// <summary>
    /// Null for who may give it to somebody else, to be seen by all who see that one whole: whoever sees it whole now, and whoever alone has written in it.
    /// </summary>
    public async Task<Problem?> Movable(Contact contact, ActorRef me, CancellationToken ct) =>
        await Whole(contact, ct) is { } masked && await db.Set<ContactLog>().AnyAsync(l => l.ContactId == contact.Id && l.Author != me, ct) ? masked : null;

    /// <summary>A row of a list; of a closed customer's contact only that it is one.</summary>
    public static ContactRow Shown(ContactRow row, ContactMaskings maskings) => maskings.Of(row.Contact) switch
    {
        { IsOpen: true } => row,
        { IsClosed: true } closed => row with { Contact = row.Contact with { PersonId = null, AccountId = null, PremiseId = null, Place = null }, Person = closed.Name(row.Person ?? ""), Account = null, Premise = null, Text = closed.Text(row.Text) },
        var masked => row with { Contact = row.Contact with { Place = masked.Text(row.Contact.Place) }, Text = masked.Text(row.Text) },
    };
}

/// <summary>How several contacts may be shown.</summary>
internal sealed class ContactMaskings(Maskings maskings, IReadOnlyDictionary<long, (long? PersonId, long? AccountId)> stood)
{
    public Masking Of(ContactLine line) => Of(line.Id, line.PersonId, line.AccountId, line.PremiseId);

    public Masking Of(long id, long? personId, long? accountId, long? premiseId) =>
        personId is null && accountId is null && stood.TryGetValue(id, out var before) ? maskings.Of(before.PersonId, before.AccountId) : maskings.Of(personId, accountId, premiseId);
}

/// <summary>The history of contacts and promises speaks in the words that were typed.</summary>
internal sealed class ContactHistoryWords(AppDb db, ContactsInSight sight) : IHistoryWords
{
    public string Kind => "contact";

    public async Task<Func<string, string, string>?> For(RecordRef subject, CancellationToken ct)
    {
        if (await db.Set<Contact>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == subject.Id, ct) is not { } contact)
            return null;
        var masking = await sight.Of(await sight.Open(contact, ct), ct);
        return masking.IsOpen ? null : (_, text) => masking.Text(text);
    }
}
