using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Sight;

/// <summary>
/// The way to a record for those who are about to change it: closed ones are refused, who has not verified the caller is asked to, and changes of
/// restricted people are reported. What may be done without knowing who is calling has a method of its own here, and nothing else may.
/// </summary>
internal sealed class RecordsInSight(AppDb db, CurrentActor actor, PeopleInSight sight, KnownCallers callers, IEvents events)
{
    private readonly HashSet<long> reported = [];

    public const string NotVerifiedRule = "person.not_verified";

    public static readonly Problem VerifyFirst = new(null, "Make sure first who is calling, on the customer's page: this is masked, and can only be changed by someone who sees it.", NotVerifiedRule);

    /// <summary>The account with its people, for what only somebody who sees its main person may change.</summary>
    /// <param name="scope">What somebody who calls for the customer must have leave to do.</param>
    /// <exception cref="ForbiddenException">It is a closed person's.</exception>
    public Task<Outcome<Account>> Account(long id, AuthorisationScope scope, CancellationToken ct) => Account(id, scope, null, ct);

    /// <summary>The account, to start or stop service of it at a place: a landlord may, too, where the place is theirs.</summary>
    /// <param name="premise">Null while it is not known.</param>
    /// <inheritdoc cref="Account(long, AuthorisationScope, CancellationToken)"/>
    public Task<Outcome<Account>> Service(long id, long? premise, CancellationToken ct) => Account(id, AuthorisationScope.StartAndStop, premise, ct);

    private async Task<Outcome<Account>> Account(long id, AuthorisationScope scope, long? premise, CancellationToken ct)
    {
        if (await db.Account(id, ct) is not { } account)
            return Problem.NotFound("The account");
        await sight.RequireNotOwn(id, ct);
        if (MainOf(account) is { } main && await Seen(main, scope, id, premise, ct) is { } unseen)
            return unseen;
        await Beside(StandingOn(account), ct);
        return account;
    }

    /// <summary>An employee writes something down in words of their own, and changes nothing that the customer said: a note, a warning.</summary>
    /// <exception cref="ForbiddenException">The record is closed.</exception>
    public Task OwnWordsAbout(long person, CancellationToken ct) => Open(person, ct);

    /// <inheritdoc cref="OwnWordsAbout"/>
    public async Task OwnWordsAboutAccount(long account, CancellationToken ct)
    {
        await sight.RequireNotOwn(account, ct);
        if (await db.Account(account, ct) is not { } found)
            return;
        if (MainOf(found) is { } main)
            await Open(main, ct);
        await Beside(StandingOn(found), ct);
    }

    /// <summary>Somebody may do less than before: it opens nothing to anybody, and to wait for proof would do the harm.</summary>
    /// <exception cref="ForbiddenException">The record is closed.</exception>
    public Task ProtectionOf(long person, CancellationToken ct) => Open(person, ct);

    /// <summary>Somebody by name settles the estate: their papers were seen, and the one who could be asked is dead.</summary>
    /// <exception cref="ForbiddenException">The record is closed.</exception>
    public Task PapersSeenFor(long person, CancellationToken ct) => Open(person, ct);

    /// <summary>A right of its own lets the actor change records as a whole, whoever is calling: two are merged or separated, a list of steps begins or goes on. Reported once for all of them.</summary>
    /// <exception cref="ForbiddenException">One of the records is closed.</exception>
    public async Task AsAWhole(IReadOnlyCollection<long> people, CancellationToken ct)
    {
        foreach (var person in people)
            await sight.RequireOpen(person, ct);
        if (reported.Overlaps(people))
            return;
        foreach (var person in people)
        {
            if (await Report(person, ct))
                return;
        }
    }

    /// <summary>Two become one, or two again: their accounts change with them.</summary>
    /// <exception cref="ForbiddenException">One of the records is closed, or one of the accounts is the employee's own or a relative's.</exception>
    public async Task AsOne(long one, long other, CancellationToken ct)
    {
        var accounts = db.Set<AccountPerson>().Where(p => p.PersonId == one || p.PersonId == other).Select(p => p.AccountId);
        if ((await sight.OwnAccounts(ct)) is { Count: > 0 } own && await accounts.AnyAsync(a => own.Contains(a), ct))
            throw PeopleInSight.Closed;
        await AsAWhole([one, other], ct);
        await Beside(await db.Set<AccountPerson>().Where(p => p.ToOn == null && accounts.Contains(p.AccountId)).Select(p => p.PersonId).Distinct().ToListAsync(ct), ct);
    }

    /// <summary>Who is only the other one of a change: stands on the account or joins it, is somebody's carer or landlord, is let act. Not reported where another one of the same change was.</summary>
    public async Task Beside(IReadOnlyCollection<long> people, CancellationToken ct)
    {
        if (reported.Count == 0 && await Restricted(people, ct) is [var restricted, ..])
            await Tell(restricted, ct);
    }

    /// <summary>A file adds to each of them.</summary>
    public async Task AddedTo(IReadOnlyCollection<long> people, CancellationToken ct)
    {
        foreach (var restricted in await Restricted(people, ct))
            await Tell(restricted, ct);
    }

    /// <summary>What no employee does is reported to nobody.</summary>
    private async Task<IReadOnlyList<long>> Restricted(IReadOnlyCollection<long> people, CancellationToken ct) => sight.Me is null || people.Count == 0 ? []
        : await db.Set<Person>().Where(p => people.Contains(p.Id) && p.Restriction != PersonRestriction.None).OrderBy(p => p.Id).Select(p => p.Id).ToListAsync(ct);

    /// <inheritdoc cref="Beside(IReadOnlyCollection{long}, CancellationToken)"/>
    public Task Beside(long? person, CancellationToken ct) => Beside(person is { } other ? [other] : [], ct);

    /// <summary>Who may see the record changes: to close it, to open it and to close it otherwise are reported alike.</summary>
    /// <exception cref="ForbiddenException">The record is closed.</exception>
    public async Task Restricting(long person, CancellationToken ct)
    {
        await sight.RequireOpen(person, ct);
        await Tell(person, ct);
    }

    /// <summary>For what only somebody who sees it may change.</summary>
    /// <returns>What is wrong; null when it may be changed.</returns>
    /// <exception cref="ForbiddenException">The record is closed.</exception>
    public Task<Problem?> Seen(long id, AuthorisationScope scope, CancellationToken ct) => Seen(id, scope, null, null, ct);

    private async Task<Problem?> Seen(long id, AuthorisationScope scope, long? account, long? premise, CancellationToken ct)
    {
        await sight.RequireOpen(id, ct);
        if (premise is not { } place || !await callers.LandlordAt(id, place, ct))
        {
            if (await callers.Outside(id, scope, account, ct) is { } outside)
                return outside;
            if ((account is { } which ? await sight.OfAccount(which, id, true, ct) : await sight.Of(id, ct)) != SightLevel.Full)
                return VerifyFirst;
        }
        await Report(id, ct);
        return null;
    }

    private async Task Open(long person, CancellationToken ct)
    {
        await sight.RequireOpen(person, ct);
        await Report(person, ct);
    }

    private static long? MainOf(Account account) =>
        OnAccount.Main(account.People.Select(p => new OnAccount(account.Id, p.PersonId, p.Role, p.ToOn, p.Id)));

    private static long[] StandingOn(Account account) => [.. account.Standing.Select(p => p.PersonId)];

    /// <returns>Whether it is a restricted one.</returns>
    private async Task<bool> Report(long id, CancellationToken ct)
    {
        if (await Restricted([id], ct) is [])
            return false;
        await Tell(id, ct);
        return true;
    }

    private async Task Tell(long id, CancellationToken ct)
    {
        if (sight.Me is { } me && reported.Add(id))
            await events.Publish(new RestrictedChanged(id, me, actor.Actor.Name), ct, new RecordRef("person", id));
    }
}
