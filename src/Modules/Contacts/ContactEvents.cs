using Tieline.Platform.Events;

namespace Tieline.Contacts;

[EventName("contact.recorded")]
public sealed record ContactRecorded(long ContactId, [Code] string TypeCode, [Code] string Channel, long? PersonId, long? AccountId, long? PremiseId);

[EventName("contact.closed")]
public sealed record ContactClosed(long ContactId);

[EventName("contact.moved")]
public sealed record ContactMoved(long ContactId, long? FromPersonId, long? ToPersonId);

[EventName("reminder.resolved")]
public sealed record ReminderResolved(long ReminderId, long ContactId);

/// <summary>One event for each imported chunk.</summary>
[EventName("contact.imported")]
public sealed record ContactsImported([Code] string Source, IReadOnlyList<long> ContactIds);

/// <summary>It was not kept after all.</summary>
[EventName("reminder.reopened")]
public sealed record ReminderReopened(long ReminderId, long ContactId);

/// <summary>Something was said or done about a contact that is recorded already.</summary>
[EventName("contact.logged")]
public sealed record ContactLogged(long ContactId, long LogId);

[EventName("contact.reopened")]
public sealed record ContactReopened(long ContactId);

[EventName("contact.corrected")]
public sealed record ContactCorrected(long ContactId, [Code] string TypeCode);

/// <summary>A contact of a premise only, or of nobody yet, now belongs to someone.</summary>
[EventName("contact.attached")]
public sealed record ContactAttached(long ContactId, long? PersonId, long? AccountId, long? PremiseId);

[EventName("reminder.made")]
public sealed record ReminderMade(long ReminderId, long ContactId, DateOnly TriggerOn);

[EventName("reminder.moved")]
public sealed record ReminderMoved(long ReminderId, long ContactId, DateOnly FromOn, DateOnly ToOn);

[EventName("reminder.withdrawn")]
public sealed record ReminderWithdrawn(long ReminderId, long ContactId);
