using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

internal sealed class EndRelationship(AppDb db, IEvents events, CurrentActor actor, RecordsInSight records, ReferenceCache<OwnRecords> own) : IUse<EndRelationship.Input, Done>
{
    public sealed record Input(long PersonId, long RelationshipId, int Version, DateOnly? On);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        if (await db.Set<Relationship>().SingleOrDefaultAsync(r => r.Id == input.RelationshipId && r.PersonId == input.PersonId, ct) is not { } relationship)
            return Problem.NotFound("The relationship");
        if (await records.Seen(input.PersonId, AuthorisationScope.Changes, ct) is { } unseen)
            return unseen;
        await records.Beside(relationship.RelatedPersonId, ct);
        if (relationship.Kind.ClosesRecord())
        {
            actor.Require(CustomersPermissions.Restrict);
            db.AfterCommit(own.Forget);
        }
        var problems = new Problems();
        if (input.On is null)
            problems.List.Add(Problem.Required(nameof(Input.On), "Last day"));
        problems.Day(nameof(Input.On), input.On);
        problems.InOrder(nameof(Input.On), relationship.FromOn, input.On);
        if (problems.Any)
            return problems;

        db.Expect(relationship, input.Version);
        relationship.End(input.On!.Value);
        await events.Publish(new PersonChanged(input.PersonId, ["relationship"]), ct, relationship.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
