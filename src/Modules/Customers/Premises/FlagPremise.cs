using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Finding;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Premises;

/// <summary>Says whether somebody at the premise depends on life support, or its load must not fail.</summary>
internal sealed class FlagPremise(AppDb db, CurrentActor actor, CustomerIndex index, ITimeline timeline) : IUse<FlagPremise.Input, Done>
{
    public sealed record Input(long Id, int Version, bool? LifeSupport, bool? SensitiveLoad);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        if (await db.Set<Premise>().SingleOrDefaultAsync(p => p.Id == input.Id, ct) is not { } premise)
            return Problem.NotFound("The premise");
        if (premise.MergedIntoId is not null)
            return Problem.Conflict("This premise was merged into another: change that one.");
        var problems = new Problems();
        var lifeSupport = problems.Said(nameof(Input.LifeSupport), "Life support", input.LifeSupport);
        var sensitiveLoad = problems.Said(nameof(Input.SensitiveLoad), "Sensitive load", input.SensitiveLoad);
        if (problems.Any)
            return problems;
        var told = (premise.LifeSupport, lifeSupport) switch
        {
            (false, true) => "Life support at this premise",
            (true, false) => "No life support at this premise any more",
            _ => null,
        };

        db.Expect(premise, input.Version);
        premise.Flag(lifeSupport, sensitiveLoad);
        index.PremiseChanges(premise.Id);
        if (told is not null)
            timeline.Tell(new RecordRef("premise", premise.Id), "premise", db.Now, told, null, false, null, null, premise.Id);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
