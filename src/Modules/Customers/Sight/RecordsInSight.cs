using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Sight;

/// <summary>The way to a record for those who are about to change it: closed ones are refused, and changes of restricted people are reported.</summary>
internal sealed class RecordsInSight(AppDb db, CurrentActor actor, PeopleInSight sight, IEvents events)
{
    private readonly HashSet<long> reported = [];

    public const string NotVerifiedRule = "person.not_verified";

    public static readonly Problem VerifyFirst = new(null, "Make sure first who is calling: this is masked, and can only be changed by someone who sees it.", NotVerifiedRule);

    /// <summary>The account with its people; null when there is none.</summary>
    /// <exception cref="ForbiddenException">It is a closed person's.</exception>
    public async Task<Account?> Account(long id, CancellationToken ct)
    {
        var account = await db.Account(id, ct);
        if (account?.People.Where(p => p.Role == AccountRole.Main).OrderBy(p => p.ToOn is not null).ThenByDescending(p => p.Id).FirstOrDefault() is { } main)
            await Person(main.PersonId, ct);
        return account;
    }

    /// <exception cref="ForbiddenException">The record is closed.</exception>
    public async Task Person(long id, CancellationToken ct)
    {
        await sight.RequireOpen(id, ct);
        await Report(id, ct);
    }

    /// <summary>For what only somebody who sees it may change.</summary>
    /// <returns>What is wrong; null when it may be changed.</returns>
    /// <exception cref="ForbiddenException">The record is closed.</exception>
    public async Task<Problem?> Seen(long id, CancellationToken ct)
    {
        await sight.RequireOpen(id, ct);
        if (await sight.Of(id, ct) != SightLevel.Full)
            return VerifyFirst;
        await Report(id, ct);
        return null;
    }

    private async Task Report(long id, CancellationToken ct)
    {
        if (sight.Me is { } me && !reported.Contains(id) && await db.Set<Person>().AnyAsync(p => p.Id == id && p.Restriction != PersonRestriction.None, ct))
        {
            reported.Add(id);
            await events.Publish(new RestrictedChanged(id, me, actor.Actor.Name), ct, new RecordRef("person", id));
        }
    }
}
