using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Customers.Callers;

/// <param name="PersonId">Who speaks.</param>
/// <param name="What">What they are to the customer, in words.</param>
internal sealed record Speaker(CallerCapacity Capacity, long PersonId, string Name, string What);

/// <summary>Who on record may speak for a customer: those on an account with them, their landlord, and who acts for them by right.</summary>
internal sealed class Speakers(AppDb db, PeopleInSight sight, IUtilityClock clock)
{
    /// <summary>Closed people are not offered: their name would be told.</summary>
    public async Task<IReadOnlyList<Speaker>> Of(long personId, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var members = await (from mine in db.Set<AccountPerson>()
                             join other in db.Set<AccountPerson>() on mine.AccountId equals other.AccountId
                             join p in db.Set<Person>() on other.PersonId equals p.Id
                             where mine.PersonId == personId && mine.ToOn == null && other.ToOn == null && other.PersonId != personId
                             select new { p.Id, p.DisplayName, other.Role }).Distinct().Take(100).ToListAsync(ct);
        var related = await (from r in db.Set<Relationship>()
                             join p in db.Set<Person>() on r.RelatedPersonId equals p.Id
                             where r.PersonId == personId && (r.FromOn == null || r.FromOn <= today) && (r.ToOn == null || r.ToOn >= today)
                                && (r.Kind == RelationshipKind.Landlord || r.Kind == RelationshipKind.Guardian || r.Kind == RelationshipKind.Executor)
                             select new { p.Id, p.DisplayName, r.Kind }).Take(100).ToListAsync(ct);
        Speaker[] all =
        [
            .. members.Select(m => new Speaker(CallerCapacity.PersonOnAccount, m.Id, m.DisplayName, InWords(m.Role))),
            .. related.Select(r => new Speaker(r.Kind == RelationshipKind.Landlord ? CallerCapacity.Landlord : CallerCapacity.AuthorisedThirdParty, r.Id, r.DisplayName, InWords(r.Kind))),
        ];
        var authorised = await (from a in db.Set<Authorisation>()
                                join p in db.Set<Person>() on a.OtherPersonId equals p.Id into known
                                from p in known.DefaultIfEmpty()
                                where a.PersonId == personId && a.RevokedAt == null && a.FromOn <= today && a.ToOn >= today
                                select new { a.OtherPersonId, Name = p == null ? a.Name : p.DisplayName, a.Scopes }).Take(100).ToListAsync(ct);
        // Of an outsider nothing is on record: they must know what the customer knows.
        all = [.. all, .. authorised.Select(a => new Speaker(CallerCapacity.AuthorisedThirdParty, a.OtherPersonId ?? personId, a.Name, $"authorised: {InWords(a.Scopes)}"))];
        var levels = await sight.Of([.. all.Select(s => s.PersonId)], ct);
        return [.. all.Where(s => levels[s.PersonId] != SightLevel.Closed).DistinctBy(s => (s.Capacity, s.PersonId, s.Name))];
    }

    private static string InWords(string scopes) => string.Join(", ", scopes.Split(',').Select(s => Platform.Ui.Option.InWords(s).ToLowerInvariant()));

    private static string InWords<T>(T value) where T : struct, Enum => Platform.Ui.Option.InWords(value.ToString()).ToLowerInvariant();
}
