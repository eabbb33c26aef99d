using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Finding;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Search;

/// <summary>People of the search tests, written as the rooms write them, and asked for as the box asks.</summary>
internal static class People
{
    public static readonly DateOnly Since = new(2020, 1, 1);

    /// <summary>A customer with an account and a premise, found through the rows that their change writes.</summary>
    public static async Task<long> Add(
        TestHouse house, string given, string family, string address, string? former = null, string? phone = null, string? email = null, string? mailing = null, string? hash = null)
    {
        await using var scope = house.As(Actor.Process("test"));
        var db = scope.Db;
        var (person, account, premise) = Make(db.NextId, given, family, address, former, phone, email, mailing, hash);
        db.AddRange(person, account, premise, new ServiceAgreement(db.NextId(), account.Id, premise.Id, ServiceType.Electricity, Since));
        scope.Get<CustomerIndex>().PersonChanges(person.Id);
        await db.SaveChangesAsync();
        return person.Id;
    }

    public static (Person Person, Account Account, Premise Premise) Make(
        Func<long> next, string given, string family, string address, string? former = null, string? phone = null, string? email = null, string? mailing = null, string? hash = null)
    {
        var id = next();
        var person = new Person(id, ReferenceNumber.Format(id, "P"), PersonKind.Individual, new PersonName(next(), id, NameKind.Main, given, family, $"{given} {family}".Trim(), null), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        if (former is not null)
            person.AddName(new PersonName(next(), id, NameKind.Former, given, former, $"{given} {former}", null), Since);
        if (phone is not null)
            person.AddPhone(new PersonPhone(next(), id, PhoneKind.Mobile, phone, null, phone, true));
        if (email is not null)
            person.AddEmail(new PersonEmail(next(), id, email, true));
        if (mailing is not null)
            person.AddAddress(new PersonAddress(next(), id, AddressKind.Mailing, mailing, null, null, false));
        if (hash is not null)
            person.AddIdentifier(new PersonIdentifier(next(), id, IdentifierKind.NationalId, [1], hash, "6789"));
        var account = new Account(next(), ReferenceNumber.Format(id + 40_000_000), CustomerClass.Residential, "C1", Since);
        account.Add(new AccountPerson(next(), account.Id, id, AccountRole.Main, true, Since));
        return (person, account, new Premise(next(), PremiseKind.Address, AddressText.Parse(address)));
    }

    public static SearchRow Row(Func<long> next, string given, string family, string address)
    {
        var (person, account, premise) = Make(next, given, family, address);
        return CustomerRows.OfPerson(next(), person, account, premise);
    }

    public static async Task Load(TestHouse house, Func<Func<long>, IEnumerable<SearchRow>> rows)
    {
        await using var scope = house.As(Actor.Process("test"));
        var search = scope.Get<ISearch>();
        var made = rows(scope.Db.NextId).ToArray();
        await scope.Db.InTransaction(async () =>
        {
            await search.Load(made, CancellationToken.None);
            return true;
        }, CancellationToken.None);
    }

    /// <summary>Owners in the order in which they are shown, of the first 50.</summary>
    public static async Task<long[]> Found(TestHouse house, string typed)
    {
        var result = await Find(house, typed);
        return [.. result.Hits.Select(h => h.OwnerId)];
    }

    public static async Task<SearchResult> Find(TestHouse house, string typed, string? cursor = null, int size = 50)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Get<ISearch>().Find(typed, cursor, size, CancellationToken.None);
    }

    public static async Task<long> Count(TestHouse house, string typed)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Get<ISearch>().Count(typed, CancellationToken.None);
    }
}
