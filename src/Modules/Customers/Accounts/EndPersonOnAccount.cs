using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Finding;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Accounts;

/// <summary>Takes a person off an account; that they were on it stays on record.</summary>
internal sealed class EndPersonOnAccount(AppDb db, RecordsInSight records, CurrentActor actor, CustomerIndex index, ITimeline timeline, IEvents events, IUtilityClock clock)
    : IUse<EndPersonOnAccount.Input, Done>
{
    /// <param name="EntryId">Of the entry, not of the person.</param>
    /// <param name="On">Last day; today when left out.</param>
    public sealed record Input(long AccountId, long EntryId, int Version, DateOnly? On = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        var found = await records.Account(input.AccountId, AuthorisationScope.Changes, ct);
        if (!found.Ok)
            return Outcome<Done>.Broken(found.Problems);
        var account = found.Value;
        if (account.Standing.FirstOrDefault(p => p.Id == input.EntryId) is not { } person)
            return Problem.NotFound("This person on the account");
        var problems = new Problems();
        var today = await clock.Today(ct);
        var on = input.On ?? today;
        problems.NotAfter(nameof(Input.On), input.On, today);
        problems.InOrder(nameof(Input.On), person.FromOn, on);
        if (problems.Any)
            return problems;
        if (account.EndPerson(person, on) is { } broken)
            return broken;

        db.Expect(account, input.Version);
        index.PersonChanges(person.PersonId);
        var name = await db.Set<Person>().Where(p => p.Id == person.PersonId).Select(p => p.DisplayName).SingleAsync(ct);
        timeline.Tell(new RecordRef("account_person", person.Id), "account", db.Now, $"{name} left account {account.Number}", null, false, person.PersonId, account.Id, null);
        await events.Publish(new PersonLeftAccount(account.Id, person.PersonId, on), ct, new RecordRef("account", account.Id), new RecordRef("person", person.PersonId));
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
