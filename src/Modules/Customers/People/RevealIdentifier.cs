using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Shows a secret number in full, to those who have the right, and keeps that it was shown.</summary>
internal sealed class RevealIdentifier(AppDb db, CurrentActor actor, IAuditTrail audit, IProtectedValues values, PeopleInSight sight) : IUse<RevealIdentifier.Input, RevealIdentifier.Revealed>
{
    public sealed record Input(long Id, long IdentifierId);

    [NotRemembered("a secret number")]
    public sealed record Revealed(IdentifierKind Kind, string Number);

    public async Task<Outcome<Revealed>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Identifiers);
        if (await db.SurvivorOf(input.Id, ct) is not { } person)
            return Problem.NotFound("The person");
        input = input with { Id = person };
        await sight.RequireOpen(input.Id, ct);
        if (await sight.Of(input.Id, ct) != SightLevel.Full)
            return RecordsInSight.VerifyFirst;
        if (await db.Set<PersonIdentifier>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == input.IdentifierId && i.PersonId == input.Id, ct) is not { } identifier)
            return Problem.NotFound("The number");
        // First the audit: what could not be kept is not shown.
        await audit.Note("identifier-revealed", new RecordRef("person", input.Id), new { identifier.Id, Kind = identifier.Kind.ToString() }, ct);
        return new Revealed(identifier.Kind, values.Unprotect(IdentifierText.Purpose, identifier.ProtectedValue));
    }
}
