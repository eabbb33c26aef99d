using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Finding;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Accounts;

/// <summary>Opens an account; the person becomes its main person and financially responsible.</summary>
internal sealed class OpenAccount(AppDb db, RecordsInSight records, CurrentActor actor, CustomerIndex index, ITimeline timeline, IEvents events, IUtilityClock clock)
    : IUse<OpenAccount.Input, OpenAccount.Opened>
{
    /// <param name="OpenedOn">Today when left out.</param>
    public sealed record Input(long PersonId, CustomerClass? CustomerClass, string? BillCycle, DateOnly? OpenedOn = null);

    public sealed record Opened(long Id, string Number, int Version);

    public async Task<Outcome<Opened>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        var problems = new Problems();
        var today = await clock.Today(ct);
        var customerClass = problems.Choice(nameof(Input.CustomerClass), "Customer class", input.CustomerClass);
        var cycle = AccountInputs.BillCycle(problems, nameof(Input.BillCycle), input.BillCycle);
        problems.NotAfter(nameof(Input.OpenedOn), input.OpenedOn, today);
        var person = await db.Set<Person>().SurvivorOf(input.PersonId).SingleOrDefaultAsync(ct);
        if (person == 0)
            problems.Add(nameof(Input.PersonId), "This person is not known.", "person.unknown");
        if (problems.Any)
            return problems;
        if (await records.Seen(input.PersonId, AuthorisationScope.StartAndStop, ct) is { } unseen)
            return unseen;

        var on = input.OpenedOn ?? today;
        var account = new Account(db.NextId(), ReferenceNumber.Format(await db.NextNumber("account", ct)), customerClass, cycle, on);
        account.Add(new AccountPerson(db.NextId(), account.Id, person, AccountRole.Main, financiallyResponsible: true, on));
        db.Add(account);
        index.PersonChanges(person);
        timeline.Tell(new RecordRef("account", account.Id), "account", db.Now, $"Account {account.Number} opened", null, false, person, account.Id, null);
        await events.Publish(new AccountOpened(account.Id, person), ct, new RecordRef("account", account.Id), new RecordRef("person", person));
        await db.SaveChangesAsync(ct);
        return new Opened(account.Id, account.Number, account.Version);
    }
}
