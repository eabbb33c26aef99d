using Tieline.Platform.Events;

namespace Tieline.Customers;

[EventName("person.added")]
public sealed record PersonAdded(long PersonId);

[EventName("person.renamed")]
public sealed record PersonRenamed(long PersonId, string From, string To);

/// <summary>Anything of a person changed: one event for each use, however much it changed.</summary>
/// <param name="Parts">What changed, by its table: <c>person</c>, <c>person_phone</c> ...</param>
[EventName("person.changed")]
public sealed record PersonChanged(long PersonId, [Code] IReadOnlyList<string> Parts);

/// <param name="PersonId">Who is found as the survivor since.</param>
[EventName("person.merged")]
public sealed record PersonMerged(long MergeId, long PersonId, long SurvivorId);

/// <param name="PersonId">Who is a person of their own again.</param>
[EventName("person.unmerged")]
public sealed record PersonUnmerged(long MergeId, long PersonId, long SurvivorId);

[EventName("account.opened")]
public sealed record AccountOpened(long AccountId, long PersonId);

[EventName("account.closed")]
public sealed record AccountClosed(long AccountId, DateOnly On);

[EventName("account.reopened")]
public sealed record AccountReopened(long AccountId);

/// <param name="Role"><c>Main</c>, <c>CoHolder</c>, <c>Payer</c>, <c>Occupant</c> or <c>ContactPerson</c>.</param>
[EventName("account.person_added")]
public sealed record PersonJoinedAccount(long AccountId, long PersonId, [Code] string Role);

[EventName("account.person_ended")]
public sealed record PersonLeftAccount(long AccountId, long PersonId, DateOnly On);

[EventName("premise.added")]
public sealed record PremiseAdded(long PremiseId);

[EventName("premise.merged")]
public sealed record PremiseMerged(long MergeId, long PremiseId, long SurvivorId);

[EventName("premise.unmerged")]
public sealed record PremiseUnmerged(long MergeId, long PremiseId, long SurvivorId);

[EventName("agreement.started")]
public sealed record AgreementStarted(long AgreementId, long AccountId, long PremiseId, [Code] string Type, DateOnly StartOn);

[EventName("agreement.moved")]
public sealed record AgreementMoved(long AgreementId, long AccountId, long PremiseId, [Code] string From, [Code] string To, DateOnly On);

/// <summary>The first day of an agreement has come, and it cannot begin. Announced by every night until it can, or is cancelled.</summary>
/// <param name="PersonId">The account's main person.</param>
/// <param name="Because">What stands in its way.</param>
[EventName("customers.agreement_stuck")]
public sealed record AgreementStuck(long AgreementId, long AccountId, long PremiseId, long? PersonId, [Code] string Type, DateOnly StartOn, string Because);

/// <param name="OtherPersonId">Null for an outsider.</param>
/// <param name="AccountId">Null for all accounts.</param>
[EventName("authorisation.given")]
public sealed record AuthorisationGiven(long AuthorisationId, long PersonId, long? OtherPersonId, long? AccountId, DateOnly FromOn, DateOnly ToOn);

/// <summary>An authorisation ends on another day than was thought, or was revoked.</summary>
/// <param name="EndId">Of the end that does not count any more: <c>authorisation_end:...</c> is the cause of work about it.</param>
/// <param name="ToOn">Null when it was revoked.</param>
[EventName("authorisation.end_settled")]
public sealed record AuthorisationEndSettled(long AuthorisationId, long EndId, DateOnly? ToOn);

/// <param name="Kind"><c>Threat</c>, <c>Dog</c>, <c>TwoPeople</c>, <c>Weapon</c>, <c>Hazard</c> or <c>Other</c>.</param>
[EventName("warning.added")]
public sealed record WarningAdded(long WarningId, long? PersonId, long? PremiseId, string Kind);

/// <summary>Someone has looked whether a warning is still true.</summary>
/// <param name="ReviewId">Of the review that was done: <c>warning_review:...</c> is the cause of work about it.</param>
/// <param name="Ended">It is not.</param>
[EventName("warning.reviewed")]
public sealed record WarningReviewed(long WarningId, long ReviewId, bool Ended);

/// <summary>An employee opened the record of a restricted person for a while.</summary>
[EventName("person.glass_broken")]
public sealed record GlassBroken(long GlassBreakId, long PersonId, long EmployeeId, string Employee, string Reason, DateTime UntilAt);

/// <summary>An employee changed the record of a restricted person, or who may see it.</summary>
[EventName("person.restricted_changed")]
public sealed record RestrictedChanged(long PersonId, long EmployeeId, string Employee);

/// <summary>So many tries to verify a caller failed within a short time that something may be wrong.</summary>
/// <param name="Tries">Within the time that counts.</param>
[EventName("person.verification_failed")]
public sealed record VerificationFailed(long PersonId, long EmployeeId, string Employee, int Tries);

/// <summary>A supervisor lets callers about a customer try again to show who they are.</summary>
[EventName("person.callers_may_try_again")]
public sealed record CallersMayTryAgain(long PersonId, string By);

/// <param name="Capacity">As whom: <c>Customer</c>, <c>PersonOnAccount</c>, <c>AuthorisedThirdParty</c>, <c>Landlord</c> or <c>Unverified</c>.</param>
[EventName("person.caller_verified")]
public sealed record CallerVerified(long CallerId, long PersonId, long EmployeeId, string Capacity);

/// <param name="Restriction"><c>None</c> when it was lifted, else <c>Employee</c>, <c>Vip</c> or <c>Protected</c>.</param>
[EventName("person.restricted")]
public sealed record PersonRestricted(long PersonId, string Restriction);

/// <summary>A guided flow has begun, and with it what takes effect at once.</summary>
/// <param name="Kind"><c>Death</c>, <c>Moving</c>, <c>NameChange</c>, <c>Separation</c>, <c>NewCustomer</c>, <c>SeasonalAddress</c> or <c>Carer</c>.</param>
[EventName("flow.began")]
public sealed record FlowBegan(long FlowId, long PersonId, [Code] string Kind);

[EventName("flow.finished")]
public sealed record FlowFinished(long FlowId, long PersonId, [Code] string Kind);

/// <summary>A guided flow was a mistake, and all of it was taken back.</summary>
[EventName("flow.undone")]
public sealed record FlowUndone(long FlowId, long PersonId, [Code] string Kind);
