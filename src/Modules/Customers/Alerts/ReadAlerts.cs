using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Alerts;

/// <summary>What one must know of a customer, in the administrators' order. Keeps that it was looked at.</summary>
internal sealed class ReadAlerts(AppDb db, CurrentActor actor, IAlerts alerts, IAuditTrail audit) : IUse<ReadAlerts.Input, IReadOnlyList<AlertLine>>
{
    public sealed record Input(long Id);

    public async Task<Outcome<IReadOnlyList<AlertLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        // Of one who was merged, the survivor.
        if (await db.Set<Person>().Where(p => p.Id == input.Id).Select(p => (long?)(p.MergedIntoId ?? p.Id)).SingleOrDefaultAsync(ct) is not { } person)
            return Problem.NotFound("The person");
        var found = await alerts.Of(person, ct);
        await audit.Looked(new RecordRef("person", person), ct);
        return Outcome<IReadOnlyList<AlertLine>>.Of(found);
    }
}
