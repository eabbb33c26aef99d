using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Warnings;

/// <summary>A warning with all its reviews, and those that ended too. Keeps that it was looked at.</summary>
internal sealed class GetWarning(AppDb db, CurrentActor actor, ICustomers customers, IAuditTrail audit, PeopleInSight sight) : IUse<GetWarning.Input, GetWarning.Found>
{
    public sealed record Input(long Id);

    /// <param name="On">Who or what the warning is about, in words.</param>
    public sealed record Found(
        long Id, RecordRef About, string On, string Kind, string Reason, string Source, DateOnly ReviewOn, string CreatedBy, DateTime CreatedAt, DateTime? EndedAt, int Version,
        IReadOnlyList<Review> Reviews);

    /// <param name="Result"><c>Extended</c> or <c>Ended</c>; null for the one that is to come.</param>
    public sealed record Review(DateOnly DueOn, DateTime? DoneAt, string? DoneBy, string? Result, string? Comment);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        actor.Require(CustomersPermissions.Warnings);
        if (await db.Set<Warning>().AsNoTracking().Include(w => w.Reviews).SingleOrDefaultAsync(w => w.Id == input.Id, ct) is not { } warning)
            return Problem.NotFound("The warning");
        await sight.RequireOpen(warning.PersonId, ct);
        var masking = (await sight.Maskings([(warning.PersonId, null, warning.PremiseId)], ct)).Of(warning.PersonId, null, warning.PremiseId);
        var about = (await customers.Describe([warning.About], ct)).GetValueOrDefault(warning.About, "");
        await audit.Looked(warning.About, ct, "warning");
        return new Found(
            warning.Id, warning.About, about, warning.Kind.ToString(), masking.Text(warning.Reason), masking.Text(warning.Source), warning.ReviewOn, warning.CreatedBy.Name, warning.CreatedAt, warning.EndedAt, warning.Version,
            [.. warning.Reviews.OrderByDescending(r => r.Id).Select(r => new Review(r.DueOn, r.DoneAt, r.DoneBy?.Name, r.Result?.ToString(), masking.Text(r.Comment)))]);
    }
}
