namespace Tieline.Customers;

/// <summary>What a caller must be for a story to be theirs.</summary>
public enum DemoTrait
{
    /// <summary>Has a passphrase.</summary>
    Passphrase,

    /// <summary>Somebody who is not on record may act for them today.</summary>
    Authorised,

    /// <summary>Restricted, and closed to most employees.</summary>
    Restricted,

    /// <summary>Calls through a relay service.</summary>
    Relay,

    /// <summary>Somebody at home depends on a machine.</summary>
    LifeSupport,

    /// <summary>Has an e-mail address on record.</summary>
    Email,
}

/// <summary>What somebody of the demonstration's town knows of themselves and says when asked. Null: not on record.</summary>
/// <param name="Passphrase">Only of those to whom the demonstration gave one.</param>
/// <param name="Authorised">Who may act for them, when that is an outsider.</param>
public sealed record DemoCaller(
    long PersonId, string Name, string Given, string Family, DateOnly? BornOn, string? Phone, string? Email, string? IdDigits, string? Passphrase, string? Account,
    string? Address, string? Authorised);

/// <summary>How an employee made sure who was calling.</summary>
/// <param name="PersonId">About whom.</param>
/// <param name="Verified">False: kept that they could not be verified.</param>
/// <param name="Shown">What convinced, in words.</param>
/// <param name="Outsider">Somebody who acts for the customer.</param>
public sealed record DemoVerified(long PersonId, bool Verified, string Shown, bool Relay, bool Outsider);

/// <summary>
/// Invented people who call to practise with. Of the demonstration's own people alone, whatever else was brought in since; it says what
/// they say themselves, so it asks nobody's sight. Without a demonstration there is nobody.
/// </summary>
public interface IDemoCallers
{
    /// <summary>Somebody of the town with these traits; null when there is nobody.</summary>
    /// <param name="from">Where in the town the search begins, 0 to 1.</param>
    /// <param name="employeeId">Who answers: never somebody whose record is closed to them for being their own or a relative's.</param>
    Task<long?> Find(IReadOnlyCollection<DemoTrait> traits, double from, long employeeId, CancellationToken ct);

    /// <summary>Null when the person is not of the demonstration.</summary>
    Task<DemoCaller?> Know(long personId, CancellationToken ct);

    /// <summary>Whom an employee verified between two instants (UTC), the last one first.</summary>
    Task<IReadOnlyList<DemoVerified>> VerifiedBy(long employeeId, DateTime from, DateTime to, CancellationToken ct);
}
