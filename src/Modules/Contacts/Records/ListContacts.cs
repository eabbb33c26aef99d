using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>Contacts as they are listed, with the names of those to whom they belong.</summary>
internal sealed record ContactRow(ContactLine Contact, string? Person, string? Account, string? Premise, string Text);

/// <summary>Contacts by when they happened. One list shown is one look.</summary>
internal sealed class ListContacts(AppDb db, CurrentActor actor, ICustomers customers, IAuditTrail audit, IUtilityClock clock, ContactsInSight sight) : IUse<ListContacts.Input, Page<ContactRow>>
{
    /// <param name="RecordedBy">Employee id.</param>
    /// <param name="From">The utility's day, as is <paramref name="To"/>; both belong to the list.</param>
    /// <param name="Sort"><c>occurred</c>, or <c>-occurred</c> for the newest first, as without it.</param>
    /// <param name="After"><c>next</c> of the page before.</param>
    /// <param name="Size">1 to 200.</param>
    public sealed record Input(
        long? PersonId = null, long? AccountId = null, long? PremiseId = null, long? TypeId = null, long? ClassId = null, Channel? Channel = null, ContactStatus? Status = null,
        long? RecordedBy = null, DateOnly? From = null, DateOnly? To = null, string? Sort = null, string? After = null, int? Size = null,
        long? WrapUpCodeId = null);

    public async Task<Outcome<Page<ContactRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var rows = await Read(input, input.After, size + 1, ct);
        var more = rows.Count > size;
        if (more)
            rows.RemoveAt(size);
        var shown = await Shown(input, rows, ct);
        await audit.Looked(
            input.PersonId is { } person ? new RecordRef("person", person) : new RecordRef("contact", 0), ct, $"contacts {Words(input)}".TrimEnd(), Looked(shown));
        return new Page<ContactRow>(shown, more ? Cursor.Encode(rows[^1].Contact.OccurredAt, rows[^1].Contact.Id) : null);
    }

    /// <summary>The rows as the actor may see them: where somebody, a place or an account was asked for, not that a closed customer has to do with it.</summary>
    private async Task<IReadOnlyList<ContactRow>> Shown(Input input, List<ContactRow> rows, CancellationToken ct)
    {
        var maskings = await sight.Of(rows.ConvertAll(r => r.Contact), ct);
        var open = input is { PersonId: null, AccountId: null, PremiseId: null } ? rows : rows.FindAll(r => !maskings.Of(r.Contact).IsClosed);
        return open.ConvertAll(r => ContactsInSight.Shown(r, maskings));
    }

    /// <summary>For the look: the contacts, and whose they are.</summary>
    internal static IEnumerable<long> Looked(IReadOnlyCollection<ContactRow> rows) =>
        rows.Select(r => r.Contact.Id).Concat(rows.Select(r => r.Contact.PersonId).OfType<long>().Distinct());

    /// <summary>The rows that may leave the house.</summary>
    internal async Task<IReadOnlyList<ContactRow>> Exported(List<ContactRow> rows, CancellationToken ct)
    {
        var maskings = await sight.Of(rows.ConvertAll(r => r.Contact), ct);
        return rows.FindAll(r => !maskings.Of(r.Contact).IsClosed).ConvertAll(r => ContactsInSight.Shown(r, maskings));
    }

    /// <summary>A stretch of the list, without the check, the look and what is hidden: all are the caller's.</summary>
    internal async Task<List<ContactRow>> Read(Input input, string? after, int count, CancellationToken ct)
    {
        var contacts = await Filtered(input, ct);
        var ascending = input.Sort == "occurred";
        if (Cursor.Decode(after) is { } behind)
        {
            contacts = ascending
                ? contacts.Where(c => c.OccurredAt > behind.At || (c.OccurredAt == behind.At && c.Id > behind.Id))
                : contacts.Where(c => c.OccurredAt < behind.At || (c.OccurredAt == behind.At && c.Id < behind.Id));
        }
        contacts = ascending ? contacts.OrderBy(c => c.OccurredAt).ThenBy(c => c.Id) : contacts.OrderByDescending(c => c.OccurredAt).ThenByDescending(c => c.Id);
        var page = contacts.Take(count);
        var lines = await ContactsDoor.Lines(db, page).ToListAsync(ct);
        lines.Sort((a, b) => ascending ? Compare(a, b) : Compare(b, a));
        var ids = lines.ConvertAll(l => l.Id);
        var texts = (await db.Set<ContactLog>().AsNoTracking()
                .Where(l => ids.Contains(l.ContactId) && (l.Kind == LogKind.CorrectedText || !db.Set<ContactLog>().Any(o => o.ContactId == l.ContactId && o.Id < l.Id)))
                .Select(l => new { l.ContactId, l.Id, l.Body }).ToListAsync(ct))
            .GroupBy(l => l.ContactId).ToDictionary(g => g.Key, g => g.MaxBy(l => l.Id)!.Body);
        var names = await customers.Describe([.. lines.SelectMany(l => ContactBook.Belongings(l.PersonId, l.AccountId, l.PremiseId)).OfType<RecordRef>().Distinct()], ct);
        string? Name(string kind, long? id) => id is { } key ? names.GetValueOrDefault(new RecordRef(kind, key)) : null;
        return lines.ConvertAll(l => new ContactRow(
            l, Name("person", l.PersonId), Name("account", l.AccountId), Name("premise", l.PremiseId), RecordContact.Extract(texts.GetValueOrDefault(l.Id) ?? "")));
    }

    /// <summary>The filters in words, for the look.</summary>
    internal static string Words(Input input) => string.Join(' ', new (string Name, object? Value)[]
        {
            ("person", input.PersonId), ("account", input.AccountId), ("premise", input.PremiseId), ("type", input.TypeId), ("class", input.ClassId), ("channel", input.Channel),
            ("status", input.Status), ("by", input.RecordedBy), ("wrapup", input.WrapUpCodeId), ("from", input.From?.ToString("yyyy-MM-dd")), ("to", input.To?.ToString("yyyy-MM-dd")),
        }.Where(w => w.Value is not null).Select(w => $"{w.Name}={w.Value}"));

    private static int Compare(ContactLine a, ContactLine b) => (a.OccurredAt, a.Id).CompareTo((b.OccurredAt, b.Id));

    private async Task<IQueryable<Contact>> Filtered(Input input, CancellationToken ct)
    {
        var contacts = db.Set<Contact>().AsNoTracking();
        if (input.PersonId is { } person)
            contacts = contacts.Where(c => c.PersonId == person);
        if (input.AccountId is { } account)
            contacts = contacts.Where(c => c.AccountId == account);
        if (input.PremiseId is { } premise)
            contacts = contacts.Where(c => c.PremiseId == premise);
        if (input.TypeId is { } type)
            contacts = contacts.Where(c => c.TypeId == type);
        if (input.ClassId is { } kind)
            contacts = contacts.Where(c => db.Set<ContactType>().Any(t => t.Id == c.TypeId && t.ClassId == kind));
        if (input.Channel is { } channel)
            contacts = contacts.Where(c => c.Channel == channel);
        if (input.Status is { } status)
            contacts = contacts.Where(c => c.Status == status);
        if (input.WrapUpCodeId is { } wrapUp)
            contacts = contacts.Where(c => c.WrapUpCodeId == wrapUp);
        if (input.RecordedBy is { } employee)
            contacts = contacts.Where(c => c.RecordedByEmployeeId == employee);
        if (input.From is { } from)
        {
            var start = await clock.StartOf(from, ct);
            contacts = contacts.Where(c => c.OccurredAt >= start);
        }
        if (input.To is { } to && to < DateOnly.MaxValue)
        {
            var end = await clock.EndOf(to, ct);
            contacts = contacts.Where(c => c.OccurredAt < end);
        }
        return contacts;
    }
}
