using Dapper;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

/// <summary>A house with somebody at the desk; each use runs in a scope of its own, as a request would.</summary>
public sealed class CustomerDesk : IAsyncDisposable
{
    private CustomerDesk(TestHouse house) => House = house;

    public TestHouse House { get; }

    /// <summary>Of the test clock, in the utility's zone.</summary>
    public DateOnly Today { get; private set; }

    public static async Task<CustomerDesk> Open(TestDatabase on)
    {
        var desk = new CustomerDesk(await TestHouse.Open(on));
        await using var scope = desk.House.As(Roles.Csr);
        desk.Today = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(CancellationToken.None);
        return desk;
    }

    internal async Task<Outcome<TResult>> Run<TUse, TInput, TResult>(TInput input, string role = Roles.Csr) where TUse : class, IUse<TInput, TResult>
    {
        await using var scope = House.As(role);
        return await scope.Get<TUse>().Handle(input, CancellationToken.None);
    }

    internal Task<Outcome<Done>> Do<TUse, TInput>(TInput input, string role = Roles.Csr) where TUse : class, IUse<TInput, Done> =>
        Run<TUse, TInput, Done>(input, role);

    internal async Task<AddPerson.Added> Person(string given = "Ana", string family = "Ruiz", string? phone = null, string? email = null) =>
        Ok(await Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(
            PersonKind.Individual, given, family, Phones: phone is null ? null : [new(phone)], Emails: email is null ? null : [new(email)], ConfirmedNew: true)));

    internal async Task<OpenAccount.Opened> Account(long person) =>
        Ok(await Run<OpenAccount, OpenAccount.Input, OpenAccount.Opened>(new(person, CustomerClass.Residential, "C05", Today.AddYears(-2))));

    internal async Task<AddPremise.Added> Premise(string line = "12 Elm St, Springfield, OR 97477") =>
        Ok(await Run<AddPremise, AddPremise.Input, AddPremise.Added>(new(Line: line, ConfirmedNew: true)));

    internal async Task<StartAgreement.Started> Agreement(long account, long premise, ServiceType type = ServiceType.Electricity) =>
        Ok(await Run<StartAgreement, StartAgreement.Input, StartAgreement.Started>(new(account, premise, type, Today.AddYears(-1))));

    internal async Task Move(long agreement, int version, params AgreementState[] states)
    {
        foreach (var state in states)
            Ok(await Do<MoveAgreement, MoveAgreement.Input>(new(agreement, version++, state, Today)));
    }

    internal async Task<Tieline.Customers.CustomerPerson> Facts(long person, string role = Roles.Csr) => Ok(await Run<GetPerson, GetPerson.Input, Tieline.Customers.CustomerPerson>(new(person), role));

    /// <summary>Rows of a table.</summary>
    public async Task<long> Count(string table, string where = "1 = 1")
    {
        await using var scope = House.As(Roles.Csr);
        return await (await scope.Connection()).ExecuteScalarAsync<long>($"select count(*) from {table} where {where}");
    }

    internal static T Ok<T>(Outcome<T> outcome)
    {
        Assert.True(outcome.Ok, outcome.ToString());
        return outcome.Value;
    }

    internal static string Rule<T>(Outcome<T> outcome) => Assert.Single(outcome.Problems).Rule;

    public ValueTask DisposeAsync() => House.DisposeAsync();
}
