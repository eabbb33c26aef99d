using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts;

/// <summary>A contact as another room or a loader records it: the same rules as for people apply.</summary>
/// <param name="TypeCode">Code of the contact type; <paramref name="TypeId"/> goes before it.</param>
/// <param name="Channel">Phone, Counter, Web, Email, Letter, Fax, Text, Voicemail, Social or Internal.</param>
public sealed record NewContact(
    string TypeCode, string Channel, string Comment, long? PersonId = null, long? AccountId = null, long? PremiseId = null,
    string? Direction = null, DateTime? OccurredAt = null, IReadOnlyDictionary<string, string>? Characteristics = null,
    string? Source = null, string? ExternalKey = null, long? TypeId = null);

/// <param name="Place">Where it is, in words, when it is none of the premises.</param>
public sealed record ContactLine(
    long Id, string Reference, long TypeId, string Class, string Type, long? PersonId, long? AccountId, long? PremiseId,
    string Channel, string Direction, string Status, DateTime OccurredAt, ActorRef RecordedBy, int Version, string? Place = null);

/// <summary>What other rooms may ask and tell about contacts.</summary>
public interface IContacts
{
    /// <summary>Records a contact in the caller's transaction, by the rules of its type.</summary>
    /// <returns>The contact's id.</returns>
    Task<Outcome<long>> Record(NewContact contact, CancellationToken ct);

    /// <summary>The type that a shorthand or code means; null for nothing typed, and a key that no type has for words that mean none.</summary>
    Task<long?> TypeByShorthand(string typed, CancellationToken ct);

    /// <summary>Those of the contacts whose files the actor may open now: nobody knows what stands in them. A constant number of SELECTs.</summary>
    Task<IReadOnlySet<long>> FilesOpen(IReadOnlyCollection<long> contactIds, CancellationToken ct);

    /// <summary>Whose record is looked at with what belongs to a contact: the person's, or that of the contact alone. One SELECT.</summary>
    Task<RecordRef> RecordOf(long contactId, CancellationToken ct);

    /// <summary>A contact that was recorded by mistake leaves the record on which it stood, unless something has come of it. In the caller's transaction.</summary>
    /// <returns>Why it stays, in words; null when it was taken back.</returns>
    Task<Problem?> TakeBack(long contactId, string why, CancellationToken ct);

    /// <summary>Adds a line to a contact's log in the caller's transaction.</summary>
    Task<Outcome<Done>> Say(long contactId, string text, CancellationToken ct);

    /// <summary>Open contacts of a person, newest first; one SELECT.</summary>
    Task<IReadOnlyList<ContactLine>> OpenOf(long personId, int limit, CancellationToken ct);

    /// <summary>What came in today, by the utility's day, and is still open; newest first; one SELECT. Needs the right to read contacts; the look is kept.</summary>
    Task<IReadOnlyList<ContactLine>> CameInToday(int limit, CancellationToken ct);
}
