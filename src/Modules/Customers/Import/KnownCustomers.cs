using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Premises;
using Tieline.Platform.Search;

namespace Tieline.Customers.Import;

/// <summary>What is there already, by the keys of the file; grows as rows are added. Rows are held to the rules of the uses.</summary>
internal sealed record KnownCustomers(Dictionary<string, long> People, Dictionary<string, Account> Accounts, Dictionary<string, Premise> Premises)
{
    public AgreementsByPlace Agreements { get; } = new();

    /// <summary>The premise's key in the source, or its match key.</summary>
    public static string PlaceOf(CustomerRow row) =>
        row.PremiseKey ?? (AddressText.MatchKey(row.Address!) is { Length: > 0 } key ? key : SearchText.Fold(row.Address!.OneLine));

    /// <summary>The agreement as the row has it: it runs already, or has ended.</summary>
    public static ServiceAgreement Agreement(CustomerRow row, long id, long account, long premise, DateOnly today)
    {
        var start = row.StartOn ?? today;
        var agreement = new ServiceAgreement(id, account, premise, row.Service!.Value, start);
        if (start <= today)
            agreement.MoveTo(AgreementState.Active, start);
        if (row.StopOn is { } stop && agreement.MoveTo(AgreementState.PendingStop, stop) && stop <= today)
            agreement.MoveTo(AgreementState.Stopped, stop);
        return agreement;
    }

    /// <summary>The row's agreement, when it is there: without a first day any of the account at the place is meant.</summary>
    public ServiceAgreement? AgreementOf(CustomerRow row) =>
        row.AccountKey is { } key && Accounts.TryGetValue(key, out var account)
            ? There(row).FirstOrDefault(a => a.AccountId == account.Id && (row.StartOn is null || a.StartOn == row.StartOn))
            : null;

    /// <returns>The rule that the row would break, before anything of it is added; null for none.</returns>
    public string? Refuses(CustomerRow row, DateOnly today)
    {
        if (row.AccountKey is not { } key)
            return null;
        var account = Accounts.GetValueOrDefault(key);
        var joins = account is not null && (!People.TryGetValue(row.PersonKey, out var person) || !account.People.Any(p => p.PersonId == person));
        var supplies = row is { Address: not null, Service: not null } && AgreementOf(row) is null;
        if (account?.Status == AccountStatus.Closed && (joins || supplies))
            return "This account is closed.";
        if (joins && row.Role == AccountRole.Main && account!.Standing.Any(p => p.Role == AccountRole.Main))
            return "The account has a main person already: give this one another role, such as CoHolder.";
        if (!supplies)
            return null;
        var agreement = Agreement(row, 0, 0, 0, today);
        return !agreement.IsOver && There(row).Any(a => a.Hinders(agreement.StartOn) && !(agreement.StopOn <= a.StartOn))
            ? StartAgreement.AlreadyAgreed(agreement.Type)
            : null;
    }

    private IReadOnlyList<ServiceAgreement> There(CustomerRow row) =>
        row is { Address: not null, Service: { } service } && Premises.TryGetValue(PlaceOf(row), out var premise) ? Agreements.Of(premise.Id, service) : [];
}

internal sealed class AgreementsByPlace
{
    private readonly Dictionary<(long Premise, ServiceType Type), List<ServiceAgreement>> agreements = [];

    public IReadOnlyList<ServiceAgreement> Of(long premise, ServiceType type) => agreements.GetValueOrDefault((premise, type)) ?? [];

    public void Add(ServiceAgreement agreement)
    {
        if (!agreements.TryGetValue((agreement.PremiseId, agreement.Type), out var there))
            agreements[(agreement.PremiseId, agreement.Type)] = there = [];
        there.Add(agreement);
    }
}
