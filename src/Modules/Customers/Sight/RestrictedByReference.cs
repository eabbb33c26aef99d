using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;

namespace Tieline.Customers.Sight;

/// <summary>Whom the index of the search box does not have: restricted people, by exactly the number that was typed, and nothing else.</summary>
internal sealed class RestrictedByReference(AppDb db, CurrentActor actor, PeopleInSight sight) : IFindByReference
{
    public async Task<FoundRecord?> Find(string letters, long sequence, CancellationToken ct)
    {
        if (!actor.May(CustomersPermissions.Read))
            return null;
        return letters switch
        {
            "P" => await OfPerson(sequence, ct),
            "" => await OfAccount(sequence, ct) ?? await OfPerson(sequence, ct),
            _ => null,
        };
    }

    private async Task<FoundRecord?> OfAccount(long sequence, CancellationToken ct)
    {
        var number = ReferenceNumber.Format(sequence);
        var found = await (from a in db.Set<Account>()
                           join ap in db.Set<AccountPerson>() on a.Id equals ap.AccountId
                           join p in db.Set<Person>() on ap.PersonId equals p.Id
                           where a.Number == number && ap.Role == AccountRole.Main && ap.ToOn == null
                           select new { p.Id, p.DisplayName, p.Restriction, Account = a.Id }).FirstOrDefaultAsync(ct);
        return found is null || (await sight.OwnAccounts(ct)).Contains(found.Account) ? null : await Record(found.Id, found.DisplayName, found.Restriction, number, $"account {number}", ct);
    }

    private async Task<FoundRecord?> OfPerson(long sequence, CancellationToken ct)
    {
        var reference = ReferenceNumber.Format(sequence, "P");
        var found = await db.Set<Person>().Where(p => p.Reference == reference).Select(p => new { p.Id, p.DisplayName, p.Restriction }).SingleOrDefaultAsync(ct);
        return found is null ? null : await Record(found.Id, found.DisplayName, found.Restriction, reference, $"customer {reference}", ct);
    }

    private async Task<FoundRecord?> Record(long id, string name, PersonRestriction restriction, string typed, string what, CancellationToken ct)
    {
        var closed = await sight.Of(id, ct) == SightLevel.Closed;
        // Everyone else is in the index.
        return restriction == PersonRestriction.None && !closed ? null
            : new FoundRecord(new RecordRef("person", id), typed, $"{(closed ? Masks.Closed : name)} · {what}", $"/customers/{id}");
    }
}
