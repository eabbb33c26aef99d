using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Platform.Data;

namespace Tieline.Customers.Callers;

/// <summary>An account that somebody who speaks opens, and what they may have done with it.</summary>
internal sealed class OpenedAccount
{
    public long AccountId { get; init; }
    /// <summary>About whom they were verified.</summary>
    public long PersonId { get; init; }
    /// <summary>Names of <see cref="AuthorisationScope"/>, separated by commas.</summary>
    public string Scopes { get; init; } = "";
}

/// <summary>
/// The one rule of which accounts a caller opens: its main person and co-holders open it whole, on whichever page they were verified; who pays for it is told
/// of it; whom one of these lets act does what that covers. Who lives there, or is to be reached there, opens nothing of it.
/// </summary>
internal static class OpenedAccounts
{
    private const string All = nameof(AuthorisationScope.Everything);
    private const string Told = nameof(AuthorisationScope.Information);

    /// <summary>Without those that are a part of the record of the person who is open as a whole: their number has no bound.</summary>
    public static IQueryable<OpenedAccount> Of(AppDb db, IQueryable<Caller> callers, DateOnly today)
    {
        var standing = db.Set<AccountPerson>().Where(p => p.ToOn == null);
        var told = db.Set<AccountPerson>().Where(AccountPerson.Told);
        var shared = from c in callers
                     join p in told on c.SpeakerId equals (long?)p.PersonId
                     where c.Capacity == CallerCapacity.PersonOnAccount && standing.Any(m => m.AccountId == p.AccountId && m.PersonId == c.PersonId)
                     select new OpenedAccount { AccountId = p.AccountId, PersonId = c.PersonId, Scopes = p.Role == AccountRole.Payer ? Told : All };
        // What was revoked meanwhile opens nothing any more.
        var let = from c in callers
                  join a in db.Set<Authorisation>().InForce(today) on c.AuthorisationId equals (long?)a.Id
                  join p in told on c.PersonId equals p.PersonId
                  where a.AccountId == null ? p.Role != AccountRole.Main : a.AccountId == p.AccountId
                  select new OpenedAccount { AccountId = p.AccountId, PersonId = c.PersonId, Scopes = p.Role == AccountRole.Payer ? Told : a.Scopes };
        return ToCustomers(db, callers).Concat(shared).Concat(let);
    }

    /// <summary>The part of customers who speak themselves.</summary>
    public static IQueryable<OpenedAccount> ToCustomers(AppDb db, IQueryable<Caller> callers) =>
        from c in callers
        join p in db.Set<AccountPerson>().Where(AccountPerson.Told) on c.PersonId equals p.PersonId
        where c.Capacity == CallerCapacity.Customer && p.Role != AccountRole.Main
        select new OpenedAccount { AccountId = p.AccountId, PersonId = c.PersonId, Scopes = p.Role == AccountRole.Payer ? Told : All };
}
