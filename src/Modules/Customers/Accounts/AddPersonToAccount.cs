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

/// <summary>Puts a person on an account. A new main person makes the old one a co-holder.</summary>
internal sealed class AddPersonToAccount(AppDb db, RecordsInSight records, PeopleInSight sight, CurrentActor actor, CustomerIndex index, ITimeline timeline, IEvents events, IUtilityClock clock)
    : IUse<AddPersonToAccount.Input, AddPersonToAccount.Added>
{
    /// <param name="Version">Of the account.</param>
    /// <param name="FromOn">Today when left out.</param>
    public sealed record Input(long AccountId, int Version, long? PersonId, AccountRole? Role, bool FinanciallyResponsible = false, DateOnly? FromOn = null);

    /// <param name="Id">Of the entry that says that the person is on the account.</param>
    public sealed record Added(long Id);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        var found = await records.Account(input.AccountId, AuthorisationScope.Everything, ct);
        if (!found.Ok)
            return Outcome<Added>.Broken(found.Problems);
        var account = found.Value;
        var problems = new Problems();
        var today = await clock.Today(ct);
        var role = problems.Choice(nameof(Input.Role), "Role", input.Role);
        problems.NotAfter(nameof(Input.FromOn), input.FromOn, today);
        var survivor = db.Set<Person>().SurvivorOf(input.PersonId ?? 0);
        var joins = await db.Set<Person>().Where(p => survivor.Contains(p.Id)).Select(p => new { p.Id, p.DisplayName }).SingleOrDefaultAsync(ct);
        await sight.RequireOpen(joins?.Id, ct);
        await records.Beside(joins?.Id, ct);
        if (input.PersonId is null)
            problems.List.Add(Problem.Required(nameof(Input.PersonId), "Person"));
        else if (joins is null)
            problems.Add(nameof(Input.PersonId), "This person is not known.", "person.unknown");
        else if (account.Standing.Any(p => p.PersonId == joins.Id))
            problems.Add(nameof(Input.PersonId), "This person is on the account already.", "account.person.already");
        if (problems.Any)
            return problems;

        var person = new AccountPerson(db.NextId(), account.Id, joins!.Id, role, input.FinanciallyResponsible, input.FromOn ?? today);
        db.Expect(account, input.Version);
        account.Add(person);
        index.PersonChanges(person.PersonId);
        timeline.Tell(
            new RecordRef("account_person", person.Id), "account", db.Now, $"{joins.DisplayName} joined account {account.Number}", Platform.Ui.Option.InWords(role.ToString()), false,
            person.PersonId, account.Id, null);
        await events.Publish(new PersonJoinedAccount(account.Id, person.PersonId, role.ToString()), ct, new RecordRef("account", account.Id), new RecordRef("person", person.PersonId));
        await db.SaveChangesAsync(ct);
        return new Added(person.Id);
    }
}
