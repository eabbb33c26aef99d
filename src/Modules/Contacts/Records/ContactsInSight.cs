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
        (await customers.Masking([(contact.PersonId, contact.AccountId)], ct)).Of(contact.PersonId, contact.AccountId);

    public Task<Maskings> Of(IEnumerable<ContactLine> lines, CancellationToken ct) => customers.Masking(lines.Select(l => (l.PersonId, l.AccountId)), ct);

    /// <exception cref="ForbiddenException">The contact is a closed customer's.</exception>
    public async Task<Contact> Open(Contact contact, CancellationToken ct) =>
        (await Of(contact, ct)).IsClosed ? throw new ForbiddenException(ContactsPermissions.SeeRestricted) : contact;

    /// <exception cref="ForbiddenException">The contact is a closed customer's.</exception>
    public async Task<Masking> OpenOf(long contactId, CancellationToken ct) =>
        await Of(await Open(await db.Set<Contact>().AsNoTracking().SingleAsync(c => c.Id == contactId, ct), ct), ct);

    public async Task<bool> IsClosed(long personId, CancellationToken ct) => (await customers.Sight([personId], ct))[personId] == SightLevel.Closed;

    /// <summary>Null for who sees the whole of it: what is shown masked cannot be corrected.</summary>
    public async Task<Problem?> Whole(Contact contact, CancellationToken ct) => (await Of(contact, ct)).Level == SightLevel.Full ? null : VerifyFirst;

    /// <summary>A row of a list; of a closed customer's contact only that it is one.</summary>
    public static ContactRow Shown(ContactRow row, Maskings maskings) => maskings.Of(row.Contact.PersonId, row.Contact.AccountId) switch
    {
        { Level: SightLevel.Full } => row,
        { IsClosed: true } closed => row with { Contact = row.Contact with { AccountId = null, PremiseId = null }, Person = closed.Name(row.Person ?? ""), Account = null, Premise = null, Text = closed.Text(row.Text) },
        var masked => row with { Text = masked.Text(row.Text) },
    };
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
        return masking.Level == SightLevel.Full ? null : (_, text) => masking.Text(text);
    }
}
