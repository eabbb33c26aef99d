using Tieline.Customers.Authorisations;
using Tieline.Customers.Finding;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Accounts;

internal sealed class ReopenAccount(AppDb db, RecordsInSight records, CurrentActor actor, CustomerIndex index, ITimeline timeline, IEvents events) : IUse<ReopenAccount.Input, Done>
{
    public sealed record Input(long Id, int Version);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        var found = await records.Account(input.Id, AuthorisationScope.StartAndStop, ct);
        if (!found.Ok)
            return Outcome<Done>.Broken(found.Problems);
        var account = found.Value;
        if (account.Status == AccountStatus.Active)
            return new Problem(null, "This account is open.", "account.open");

        db.Expect(account, input.Version);
        account.Reopen();
        index.AccountChanges(account.Id);
        timeline.Tell(
            new RecordRef("account", account.Id), "account", db.Now, $"Account {account.Number} opened again", null, false,
            account.Standing.FirstOrDefault(p => p.Role == AccountRole.Main)?.PersonId, account.Id, null);
        await events.Publish(new AccountReopened(account.Id), ct, new RecordRef("account", account.Id));
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
