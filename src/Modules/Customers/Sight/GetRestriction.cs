using Microsoft.EntityFrameworkCore;
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

    public sealed record Found(string Name, string Reference, PersonRestriction Restriction, string? Reason, int Version);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Restrict);
        var found = await db.Set<Person>().Where(p => p.Id == input.Id).Select(p => new Found(p.DisplayName, p.Reference, p.Restriction, p.RestrictionReason, p.Version)).SingleOrDefaultAsync(ct);
        if (found is null)
            return Problem.NotFound("The person");
        if (await sight.Of(input.Id, ct) == SightLevel.Closed)
            return PeopleInSight.ClosedProblem;
        await audit.Looked(new RecordRef("person", input.Id), ct, "restriction");
        return found;
    }
}
