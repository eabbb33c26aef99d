using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;

namespace Tieline.Customers.Demo;

internal sealed class DemoCallers(AppDb db, ISettings settings, IUtilityClock clock) : IDemoCallers
{
    public async Task<long?> Find(IReadOnlyCollection<DemoTrait> traits, double from, long employeeId, CancellationToken ct)
    {
        if (await Town(ct) is not { } town)
            return null;
        var suited = await Suited(town, traits, employeeId, ct);
        var start = town.First + (long)((town.End - town.First) * Math.Clamp(from, 0, 0.999));
        return await suited.Where(p => p.Id >= start).OrderBy(p => p.Id).Select(p => (long?)p.Id).FirstOrDefaultAsync(ct)
            ?? await suited.OrderBy(p => p.Id).Select(p => (long?)p.Id).FirstOrDefaultAsync(ct);
    }

    public async Task<DemoCaller?> Know(long personId, CancellationToken ct)
    {
        if (await Town(ct) is not { } town || personId < town.First || personId >= town.End)
            return null;
        if (await db.Set<Person>().AsNoTracking().AsSplitQuery().Where(p => p.Id == personId)
            .Include(p => p.Names).Include(p => p.Phones).Include(p => p.Emails).Include(p => p.Identifiers).SingleOrDefaultAsync(ct) is not { } person)
            return null;
        var place = await (from s in Supplied()
                           join p in db.Set<Premise>() on s.PremiseId equals p.Id
                           where s.PersonId == personId
                           orderby s.AccountId, s.AgreementId
                           select new { s.Number, p.OneLine }).FirstOrDefaultAsync(ct);
        var today = await clock.Today(ct);
        var authorised = await Acting(today).Where(a => a.PersonId == personId).OrderBy(a => a.Id).Select(a => a.Name).FirstOrDefaultAsync(ct);
        var name = person.Names.First(n => n.Kind == NameKind.Main);
        var country = await settings.Get(HouseSettings.Country, ct);
        return new DemoCaller(
            person.Id, person.DisplayName, name.Given ?? person.DisplayName, name.Family ?? person.DisplayName, person.BornOn,
            person.Phones.OrderByDescending(p => p.IsPrimary).ThenBy(p => p.Id).Select(p => new PhoneNumber(p.E164, p.Extension).Display(country)).FirstOrDefault(),
            person.Emails.OrderByDescending(e => e.IsPrimary).ThenBy(e => e.Id).Select(e => e.Address).FirstOrDefault(), person.Identifiers.Select(i => i.LastDigits).FirstOrDefault(),
            person.PassphraseHash is null ? null : SightDemo.Passphrase, place?.Number, place?.OneLine, authorised);
    }

    public async Task<IReadOnlyList<DemoVerified>> VerifiedBy(long employeeId, DateTime from, DateTime to, CancellationToken ct) =>
        await db.Set<Caller>().AsNoTracking().Where(c => c.EmployeeId == employeeId && c.At >= from && c.At <= to).OrderByDescending(c => c.Id)
            .Select(c => new DemoVerified(c.PersonId, c.Way != CallerWay.None, c.Shown, c.Relay, c.Capacity == CallerCapacity.AuthorisedThirdParty)).ToListAsync(ct);

    private sealed record People(long First, long End);

    /// <summary>The keys of its people; those of its accounts come behind them.</summary>
    private async Task<People?> Town(CancellationToken ct) =>
        await settings.IsDemonstration(ct) && await settings.Get(DemoKeys.FirstPerson, ct) is > 0 and var first && await settings.Get(DemoKeys.FirstAccount, ct) is var end && end > first
            ? new People(first, end) : null;

    /// <summary>
    /// Individuals with a birth date, a phone of their own and a running supply that they hold: who can be found, verified, and has something to ask. Nobody
    /// with whom somebody restricted, or of the employee's family, is on an account: that is closed to them. On one account only: the story speaks of one.
    /// </summary>
    private async Task<IQueryable<Person>> Suited(People town, IReadOnlyCollection<DemoTrait> traits, long employeeId, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var (supplied, died, standing) = (Supplied(), ReportedDeath.All(db), db.Set<AccountPerson>().Where(a => a.ToOn == null));
        var people = db.Set<Person>().AsNoTracking().Where(p =>
            p.Id >= town.First && p.Id < town.End && p.Kind == PersonKind.Individual && p.MergedIntoId == null && p.BornOn != null && p.Phones.Any()
            // One whose number is on two records is a lesson of its own.
            && !p.Phones.Any(mine => db.Set<PersonPhone>().Any(other => other.E164 == mine.E164 && other.PersonId != p.Id))
            && !db.Set<Relationship>().Any(r => r.PersonId == p.Id && r.EmployeeId == employeeId)
            && !died.Any(f => f.PersonId == p.Id)
            && !(from mine in db.Set<AccountPerson>()
                 join theirs in db.Set<AccountPerson>() on mine.AccountId equals theirs.AccountId
                 join o in db.Set<Person>() on theirs.PersonId equals o.Id
                 where mine.PersonId == p.Id && o.Id != p.Id && (o.Restriction != PersonRestriction.None || db.Set<Relationship>().Any(r => r.PersonId == o.Id && r.EmployeeId == employeeId))
                 select o).Any()
            && supplied.Any(s => s.PersonId == p.Id)
            && standing.Where(a => a.PersonId == p.Id).Select(a => a.AccountId).Distinct().Count() == 1);
        people = traits.Contains(DemoTrait.Restricted) ? people.Where(p => p.Restriction != PersonRestriction.None) : people.Where(p => p.Restriction == PersonRestriction.None);
        foreach (var trait in traits)
            people = trait switch
            {
                DemoTrait.Passphrase => people.Where(p => p.PassphraseHash != null),
                DemoTrait.Authorised => people.Where(p => Acting(today).Any(a => a.PersonId == p.Id)),
                DemoTrait.Relay => people.Where(p => p.Relay),
                DemoTrait.LifeSupport => people.Where(p => p.LifeSupport),
                DemoTrait.Email => people.Where(p => p.Emails.Any()),
                _ => people,
            };
        return people;
    }

    /// <summary>For all accounts: who may act for one of several would need the right one.</summary>
    private IQueryable<Authorisation> Acting(DateOnly today) => db.Set<Authorisation>().AsNoTracking().InForce(today).Where(a => a.OtherPersonId == null && a.AccountId == null);

    /// <summary>Running supplies of those who hold the account.</summary>
    private IQueryable<Supply> Supplied() =>
        from p in db.Set<AccountPerson>().Where(AccountPerson.Holding)
        join a in db.Set<Account>() on p.AccountId equals a.Id
        join s in db.Set<ServiceAgreement>() on a.Id equals s.AccountId
        where a.Status == AccountStatus.Active && s.State == AgreementState.Active
        select new Supply { PersonId = p.PersonId, AccountId = a.Id, Number = a.Number, AgreementId = s.Id, PremiseId = s.PremiseId };

    private sealed class Supply
    {
        public required long PersonId { get; init; }
        public required long AccountId { get; init; }
        public required string Number { get; init; }
        public required long AgreementId { get; init; }
        public required long PremiseId { get; init; }
    }
}
