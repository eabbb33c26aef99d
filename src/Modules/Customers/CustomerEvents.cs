using Tieline.Platform.Events;

namespace Tieline.Customers;

[EventName("person.added")]
public sealed record PersonAdded(long PersonId);

[EventName("account.opened")]
public sealed record AccountOpened(long AccountId, long PersonId);

[EventName("agreement.moved")]
public sealed record AgreementMoved(long AgreementId, long AccountId, long PremiseId, string From, string To, DateOnly On);
