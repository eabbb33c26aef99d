using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Duplicates;

/// <summary>Two records look alike and are not the same: the pair does not come back unless what they say changes.</summary>
internal sealed class SayNotTheSame(AppDb db, CurrentActor actor, PeopleInSight sight) : IUse<SayNotTheSame.Input, Done>
{
    public sealed record Input(long Id, int Version, string? Why);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Duplicates);
        var problems = new Problems();
        var why = problems.Text(nameof(Input.Why), "Reason", input.Why, 500);
        if (await db.Set<DuplicatePair>().SingleOrDefaultAsync(p => p.Id == input.Id, ct) is not { } pair)
            return Problem.NotFound("This pair");
        await pair.RequireOpen(sight, ct);
        if (pair.State == DuplicateState.Merged)
            problems.Add(null, "These two were merged. To separate them again, undo the merge.", "duplicate.merged");
        if (problems.Any)
            return problems;
        db.Expect(pair, input.Version);
        pair.Decide(DuplicateState.NotTheSame, actor.Actor.Ref, db.Now, why);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
