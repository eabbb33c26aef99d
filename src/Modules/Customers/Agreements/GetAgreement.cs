using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Agreements;

/// <summary>A service agreement with its account and place. Keeps that the account was looked at.</summary>
internal sealed class GetAgreement(AppDb db, CurrentActor actor, IAuditTrail audit, PeopleInSight sight) : IUse<GetAgreement.Input, GetAgreement.Found>
{
    public sealed record Input(long Id);

    /// <param name="Account">Its number.</param>
    public sealed record Found(AgreementFact Agreement, string Account, string Address);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        var found = await (from s in db.Set<ServiceAgreement>().AsNoTracking()
                           join a in db.Set<Account>() on s.AccountId equals a.Id
                           join p in db.Set<Premise>() on s.PremiseId equals p.Id
                           where s.Id == input.Id
                           select new { Agreement = s, a.Number, p.OneLine }).SingleOrDefaultAsync(ct);
        if (found is null)
            return Problem.NotFound("The service agreement");
        await sight.RequireOpenAccount(found.Agreement.AccountId, ct);
        await audit.Looked(new RecordRef("account", found.Agreement.AccountId), ct);
        var agreement = found.Agreement;
        return new Found(
            new AgreementFact(agreement.Id, agreement.AccountId, agreement.PremiseId, agreement.Type.ToString(), agreement.State.ToString(), agreement.StartOn, agreement.StopOn, agreement.Version),
            found.Number, found.OneLine);
    }
}
