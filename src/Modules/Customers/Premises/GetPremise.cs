using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Merging;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Premises;

/// <summary>A premise with who is and was supplied there. Keeps that it was looked at.</summary>
internal sealed class GetPremise(AppDb db, PersonAccounts accounts, IAuditTrail audit) : IUse<GetPremise.Input, GetPremise.Found>
{
    public sealed record Input(long Id);

    /// <param name="Accounts">Those supplied now first, with their agreements at this premise only.</param>
    /// <param name="Merged">Others were merged into it.</param>
    public sealed record Found(PremiseFact Premise, IReadOnlyList<CustomerAccount> Accounts, IReadOnlyList<NoteFact> Notes, IReadOnlyList<WarningFact> Warnings, bool Merged);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        var found = await accounts.AtPremise(input.Id, ct);
        if (found.Premises.Count == 0)
            return Problem.NotFound("The premise");
        if (found.Premises[0].MergedIntoId is { } survivor)
            return await Handle(new(survivor), ct);
        await audit.Looked(new RecordRef("premise", input.Id), ct);
        return new Found(
            found.Premises[0],
            [.. found.Accounts.OrderByDescending(a => a.Agreements.Any(s => s.Current)).ThenByDescending(a => a.Agreements.Max(s => s.StartOn))],
            [.. found.Notes.Where(n => n.About == new RecordRef("premise", input.Id))], found.Warnings,
            await db.Set<Merge>().AnyAsync(m => m.Kind == MergeKind.Premise && m.IntoId == input.Id && m.UndoneAt == null, ct));
    }
}
