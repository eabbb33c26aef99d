using Tieline.Platform.Events;

namespace Tieline.Contacts;

[EventName("contact.recorded")]
public sealed record ContactRecorded(long ContactId, string TypeCode, string Channel, long? PersonId, long? AccountId, long? PremiseId);

[EventName("contact.closed")]
public sealed record ContactClosed(long ContactId);

[EventName("contact.moved")]
public sealed record ContactMoved(long ContactId, long? FromPersonId, long? ToPersonId);

[EventName("reminder.resolved")]
public sealed record ReminderResolved(long ReminderId, long ContactId);

/// <summary>One event for each imported chunk.</summary>
[EventName("contact.imported")]
public sealed record ContactsImported(string Source, IReadOnlyList<long> ContactIds);
