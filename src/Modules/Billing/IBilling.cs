using Tieline.Platform;

namespace Tieline.Billing;

/// <param name="Service">Empty where a bill is for one thing only.</param>
/// <param name="Number">In the billing system.</param>
/// <param name="Usage">In <paramref name="Unit"/>, e.g. kWh.</param>
public sealed record BillFact(
    string Service, string Number, string? Cycle, DateOnly? FromOn, DateOnly ToOn, decimal? Usage, string? Unit, Money Amount, DateOnly? BilledOn, DateOnly? PaidOn);

/// <summary>How an account stands, as the billing system said last.</summary>
/// <param name="AsOf">When it was so; UTC.</param>
/// <param name="PastDue">The part of the balance that should have been paid.</param>
/// <param name="Disconnect"><c>None</c>, <c>Notice</c>, <c>Scheduled</c> or <c>Disconnected</c>.</param>
/// <param name="Arrangement"><c>None</c>, <c>Active</c> or <c>Broken</c>.</param>
/// <param name="Instalment">What is due next of the arrangement.</param>
/// <param name="Bills">The last ones, newest first.</param>
public sealed record StandingFact(
    long AccountId, string Source, DateTime AsOf, DateTime ReceivedAt, Money Balance, Money PastDue, DateOnly? DueOn, string Disconnect, DateOnly? DisconnectOn,
    bool CashOnly, string Arrangement, Money? Instalment, DateOnly? InstalmentDueOn, IReadOnlyList<BillFact> Bills);

/// <summary>What other rooms may ask about money. Nothing here is billed by Tieline: it is what the company's billing system says.</summary>
public interface IBilling
{
    /// <summary>
    /// How accounts stand; one SELECT. Accounts of which nothing is known are not in it. Needs the right to see balances; whether the customer has shown who they are
    /// is for the caller to know, and the look for the caller to keep.
    /// </summary>
    Task<IReadOnlyList<StandingFact>> StandingOf(IReadOnlyCollection<long> accountIds, CancellationToken ct);
}
