using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Platform.Data;

namespace Tieline.Customers.Authorisations;

/// <summary>An authorisation on a day on which it is in force.</summary>
/// <param name="AccountId">Null: for all accounts of the person.</param>
/// <param name="OtherPersonId">Null for an outsider.</param>
/// <param name="Name">As it is now.</param>
/// <param name="Phone">E.164, of an outsider.</param>
/// <param name="Account">Number of the account.</param>
internal sealed record AuthorisationInForce(
    long Id, long? AccountId, long? OtherPersonId, string Name, string? Organisation, string? Phone, string Scopes, DateOnly ToOn, string? Account = null)
{
    public bool Covers(AuthorisationScope scope, long? accountId = null) => (AccountId is null || AccountId == accountId) && Authorisation.Covers(Scopes, scope);
}

internal static class DaysOfAuthorisations
{
    /// <summary><see cref="Authorisation.InForce"/>, as a part of a statement.</summary>
    public static IQueryable<Authorisation> InForce(this IQueryable<Authorisation> authorisations, DateOnly day) =>
        authorisations.Where(a => a.RevokedAt == null && a.FromOn <= day && a.ToOn >= day);
}

internal static class WhoMayActs
{
    /// <summary>Who may act, as the timeline of the one who gave it tells it: to readers with other rights than now.</summary>
    public static async Task<string> WhoMayAct(this Authorisation authorisation, AppDb db, CancellationToken ct) =>
        authorisation.OtherPersonId is { } other && await db.Set<Person>().AnyAsync(p => p.Id == other && p.Restriction != PersonRestriction.None, ct) ? Sight.Masks.Closed : authorisation.Name;
}

/// <summary>Who may act for a person, for those who have to know before they answer.</summary>
internal sealed class AuthorisationsInForce(AppDb db)
{
    /// <summary>Those of a person on a day, that which ends first at the front; one SELECT.</summary>
    public async Task<IReadOnlyList<AuthorisationInForce>> Of(long personId, DateOnly day, CancellationToken ct) =>
        await (from a in db.Set<Authorisation>().InForce(day)
               join p in db.Set<Person>() on a.OtherPersonId equals (long?)p.Id into others
               from p in others.DefaultIfEmpty()
               join account in db.Set<Accounts.Account>() on a.AccountId equals (long?)account.Id into accounts
               from account in accounts.DefaultIfEmpty()
               where a.PersonId == personId
               orderby a.ToOn, a.Id
               select new AuthorisationInForce(a.Id, a.AccountId, a.OtherPersonId, p == null ? a.Name : p.DisplayName, a.Organisation, a.Phone, a.Scopes, a.ToOn, account.Number)).ToListAsync(ct);
}
