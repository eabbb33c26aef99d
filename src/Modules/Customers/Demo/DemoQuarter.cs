using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Finding;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Search;
using Tieline.Platform.Security;

namespace Tieline.Customers.Demo;

/// <summary>
/// Some neighbours with all that is theirs. What ties people together (landlords, shared accounts) stays within a quarter, so that
/// quarters can be made one by one and on any thread.
/// </summary>
internal sealed class DemoQuarter
{
    public const int Size = 1_000;

    private readonly DemoStart start;
    private readonly Func<long> nextId;
    private readonly int first;
    private readonly DemoPerson[] persons;
    private readonly DemoPremise[] places;
    private readonly int[] landlords;
    private readonly Dictionary<long, Account> accountsById = [];
    private readonly Dictionary<long, Premise> premisesById = [];
    private readonly DemoHistory history;

    public DemoQuarter(DemoStart start, int first, int end, Func<long> nextId, IProtectedValues secrets)
    {
        (this.start, this.first, this.nextId) = (start, first, nextId);
        history = new DemoHistory(start.World.Plan.AsOf);
        var random = new DemoStream(start.World.Plan.Seed, "customers");
        persons = [.. Enumerable.Range(first, end - first).Select(i => start.World.Person(i))];
        places = [.. Enumerable.Range(first, end - first).Select(i => start.World.Premise(i))];
        landlords = [.. Enumerable.Range(0, persons.Length).Where(n => DemoCustomer.LetsHomes(persons[n]))];
        var customer = new DemoCustomer(start, nextId, secrets);
        for (var n = 0; n < persons.Length; n++)
            People.Add(customer.Person(persons[n], places[n]));
        for (var n = 0; n < persons.Length; n++)
            Settle(n, random.At(first + n));
    }

    public List<Person> People { get; } = new(Size);
    public List<Relationship> Relationships { get; } = [];
    public List<Account> Accounts { get; } = new(Size);
    public List<Premise> Premises { get; } = new(Size);
    public List<ServiceAgreement> Agreements { get; } = new(4 * Size);
    public List<Note> Notes { get; } = [];

    private DateOnly Today => start.World.Plan.AsOf;

    /// <summary>What the customers would have seen of their agreements in the last three years.</summary>
    public IEnumerable<TimelineLine> Timeline()
    {
        var told = Today.AddYears(-3);
        foreach (var agreement in Agreements)
        {
            var person = accountsById[agreement.AccountId].People[0].PersonId;
            if (agreement.StartOn >= told && agreement.State != AgreementState.Cancelled)
                yield return Line(agreement, person, agreement.StartOn, agreement.State == AgreementState.PendingStart ? "starts" : "active");
            if (agreement.StopOn is { } stop && stop >= told)
                yield return Line(agreement, person, stop, agreement.State == AgreementState.PendingStop ? "stops" : "stopped");
        }
    }

    /// <summary>As the index builds them: person x account x premise, and premises that nobody is supplied at.</summary>
    public IEnumerable<SearchRow> SearchRows()
    {
        var supplied = Agreements.Where(a => a.State != AgreementState.Cancelled).Select(a => (a.AccountId, a.PremiseId)).Distinct().ToLookup(a => a.AccountId, a => a.PremiseId);
        var persons = People.ToDictionary(p => p.Id);
        foreach (var account in Accounts)
        {
            foreach (var member in account.People)
            {
                var any = false;
                foreach (var premise in supplied[account.Id])
                {
                    any = true;
                    yield return CustomerRows.OfPerson(nextId(), persons[member.PersonId], account, premisesById[premise]);
                }
                if (!any)
                    yield return CustomerRows.OfPerson(nextId(), persons[member.PersonId], account, null);
            }
        }
        var used = supplied.SelectMany(s => s).ToHashSet();
        foreach (var premise in Premises.Where(p => !used.Contains(p.Id)))
            yield return CustomerRows.OfPremise(nextId(), premise);
    }

    private void Settle(int n, DemoRandom random)
    {
        var person = persons[n];
        var place = places[n];
        var index = first + n;
        var opened = history.Opened(ref random);
        var premise = Add(DemoCustomer.Premise(start.FirstPremise + index, place));
        if (person.LifeSupport)
            premise.Flag(lifeSupport: true, sensitiveLoad: false);
        else if (person.IsOrganization && random.Chance(0.08))
            premise.Flag(lifeSupport: false, sensitiveLoad: true);
        var account = Add(start.FirstAccount + index, index + 1, DemoCustomer.ClassOf(person), place.BillCycle, opened);
        Join(account, n, AccountRole.Main, responsible: true, opened);
        if (n + 1 < persons.Length && !person.IsOrganization && random.Chance(0.16))
        {
            var role = DemoHistory.SecondRole.Pick(ref random);
            Join(account, n + 1, role, role is AccountRole.CoHolder or AccountRole.Payer, history.Between(ref random, opened));
        }
        // Whoever lets homes stays: the water of the tenants is on their account.
        var stay = landlords.Contains(n) ? DemoStay.Since(opened) : history.Stay(ref random, opened);
        var landlord = place.Building is DemoBuilding.Apartment or DemoBuilding.ManufacturedHome && landlords.Length > 0
            // One has most of them: such a customer page is long.
            ? landlords[random.Chance(0.6) ? 0 : random.Next(landlords.Length)] : -1;
        foreach (var type in DemoCustomer.TypesAt(place))
        {
            if (landlord >= 0 && landlord != n && type is ServiceType.Water or ServiceType.Sewer)
                Supply(Of(landlord), premise, type, DemoStay.Since(history.LongAgo(ref random)));
            else
                Supply(account, premise, type, stay);
        }
        if (stay.ClosedOn is { } closed)
            account.Close(closed);
        if (landlord >= 0 && landlord != n && random.Chance(0.5))
            Relate(n, RelationshipKind.Landlord, landlord, opened);
        Extras(n, account, ref random);
    }

    /// <summary>What only some have: an earlier home, more accounts, relationships, notes; and homes in which nobody lives.</summary>
    private void Extras(int n, Account account, ref DemoRandom random)
    {
        var index = first + n;
        var people = start.World.Plan.People;
        if (random.Chance(0.05) && account.Status == AccountStatus.Active)
        {
            var earlier = Another(people + index);
            var stay = history.Earlier(ref random, account.OpenedOn);
            Supply(account, earlier, ServiceType.Electricity, stay);
            Supply(account, earlier, ServiceType.Water, stay);
        }
        if (random.Chance(persons[n].IsOrganization ? 0.02 : 0.002))
        {
            for (var more = 0; more < 2; more++)
            {
                var place = Another(((2L + more) * people) + index);
                var also = Add(nextId(), people + 1 + (2L * index) + more, account.CustomerClass, 1 + random.Next(20), history.Between(ref random, account.OpenedOn));
                Join(also, n, AccountRole.Main, responsible: true, also.OpenedOn);
                Supply(also, place, ServiceType.Electricity, DemoStay.Since(also.OpenedOn));
            }
        }
        if (random.Chance(0.006))
            Another((4L * people) + index);
        if (n > 0 && !persons[n].IsOrganization && random.Chance(0.012))
            Relate(n, random.Chance(0.6) ? RelationshipKind.Carer : RelationshipKind.Family, n - 1, history.Between(ref random, account.OpenedOn));
        if (n > 0 && persons[n].IsOrganization && random.Chance(0.25))
            Relate(n, RelationshipKind.PrimaryContact, n - 1, account.OpenedOn);
        if (DemoHistory.Note(ref random, persons[n], Today) is { } note)
        {
            var subject = note.AtPremise ? new RecordRef("premise", start.FirstPremise + index) : new RecordRef("person", start.FirstPerson + index);
            Notes.Add(new Note(nextId(), subject, note.Text, note.Audience, note.ExpiresOn, DemoHistory.Author, note.WrittenAt));
        }
    }

    private Account Of(int n)
    {
        // A landlord further on has no account yet: one is found the same way later, since its key is known.
        var id = start.FirstAccount + first + n;
        return accountsById.TryGetValue(id, out var account) ? account : later.TryGetValue(id, out var waiting) ? waiting
            : later[id] = New(id, first + n + 1, DemoCustomer.ClassOf(persons[n]), places[n].BillCycle, history.LongAgo());
    }

    private readonly Dictionary<long, Account> later = [];

    private static Account New(long id, long number, CustomerClass customerClass, int cycle, DateOnly opened) =>
        new(id, ReferenceNumber.Format(number), customerClass, $"C{cycle:00}", opened);

    private Account Add(long id, long number, CustomerClass customerClass, int cycle, DateOnly opened)
    {
        var account = later.Remove(id, out var waiting) ? waiting : New(id, number, customerClass, cycle, opened);
        Accounts.Add(account);
        accountsById.Add(id, account);
        return account;
    }

    private Premise Add(Premise premise)
    {
        Premises.Add(premise);
        premisesById.Add(premise.Id, premise);
        return premise;
    }

    private Premise Another(long place) => Add(DemoCustomer.Premise(nextId(), start.World.Premise(place)));

    private void Join(Account account, int n, AccountRole role, bool responsible, DateOnly from) =>
        account.Add(new AccountPerson(nextId(), account.Id, start.FirstPerson + first + n, role, responsible, from));

    private void Supply(Account account, Premise premise, ServiceType type, DemoStay stay)
    {
        var agreement = new ServiceAgreement(nextId(), account.Id, premise.Id, type, stay.From);
        foreach (var (state, on) in stay.Moves)
            agreement.MoveTo(state, on);
        Agreements.Add(agreement);
    }

    private void Relate(int n, RelationshipKind kind, int related, DateOnly from) =>
        Relationships.Add(new Relationship(nextId(), start.FirstPerson + first + n, kind, start.FirstPerson + first + related, null, null, null, from, null));

    private TimelineLine Line(ServiceAgreement agreement, long person, DateOnly on, string word) => new(
        nextId(), person, agreement.AccountId, agreement.PremiseId, DemoHistory.Noon(on), "agreement", $"{agreement.Type}: {word} on {on:d MMM yyyy}",
        premisesById[agreement.PremiseId].OneLine, false, new RecordRef("agreement", agreement.Id));
}
