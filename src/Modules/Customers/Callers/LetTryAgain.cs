using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Callers;

/// <summary>A supervisor has looked at the tries that failed: callers about the customer may show again who they are. Why is kept; the tries stay on record.</summary>
internal sealed class LetTryAgain(AppDb db, CurrentActor actor, PeopleInSight sight, CallerTries tries, IEvents events) : IUse<LetTryAgain.Input, Done>
{
    public const int LongestReason = 1_000;

    public sealed record Input(long PersonId, string? Reason);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.LetTryAgain);
        return db.InTransaction(() => Let(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Done>> Let(Input input, CancellationToken ct)
    {
        if (await db.SurvivorOf(input.PersonId, ct) is not { } person)
            return Problem.NotFound("The person");
        input = input with { PersonId = person };
        // Tries are counted under the same hold.
        await db.Hold("person", [person], ct);
        await sight.RequireOpen(input.PersonId, ct);
        var problems = new Problems();
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, LongestReason);
        if (!problems.Any && (await tries.Of(input.PersonId, ct)).AgainAt is null)
            problems.Add(null, "Nothing stands in the way: callers can try as it is.", "caller.again_already");
        if (problems.Any)
            return problems;
        db.Add(new CallerAgain(db.NextId(), input.PersonId, reason, db.Actor.Ref, db.Now));
        await events.Publish(new CallersMayTryAgain(input.PersonId, actor.Actor.Name), ct, new RecordRef("person", input.PersonId));
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
