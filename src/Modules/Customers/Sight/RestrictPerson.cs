using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Sight;

/// <summary>Closes a person's record to all but those who have the right or give a reason, or opens it to everyone again.</summary>
internal sealed class RestrictPerson(AppDb db, CurrentActor actor, PeopleInSight sight, RecordsInSight records, AroundRestricted around, IEvents events) : IUse<RestrictPerson.Input, Done>
{
    /// <param name="Restriction"><c>None</c> lifts it.</param>
    public sealed record Input(long PersonId, int Version, PersonRestriction? Restriction, string? Reason);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Restrict);
        if (await db.Set<Person>().SingleOrDefaultAsync(p => p.Id == input.PersonId, ct) is not { } person)
            return Problem.NotFound("The person");
        await sight.RequireOpen(person.Id, ct);
        if (await db.MergedAway(person, ct) is { } merged)
            return merged;
        var problems = new Problems();
        var restriction = problems.Choice(nameof(Input.Restriction), "Restriction", input.Restriction);
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, 1_000);
        if (problems.Any)
            return problems;

        if (person.Restriction != PersonRestriction.None || restriction != PersonRestriction.None)
            await records.Restricting(person.Id, ct);
        db.Expect(person, input.Version);
        person.Restrict(restriction, reason);
        await around.Changes(person.Id, restriction, ct);
        await events.Publish(new PersonRestricted(person.Id, restriction.ToString()), ct, new RecordRef("person", person.Id));
        await db.SaveChangesAsync(ct);
        sight.Forget();
        return Done.It;
    }
}
