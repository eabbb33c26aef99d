using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Finding;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Premises;

/// <summary>Corrects the address of a premise. Everyone supplied there is shown and found with the new one.</summary>
internal sealed class ChangePremise(AppDb db, CurrentActor actor, FindLikelyPremises likely, CustomerIndex index) : IUse<ChangePremise.Input, Done>
{
    public sealed record Input(
        long Id, int Version, PremiseKind? Kind = null, string? Line = null, string? HouseNumber = null, string? PreDirection = null, string? StreetName = null,
        string? StreetType = null, string? PostDirection = null, string? Unit = null, string? City = null, string? State = null, string? PostalCode = null,
        string? CrossStreet = null, bool ConfirmedNew = false)
    {
        public PremiseInput Place => new(Kind, Line, HouseNumber, PreDirection, StreetName, StreetType, PostDirection, Unit, City, State, PostalCode, CrossStreet);
    }

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        if (await db.Set<Premise>().SingleOrDefaultAsync(p => p.Id == input.Id, ct) is not { } premise)
            return Problem.NotFound("The premise");
        if (premise.MergedIntoId is not null)
            return Problem.Conflict("This premise was merged into another: change that one.");
        var problems = new Problems();
        var (kind, parts) = input.Place.Read(problems);
        if (problems.Any)
            return problems;
        if (!input.ConfirmedNew && await likely.Among(parts, premise.Id, ct) is { Count: > 0 } alike)
            return new Problem(null, FindLikelyPremises.Message(alike), AddPremise.LikelyRule);

        db.Expect(premise, input.Version);
        premise.Change(kind, parts);
        index.PremiseChanges(premise.Id);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
