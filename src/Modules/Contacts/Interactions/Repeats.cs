using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Platform.Data;
using Tieline.Platform.Settings;

namespace Tieline.Contacts.Interactions;

/// <summary>What a person said about the same before.</summary>
/// <param name="Same">Of the same type, a moment ago: somebody may be recording it twice.</param>
internal sealed record EarlierContact(long Id, DateTime At, string By, string Type, string Text, bool Same = false);

/// <summary>"Third contact about this in 7 days": by the class of contacts, as first-contact resolution counts them.</summary>
internal sealed class Repeats(AppDb db, ISettings settings, Customers.ICustomers customers)
{
    public static readonly SettingKey<int> Days = new("contacts.repeat_days", 7, "Days in which a second contact of a person about the same class says that the first resolved nothing", SettingRules.Between(1, 90));

    private const int Most = 5;

    /// <summary>One SELECT, and one for the words. Contacts of the call in hand are not earlier ones, as the figures have it.</summary>
    public async Task<RecordPartsFound> Tell(RecordPartsFound found, ContactType type, long personId, long? interactionId, CancellationToken ct)
    {
        var days = await settings.Get(Days, ct);
        var since = db.Now.AddDays(-days);
        var moment = db.Now.AddMinutes(-await settings.Get(Emergency.EmergencyDesk.SamePlaceMinutes, ct));
        var earlier = await (from c in db.Set<Contact>()
                             join t in db.Set<ContactType>() on c.TypeId equals t.Id
                             join k in db.Set<ContactClass>() on t.ClassId equals k.Id
                             where c.PersonId == personId && c.OccurredAt >= since && t.ClassId == type.ClassId && c.Direction == ContactDirection.Inbound
                                && (interactionId == null || c.InteractionId == null || c.InteractionId != interactionId)
                             orderby c.OccurredAt descending, c.Id descending
                             select new
                             {
                                 c.Id, c.TypeId, c.AccountId, c.OccurredAt, c.RecordedBy, Type = t.Name, Class = k.Name,
                                 First = db.Set<ContactLog>().Where(l => l.ContactId == c.Id).OrderBy(l => l.Id).Select(l => l.Body).FirstOrDefault(),
                                 Corrected = db.Set<ContactLog>().Where(l => l.ContactId == c.Id && l.Kind == LogKind.CorrectedText).OrderByDescending(l => l.Id).Select(l => l.Body).FirstOrDefault(),
                             })
            .Take(Most).ToListAsync(ct);
        var maskings = await customers.Masking(earlier.Select(e => ((long?)personId, e.AccountId)), ct);
        earlier.RemoveAll(e => maskings.Of(personId, e.AccountId).IsClosed);
        return earlier.Count == 0 ? found : found with
        {
            Days = days, ClassName = earlier[0].Class,
            Earlier = earlier.ConvertAll(e => new EarlierContact(e.Id, e.OccurredAt, e.RecordedBy.Name, e.Type, Short(maskings.Of(personId, e.AccountId).Text(e.Corrected ?? e.First ?? "")), e.TypeId == type.Id && e.OccurredAt >= moment)),
        };
    }

    private static string Short(string text) => text.Length <= 100 ? text : string.Concat(Platform.Search.SearchText.Cut(text, 99), "…");

    /// <summary>"Third" for 3.</summary>
    public static string Ordinal(int number) => number switch { 2 => "Second", 3 => "Third", 4 => "Fourth", 5 => "Fifth", _ => "One more" };
}
