using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Finding;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Timeline;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Sight;

/// <summary>Closes a person's record to all but those who have the right or give a reason, or opens it to everyone again.</summary>
internal sealed class RestrictPerson(AppDb db, CurrentActor actor, PeopleInSight sight, CustomerIndex index, IEvents events) : IUse<RestrictPerson.Input, Done>
{
    /// <param name="Restriction"><c>None</c> lifts it.</param>
    public sealed record Input(long PersonId, int Version, PersonRestriction? Restriction, string? Reason);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Restrict);
        if (await db.Set<Person>().SingleOrDefaultAsync(p => p.Id == input.PersonId, ct) is not { } person)
            return Problem.NotFound("The person");
        await sight.RequireOpen(person.Id, ct);
        var problems = new Problems();
        var restriction = problems.Choice(nameof(Input.Restriction), "Restriction", input.Restriction);
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, 1_000);
        if (problems.Any)
            return problems;

        db.Expect(person, input.Version);
        person.Restrict(restriction, reason);
        index.PersonChanges(person.Id);
        foreach (var premise in await Premises(person.Id, ct))
            index.PremiseChanges(premise);
        if (restriction != PersonRestriction.None)
            await Unname(person.Id, ct);
        await events.Publish(new PersonRestricted(person.Id, restriction.ToString()), ct, new RecordRef("person", person.Id));
        await db.SaveChangesAsync(ct);
        sight.Forget();
        return Done.It;
    }

    // A place where nobody else is supplied is found as a place from now on, and where it was not, it is found with its customer again.
    private Task<List<long>> Premises(long personId, CancellationToken ct) =>
        (from ap in db.Set<AccountPerson>()
         join s in db.Set<ServiceAgreement>() on ap.AccountId equals s.AccountId
         where ap.PersonId == personId && s.State != AgreementState.Cancelled
         select s.PremiseId).Distinct().ToListAsync(ct);

    /// <summary>Others' timelines tell by name what they have to do with this person: a relationship, leave to act for them, a merge that was undone.</summary>
    private async Task Unname(long personId, CancellationToken ct)
    {
        var relationships = await db.Set<Relationship>().Where(r => r.RelatedPersonId == personId).Select(r => r.Id).ToListAsync(ct);
        var authorisations = await db.Set<Authorisation>().Where(a => a.OtherPersonId == personId).Select(a => a.Id).ToListAsync(ct);
        var merges = await db.Set<Merge>().Where(m => m.Kind == MergeKind.Person && (m.FromId == personId || m.IntoId == personId)).Select(m => m.Id).ToListAsync(ct);
        RecordRef[] told = [.. relationships.Select(r => new RecordRef("relationship", r)), .. authorisations.Select(a => new RecordRef("authorisation", a)), .. merges.Select(m => new RecordRef("merge", m))];
        if (told.Length == 0)
            return;
        var reference = await db.Set<Person>().Where(p => p.Id == personId).Select(p => p.Reference).SingleAsync(ct);
        var names = await db.Set<PersonName>().Where(n => n.PersonId == personId).Select(n => n.FullName).ToListAsync(ct);
        foreach (var entry in await db.Set<TimelineEntry>().Where(e => told.Contains(e.About) && e.PersonId != personId).ToListAsync(ct))
            entry.Title = names.OrderByDescending(n => n.Length).Aggregate(entry.Title, (title, name) => title.Replace(name, Masks.Closed, StringComparison.OrdinalIgnoreCase)).Replace($" ({reference})", "", StringComparison.Ordinal);
    }
}
