using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Billing.Standing;

/// <summary>How an account stands, with its last bills. Keeps that it was looked at.</summary>
internal sealed class GetStanding(IBilling billing, ICustomers customers, ISettings settings, IAuditTrail audit, CurrentActor actor) : IUse<GetStanding.Input, GetStanding.Found>
{
    /// <param name="Number">Of the account, as printed or typed.</param>
    public sealed record Input(string? Number);

    /// <summary>Amounts are in <paramref name="Currency"/>.</summary>
    public sealed record Found(
        string Source, DateTime AsOf, DateTime ReceivedAt, string Currency, decimal Balance, decimal PastDue, DateOnly? DueOn, string Disconnect, DateOnly? DisconnectOn, bool CashOnly,
        string Arrangement, decimal? Instalment, DateOnly? InstalmentDueOn, IReadOnlyList<FoundBill> Bills);

    public sealed record FoundBill(
        string Number, string? Service, string? Cycle, DateOnly? FromOn, DateOnly ToOn, decimal? Usage, string? Unit, decimal Amount, DateOnly? BilledOn, DateOnly? PaidOn);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BillingPermissions.Read);
        var number = TypedText.OneLine(input.Number, 100);
        if (!(await customers.AccountIds(null, [number], ct)).TryGetValue(number, out var account) || (await billing.StandingOf([account], ct)) is not [var s])
            return Problem.NotFound("The account's standing");
        var masking = (await customers.Masking([(null, account)], ct)).Of(null, account);
        if (masking.IsClosed)
            return Problem.Closed("A restricted customer's account.");
        if (masking.Hides(MaskedValues.Balance))
            return Problem.Closed("Make sure first who is calling: balances are masked.");
        await audit.Looked(new RecordRef("account", account), ct);
        var currency = Currency.Of(await settings.Get(HouseSettings.Currency, ct));
        return new Found(
            s.Source, s.AsOf, s.ReceivedAt, currency.Code, currency.InMajor(s.Balance), currency.InMajor(s.PastDue), s.DueOn, s.Disconnect, s.DisconnectOn, s.CashOnly, s.Arrangement,
            s.Instalment is { } instalment ? currency.InMajor(instalment) : null, s.InstalmentDueOn,
            [.. s.Bills.Select(b => new FoundBill(
                b.Number, b.Service.Length > 0 ? b.Service : null, b.Cycle, b.FromOn, b.ToOn, b.Usage, b.Unit, currency.InMajor(b.Amount), b.BilledOn, b.PaidOn))]);
    }
}
