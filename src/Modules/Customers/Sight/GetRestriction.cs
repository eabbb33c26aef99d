using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Sight;

/// <summary>Whether and why a person is restricted. Keeps the look.</summary>
internal sealed class GetRestriction(AppDb db, CurrentActor actor, PeopleInSight sight, IAuditTrail audit) : IUse<GetRestriction.Input, GetRestriction.Found>
{
    public sealed record Input(long Id);

    /// <param name="Id">Of one who was merged, the survivor.</param>
    public sealed record Found(long Id, string Name, string Reference, PersonRestriction Restriction, string? Reason, int Version);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Restrict);
        var survivor = db.Set<Person>().SurvivorOf(input.Id);
        var found = await db.Set<Person>().Where(p => survivor.Contains(p.Id)).Select(p => new Found(p.Id, p.DisplayName, p.Reference, p.Restriction, p.RestrictionReason, p.Version)).SingleOrDefaultAsync(ct);
        if (found is null)
            return Problem.NotFound("The person");
        if (await sight.Of(found.Id, ct) == SightLevel.Closed)
            return PeopleInSight.ClosedProblem;
        await audit.Looked(new RecordRef("person", found.Id), ct, "restriction");
        return found;
    }
}
