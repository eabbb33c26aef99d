using Tieline.Platform.Events;

namespace Tieline.Customers;

[EventName("person.added")]
public sealed record PersonAdded(long PersonId);

[EventName("person.renamed")]
public sealed record PersonRenamed(long PersonId, string From, string To);

[EventName("account.opened")]
public sealed record AccountOpened(long AccountId, long PersonId);

[EventName("account.closed")]
public sealed record AccountClosed(long AccountId, DateOnly On);

[EventName("account.reopened")]
public sealed record AccountReopened(long AccountId);

/// <param name="Role"><c>Main</c>, <c>CoHolder</c>, <c>Payer</c>, <c>Occupant</c> or <c>ContactPerson</c>.</param>
[EventName("account.person_added")]
public sealed record PersonJoinedAccount(long AccountId, long PersonId, string Role);

[EventName("account.person_ended")]
public sealed record PersonLeftAccount(long AccountId, long PersonId, DateOnly On);

[EventName("premise.added")]
public sealed record PremiseAdded(long PremiseId);

[EventName("agreement.started")]
public sealed record AgreementStarted(long AgreementId, long AccountId, long PremiseId, string Type, DateOnly StartOn);

[EventName("agreement.moved")]
public sealed record AgreementMoved(long AgreementId, long AccountId, long PremiseId, string From, string To, DateOnly On);
