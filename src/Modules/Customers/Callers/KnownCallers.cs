using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Authorisations;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Callers;

/// <summary>As what somebody speaks for a customer.</summary>
/// <param name="Name">Of the person on record; of an outsider as the authorisation gives it.</param>
/// <param name="Scopes">Of the authorisation by which they speak; null without one.</param>
/// <param name="Account">Number of the one account it is for; null for all.</param>
/// <param name="Holds">Of somebody on accounts with the customer: as main person or co-holder of one at least.</param>
/// <param name="Pays">The same of who pays.</param>
internal sealed record SpeaksAs(CallerCapacity Capacity, string? Name, string? Organisation, string? Scopes, string? Account, DateOnly? ToOn, bool Holds, bool Pays)
{
    /// <param name="closed">Who speaks is not named.</param>
    public string? Words(bool closed)
    {
        var name = closed ? Masks.Closed : Name;
        return Capacity switch
        {
            CallerCapacity.Customer or CallerCapacity.Unverified => null,
            CallerCapacity.Landlord => $"{name}, landlord: may start and stop service at places of theirs, the customer's data stay masked",
            CallerCapacity.PersonOnAccount when Holds => $"{name}, on the account: what they hold is open, all else of the customer stays masked",
            CallerCapacity.PersonOnAccount when Pays => $"{name}, payer: is told of what they pay for, and may change nothing",
            CallerCapacity.PersonOnAccount => $"{name}, on the account without holding it: is told nothing and may do nothing until an authorisation is given",
            _ when Scopes is not null && ToOn is { } until => AuthorisationWords.Of(name ?? "", Organisation, Scopes, Account, until),
            _ => $"{name}, guardian: may do nothing until an authorisation is given",
        };
    }
}

/// <summary>A caller as the employee knows them, with the authorisation by which they speak.</summary>
/// <param name="SpeakerId">Who speaks, when that is somebody else on record.</param>
/// <param name="AccountId">Of the authorisation; null for all.</param>
internal sealed record Spoken(
    long Id, RecordRef? Interaction, bool Relay, bool Interpreter, string Shown, DateTime At, DateTime UntilAt, long? SpeakerId, long? AccountId, DateTime? RevokedAt, SpeaksAs As);

/// <summary>The callers of interactions, as the room of the interactions parks them, hands them over and ends them. Nothing here saves.</summary>
internal sealed class KnownCallers(AppDb db, PeopleInSight sight, ISettings settings, IUtilityClock clock)
{
    public const string OutsideRule = "caller.outside_authorisation";

    /// <summary>With an interaction somebody is known until that ends; should nobody end it, until then.</summary>
    private const int LongestHours = 12;

    /// <summary>How long somebody is known from now on.</summary>
    public async Task<DateTime> Until(RecordRef? interaction, CancellationToken ct) =>
        interaction is null ? db.Now.AddMinutes(await settings.Get(SightSettings.CallerMinutes, ct)) : db.Now.AddHours(LongestHours);

    public async Task End(RecordRef interaction, CancellationToken ct)
    {
        foreach (var caller in await NotOver().Where(c => c.Interaction == interaction).ToListAsync(ct))
            caller.End(db.Now);
        sight.Forget();
    }

    public async Task Park(RecordRef interaction, CancellationToken ct)
    {
        foreach (var caller in await Live().Where(c => c.Interaction == interaction).ToListAsync(ct))
            caller.Park(db.Now);
        sight.Forget();
    }

    /// <summary>An employee takes somebody in hand, or verifies somebody outside of any call: one of them comes first, and the other knows of it. Until the commit.</summary>
    public Task HoldHandOf(long employee, CancellationToken ct) => db.HoldName("in_hand", employee, ct);

    /// <summary>Who was verified outside of any call is not who speaks in this one.</summary>
    public async Task TakenUp(RecordRef interaction, long by, CancellationToken ct)
    {
        await HoldHandOf(by, ct);
        foreach (var caller in await NotOver().Where(c => c.Interaction == interaction || (c.Interaction == null && c.EmployeeId == by)).ToListAsync(ct))
        {
            if (caller.Interaction is not null && caller.EmployeeId == by)
            {
                if (caller.ParkedAt is not null)
                    caller.GoOn();
                continue;
            }
            caller.End(db.Now);
            if (caller.Interaction is not null)
                db.Add(caller.HandedTo(db.NextId(), by, db.Now));
        }
        sight.Forget();
    }

    /// <summary>Whoever was taken for somebody who has died is not.</summary>
    public async Task EndOfDead(long personId, CancellationToken ct)
    {
        foreach (var caller in await NotOver().Where(c => c.PersonId == personId && c.Capacity == CallerCapacity.Customer).ToListAsync(ct))
            caller.End(db.Now);
        sight.Forget();
    }

    public async Task EndOf(long personId, CancellationToken ct)
    {
        if (sight.Me is not { } me)
            return;
        foreach (var caller in await Live().Where(c => c.EmployeeId == me && c.PersonId == personId && c.Interaction == null).ToListAsync(ct))
            caller.End(db.Now);
        sight.Forget();
    }

    /// <summary>Whom the acting employee knows to speak about a person now. One SELECT.</summary>
    public async Task<Spoken?> Speaking(long personId, CancellationToken ct)
    {
        if (sight.Me is not { } me)
            return null;
        var standing = db.Set<AccountPerson>().Where(p => p.ToOn == null);
        var holding = from h in standing.Where(AccountPerson.Holding) join m in standing on h.AccountId equals m.AccountId select new { Speaker = h.PersonId, Customer = m.PersonId };
        var paying = from h in standing.Where(p => p.Role == AccountRole.Payer) join m in standing on h.AccountId equals m.AccountId select new { Speaker = h.PersonId, Customer = m.PersonId };
        return await (from c in Live().AsNoTracking()
                      join p in db.Set<Person>() on c.SpeakerId equals (long?)p.Id into people
                      from p in people.DefaultIfEmpty()
                      join a in db.Set<Authorisation>() on c.AuthorisationId equals (long?)a.Id into authorisations
                      from a in authorisations.DefaultIfEmpty()
                      join x in db.Set<Account>() on a.AccountId equals (long?)x.Id into accounts
                      from x in accounts.DefaultIfEmpty()
                      where c.EmployeeId == me && c.PersonId == personId
                      orderby c.Id descending
                      select new Spoken(
                          c.Id, c.Interaction, c.Relay, c.Interpreter, c.Shown, c.At, c.UntilAt, c.SpeakerId, a.AccountId, a.RevokedAt,
                          new SpeaksAs(c.Capacity, p.DisplayName ?? a.Name, a.Organisation, a.Scopes, x.Number, a.ToOn,
                              holding.Any(s => s.Speaker == c.SpeakerId && s.Customer == c.PersonId),
                              paying.Any(s => s.Speaker == c.SpeakerId && s.Customer == c.PersonId)))).FirstOrDefaultAsync(ct);
    }

    /// <summary>Who speaks for a customer; null when the customer does. Of somebody who is closed to this employee no name.</summary>
    public async Task<string?> Words(Spoken caller, CancellationToken ct)
    {
        if (caller.As.Capacity is CallerCapacity.Customer or CallerCapacity.Unverified)
            return null;
        var closed = caller.SpeakerId is { } speaker && await sight.Of(speaker, ct) == SightLevel.Closed;
        return caller.As.Words(closed);
    }

    /// <summary>Landlords of record until today: those who speak for their tenant.</summary>
    public static IQueryable<Caller> Landlords(AppDb db, IQueryable<Caller> callers, DateOnly today)
    {
        var landlords = db.Set<Relationship>().InForce(today).Where(r => r.Kind == RelationshipKind.Landlord);
        return callers.Where(c => c.Capacity == CallerCapacity.Landlord && landlords.Any(r => r.PersonId == c.PersonId && r.RelatedPersonId == c.SpeakerId));
    }

    /// <summary>The customer's landlord speaks, and the place is theirs as far as is on record: the customer is or was supplied there, or they themselves.</summary>
    public async Task<bool> LandlordAt(long personId, long premiseId, CancellationToken ct)
    {
        if (sight.Me is not { } me)
            return false;
        var supplied = from s in db.Set<ServiceAgreement>()
                       join p in db.Set<AccountPerson>() on s.AccountId equals p.AccountId
                       where s.PremiseId == premiseId && s.State != AgreementState.Cancelled
                       select p.PersonId;
        return await Landlords(db, Live().Where(c => c.EmployeeId == me && c.PersonId == personId), await clock.Today(ct))
            .AnyAsync(c => supplied.Any(p => p == c.PersonId || p == c.SpeakerId), ct);
    }

    /// <summary>Whoever calls for a customer has done what they are let do, and no more.</summary>
    /// <param name="accountId">The account that is changed; null for what is not an account's.</param>
    /// <returns>Why it is refused; null when the employee knows the customer to call, or nobody.</returns>
    public async Task<Problem?> Outside(long personId, AuthorisationScope scope, long? accountId, CancellationToken ct)
    {
        var opened = accountId is { } on && sight.Me is { } me
            ? await OpenedAccounts.Of(db, Live().Where(c => c.EmployeeId == me), await clock.Today(ct)).Where(o => o.AccountId == on).ToListAsync(ct) : [];
        // Whoever opens the account has it changed, on whichever page they were verified.
        if (opened.Any(o => Authorisation.Covers(o.Scopes, scope)))
            return null;
        if (await Speaking(personId, ct) is not { As.Capacity: not CallerCapacity.Unverified } caller)
            return opened is [{ } hears, ..] ? Refused($"{await Hearing(hears.PersonId, ct)}. This is more than that.") : null;
        if (caller.As.Capacity is CallerCapacity.PersonOnAccount or CallerCapacity.Landlord)
            return Refused($"{await Words(caller, ct)}. This is more than that.");
        if (caller.As is { Capacity: CallerCapacity.AuthorisedThirdParty, Scopes: null })
            return Refused($"{await Words(caller, ct)}, and then no more than it covers.");
        if (caller.As.Scopes is not { } scopes)
            return null;
        if (caller.RevokedAt is not null || caller.As.ToOn < await clock.Today(ct))
            return Refused($"{await Words(caller, ct)}: this is over, it was revoked or has ended.");
        if (!Authorisation.Covers(scopes, scope))
            return Refused($"{await Words(caller, ct)}. For this they would have to be let {(scope == AuthorisationScope.Everything ? "do everything" : AuthorisationWords.Of(scope))}.");
        return caller.AccountId is { } only && only != accountId ? Refused($"{await Words(caller, ct)}. This is more than that account.") : null;
    }

    /// <summary>Who was verified on a page of their own and may not do all with another's account.</summary>
    private async Task<string> Hearing(long personId, CancellationToken ct) =>
        await Speaking(personId, ct) is { } caller && await Words(caller, ct) is { } words ? words
        : new SpeaksAs(CallerCapacity.PersonOnAccount, await db.Set<Person>().Where(p => p.Id == personId).Select(p => p.DisplayName).SingleAsync(ct), null, null, null, null, Holds: false, Pays: true).Words(false)!;

    private static Problem Refused(string words) => new(null, $"{words} Ask the customer.", OutsideRule);

    /// <inheritdoc cref="CallersInTime.Live"/>
    public IQueryable<Caller> Live() => db.Set<Caller>().Live(db.Now);

    private IQueryable<Caller> NotOver() => db.Set<Caller>().NotOver(db.Now);
}
