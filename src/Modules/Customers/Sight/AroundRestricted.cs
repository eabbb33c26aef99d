using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Finding;
using Tieline.Customers.Flows;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Timeline;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Customers.Sight;

/// <summary>What changes around a person who is restricted from now on, or not any more: how they and their places are found, and where others' timelines and guided flows name them.</summary>
internal sealed class AroundRestricted(AppDb db, CustomerIndex index)
{
    public async Task Changes(long personId, PersonRestriction restriction, CancellationToken ct)
    {
        index.PersonChanges(personId);
        // A place where nobody else is supplied is found as a place from now on, and where it was not, it is found with its customer again.
        foreach (var premise in await Premises(personId, ct))
            index.PremiseChanges(premise);
        if (restriction != PersonRestriction.None)
            await Unname(personId, ct);
    }

    /// <summary>Where a person is or was supplied.</summary>
    public Task<List<long>> Premises(long personId, CancellationToken ct) =>
        (from ap in db.Set<AccountPerson>()
         join s in db.Set<ServiceAgreement>() on ap.AccountId equals s.AccountId
         where ap.PersonId == personId && s.State != AgreementState.Cancelled
         select s.PremiseId).Distinct().ToListAsync(ct);

    /// <summary>Others' timelines and guided flows tell by name what they have to do with this person: a relationship, leave to act for them, a shared account, a merge that was undone.</summary>
    private async Task Unname(long personId, CancellationToken ct)
    {
        var relationships = await db.Set<Relationship>().Where(r => r.RelatedPersonId == personId).Select(r => new { r.Id, r.PersonId }).ToListAsync(ct);
        var authorisations = await db.Set<Authorisation>().Where(a => a.OtherPersonId == personId).Select(a => new { a.Id, a.PersonId }).ToListAsync(ct);
        var merges = await db.Set<Merge>().Where(m => m.Kind == MergeKind.Person && (m.FromId == personId || m.IntoId == personId)).Select(m => m.Id).ToListAsync(ct);
        var fellows = await db.Set<AccountPerson>().Where(p => db.Set<AccountPerson>().Any(o => o.AccountId == p.AccountId && o.PersonId == personId)).Select(p => p.PersonId).ToListAsync(ct);
        // A finished flow does not keep whom its steps name: they are among these.
        var around = relationships.Select(r => r.PersonId).Concat(authorisations.Select(a => a.PersonId)).Concat(fellows).Where(p => p != personId).Distinct().ToArray();
        var flows = around.Length == 0 ? [] : await db.Set<GuidedFlow>().Include(f => f.Steps).Where(f => around.Contains(f.PersonId)).ToListAsync(ct);
        RecordRef[] told =
        [
            .. relationships.Select(r => new RecordRef("relationship", r.Id)), .. authorisations.Select(a => new RecordRef("authorisation", a.Id)), .. merges.Select(m => new RecordRef("merge", m)),
            .. flows.Select(f => f.AuditSubject),
        ];
        if (told.Length == 0)
            return;
        var reference = await db.Set<Person>().Where(p => p.Id == personId).Select(p => p.Reference).SingleAsync(ct);
        var names = await db.Set<PersonName>().Where(n => n.PersonId == personId).Select(n => n.FullName).ToListAsync(ct);
        foreach (var step in flows.SelectMany(f => f.Steps))
            step.Reword(Without(step.Words));
        foreach (var entry in await db.Set<TimelineEntry>().Where(e => told.Contains(e.About) && e.PersonId != personId).ToListAsync(ct))
            (entry.Title, entry.Body) = (Without(entry.Title)!, Without(entry.Body));

        string? Without(string? words) => names.OrderByDescending(n => n.Length)
            .Aggregate(words, (text, name) => text?.Replace(name, Masks.Closed, StringComparison.OrdinalIgnoreCase))?.Replace($" ({reference})", "", StringComparison.Ordinal);
    }
}
