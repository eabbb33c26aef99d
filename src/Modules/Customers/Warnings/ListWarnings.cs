using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Warnings;

/// <summary>Warnings of a person or a premise, those that ended too. Keeps that they were looked at.</summary>
internal sealed class ListWarnings(AppDb db, CurrentActor actor, IAuditTrail audit, PeopleInSight sight) : IUse<ListWarnings.Input, IReadOnlyList<ListWarnings.Line>>
{
    /// <summary>Exactly one of the two.</summary>
    public sealed record Input(long? PersonId = null, long? PremiseId = null);

    public sealed record Line(long Id, string Kind, string Reason, string Source, DateOnly ReviewOn, DateTime? EndedAt, int Version);

    public async Task<Outcome<IReadOnlyList<Line>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        actor.Require(CustomersPermissions.Warnings);
        if ((input.PersonId is null) == (input.PremiseId is null))
            return new Problem(nameof(Input.PersonId), "Say whose warnings: personId or premiseId.", "required");
        await sight.RequireOpen(input.PersonId, ct);
        var masking = (await sight.Maskings([(input.PersonId, null, input.PremiseId)], ct)).Of(input.PersonId, null, input.PremiseId);
        var found = await db.Set<Warning>().AsNoTracking().Where(w => w.PersonId == input.PersonId && w.PremiseId == input.PremiseId).OrderBy(w => w.EndedAt != null).ThenBy(w => w.Id)
            .Select(w => new Line(w.Id, w.Kind.ToString(), w.Reason, w.Source, w.ReviewOn, w.EndedAt, w.Version)).ToListAsync(ct);
        await audit.Looked(input.PersonId is { } person ? new RecordRef("person", person) : new RecordRef("premise", input.PremiseId!.Value), ct, "warnings");
        return Outcome<IReadOnlyList<Line>>.Of(found.ConvertAll(w => w with { Reason = masking.Text(w.Reason), Source = masking.Text(w.Source) }));
    }
}
