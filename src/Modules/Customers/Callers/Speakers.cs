using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Customers.Callers;

/// <param name="PersonId">Who speaks.</param>
/// <param name="What">What they are to the customer, in words.</param>
internal sealed record Speaker(CallerCapacity Capacity, long PersonId, string Name, string What)
{
    /// <summary>What says so: entries of accounts, a relationship, an authorisation.</summary>
    public required IReadOnlyList<RecordRef> By { get; init; }

    /// <summary>By which they speak; outsiders have nothing else.</summary>
    public long? AuthorisationId { get; init; }

    /// <summary>One for each way in which somebody may speak: the same person may be on the account and have leave to act.</summary>
    public string Key => AuthorisationId is { } by ? $"authorisation-{by}" : $"{Capacity}-{PersonId}";
}

/// <summary>
/// Who on record may speak for a customer: those on an account with them, their landlord or guardian, and whom they let act for them. An executor is
/// let act when their papers were seen.
/// </summary>
internal sealed class Speakers(AppDb db, PeopleInSight sight, IUtilityClock clock, AuthorisationsInForce authorisations)
{
    /// <summary>Closed people are not offered: their name would be told.</summary>
    public async Task<IReadOnlyList<Speaker>> Of(long personId, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var members = await (from mine in db.Set<AccountPerson>()
                             join other in db.Set<AccountPerson>() on mine.AccountId equals other.AccountId
                             join p in db.Set<Person>() on other.PersonId equals p.Id
                             where mine.PersonId == personId && mine.ToOn == null && other.ToOn == null && other.PersonId != personId
                             select new { p.Id, p.DisplayName, other.Role, Entry = other.Id }).Distinct().Take(100).ToListAsync(ct);
        var related = await (from r in db.Set<Relationship>().InForce(today)
                             join p in db.Set<Person>() on r.RelatedPersonId equals p.Id
                             where r.PersonId == personId && (r.Kind == RelationshipKind.Landlord || r.Kind == RelationshipKind.Guardian)
                             select new { p.Id, p.DisplayName, r.Kind, Relationship = r.Id }).Take(100).ToListAsync(ct);
        Speaker[] all =
        [
            .. members.GroupBy(m => (m.Id, m.DisplayName)).Select(m => new Speaker(CallerCapacity.PersonOnAccount, m.Key.Id, m.Key.DisplayName, InWords(m.Min(e => e.Role)))
            {
                By = [.. m.Select(e => new RecordRef("account_person", e.Entry))],
            }),
            .. related.Select(r => new Speaker(r.Kind == RelationshipKind.Landlord ? CallerCapacity.Landlord : CallerCapacity.AuthorisedThirdParty, r.Id, r.DisplayName, InWords(r.Kind))
            {
                By = [new RecordRef("relationship", r.Relationship)],
            }),
        ];
        // Of an outsider nothing is on record: they must know what the customer knows.
        all =
        [
            .. all,
            .. (await authorisations.Of(personId, today, ct)).Take(100).Select(a => new Speaker(
                CallerCapacity.AuthorisedThirdParty, a.OtherPersonId ?? personId, a.Name, AuthorisationWords.Of("authorised", a.Organisation, a.Scopes, a.Account, a.ToOn))
            {
                By = [new RecordRef("authorisation", a.Id)], AuthorisationId = a.Id,
            }),
        ];
        var levels = await sight.Of([.. all.Select(s => s.PersonId)], ct);
        return [.. all.Where(s => levels[s.PersonId] != SightLevel.Closed).DistinctBy(s => s.Key)];
    }

    /// <summary>Whether all that says that they may speak was said since then: who is put on record by a caller shows nothing by it in the same call.</summary>
    public async Task<bool> IsNew(Speaker speaker, DateTime since, CancellationToken ct)
    {
        var told = await db.Set<Timeline.TimelineEntry>().Where(e => speaker.By.Contains(e.About) && e.At >= since).Select(e => e.About).Distinct().ToListAsync(ct);
        return speaker.By.All(told.Contains);
    }

    private static string InWords<T>(T value) where T : struct, Enum => Platform.Ui.Option.InWords(value.ToString()).ToLowerInvariant();
}
