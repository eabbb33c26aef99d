using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Sight;

/// <summary>Whether and why a person is restricted. Keeps the look.</summary>
internal sealed class GetRestriction(AppDb db, CurrentActor actor, PeopleInSight sight, IAuditTrail audit, IUtilityClock clock) : IUse<GetRestriction.Input, GetRestriction.Found>
{
    public sealed record Input(long Id);

    /// <param name="Id">Of one who was merged, the survivor.</param>
    /// <param name="Employees">Which employee the person is, by name: more than one only for who came back under another number.</param>
    public sealed record Found(long Id, string Name, string Reference, PersonRestriction Restriction, string? Reason, int Version, IReadOnlyList<string> Employees);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Restrict);
        var survivor = db.Set<Person>().SurvivorOf(input.Id);
        var found = await db.Set<Person>().Where(p => survivor.Contains(p.Id)).Select(p => new Found(p.Id, p.DisplayName, p.Reference, p.Restriction, p.RestrictionReason, p.Version, new string[0])).SingleOrDefaultAsync(ct);
        if (found is null)
            return Problem.NotFound("The person");
        if (await sight.Of(found.Id, ct) == SightLevel.Closed)
            return PeopleInSight.ClosedProblem;
        await audit.Looked(new RecordRef("person", found.Id), ct, "restriction");
        var named = db.Set<Relationship>().NamingEmployee(await clock.Today(ct)).Where(r => r.PersonId == found.Id);
        return found with { Employees = await named.OrderBy(r => r.Id).Select(r => r.EmployeeName!).ToListAsync(ct) };
    }
}
