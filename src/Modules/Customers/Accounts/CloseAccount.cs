using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Agreements;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Finding;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Accounts;

/// <summary>Closes an account whose agreements are all over.</summary>
internal sealed class CloseAccount(AppDb db, RecordsInSight records, CurrentActor actor, CustomerIndex index, ITimeline timeline, IEvents events, IUtilityClock clock) : IUse<CloseAccount.Input, Done>
{
    /// <param name="On">Today when left out.</param>
    public sealed record Input(long Id, int Version, DateOnly? On = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        var found = await records.Account(input.Id, AuthorisationScope.StartAndStop, ct);
        if (!found.Ok)
            return Outcome<Done>.Broken(found.Problems);
        var account = found.Value;
        var problems = new Problems();
        var today = await clock.Today(ct);
        var on = input.On ?? today;
        problems.NotAfter(nameof(Input.On), input.On, today);
        if (account.Status == AccountStatus.Closed)
            problems.Add(null, "This account is closed already.", "account.closed");
        else if (on < account.OpenedOn)
            problems.Add(nameof(Input.On), "The account was opened after this day.", "date.order");
        var agreements = await db.Set<ServiceAgreement>().Where(a => a.AccountId == input.Id).ToListAsync(ct);
        if (agreements.Count(a => !a.IsOver) is > 0 and var running)
            problems.Add(null, $"{running} service agreement{(running == 1 ? " is" : "s are")} not over yet: stop or cancel first.", "account.agreements_running");
        else if (agreements.Where(a => a.State != AgreementState.Cancelled).Max(a => a.StopOn) is { } last && on < last)
            problems.Add(nameof(Input.On), $"Service was supplied until {last:d MMM yyyy}.", "date.order");
        if (problems.Any)
            return problems;

        db.Expect(account, input.Version);
        account.Close(on);
        index.AccountChanges(account.Id);
        timeline.Tell(
            new RecordRef("account", account.Id), "account", db.Now, $"Account {account.Number} closed", on == today ? null : $"On {on:d MMM yyyy}", false,
            account.Standing.FirstOrDefault(p => p.Role == AccountRole.Main)?.PersonId, account.Id, null);
        await events.Publish(new AccountClosed(account.Id, on), ct, new RecordRef("account", account.Id));
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
