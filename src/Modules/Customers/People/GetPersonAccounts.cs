using Tieline.Customers.Accounts;
using Tieline.Customers.Merging;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>The accounts of a person, with who is on them and what they supply. Keeps that it was looked at.</summary>
internal sealed class GetPersonAccounts(AppDb db, PersonAccounts accounts, IAuditTrail audit, PeopleInSight sight, CurrentActor actor) : IUse<GetPersonAccounts.Input, CustomerAccounts>
{
    public sealed record Input(long Id);

    public async Task<Outcome<CustomerAccounts>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        input = new(await db.SurvivorOf(input.Id, ct) ?? input.Id);
        if (await sight.Of(input.Id, ct) == SightLevel.Closed)
            return PeopleInSight.ClosedProblem;
        var found = await accounts.OfPerson(input.Id, ct);
        await audit.Looked(new RecordRef("person", input.Id), ct);
        return found;
    }
}
