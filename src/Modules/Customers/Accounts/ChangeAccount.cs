using Tieline.Customers.Authorisations;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Accounts;

/// <summary>Changes customer class and bill cycle.</summary>
internal sealed class ChangeAccount(AppDb db, RecordsInSight records, CurrentActor actor) : IUse<ChangeAccount.Input, Done>
{
    public sealed record Input(long Id, int Version, CustomerClass? CustomerClass, string? BillCycle);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        var found = await records.Account(input.Id, AuthorisationScope.Changes, ct);
        if (!found.Ok)
            return Outcome<Done>.Broken(found.Problems);
        var account = found.Value;
        var problems = new Problems();
        var customerClass = problems.Choice(nameof(Input.CustomerClass), "Customer class", input.CustomerClass);
        var cycle = AccountInputs.BillCycle(problems, nameof(Input.BillCycle), input.BillCycle);
        if (problems.Any)
            return problems;

        db.Expect(account, input.Version);
        account.Change(customerClass, cycle);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
