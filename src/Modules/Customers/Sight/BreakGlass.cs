using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Sight;

/// <summary>Opens the record of a restricted person to the employee for a while. Supervisors hear of it. Own and relatives' records stay closed.</summary>
internal sealed class BreakGlass(AppDb db, CurrentActor actor, PeopleInSight sight, ISettings settings, IEvents events) : IUse<BreakGlass.Input, BreakGlass.Broken>
{
    public const int ShortestReason = 10;
    public const int LongestReason = 1_000;

    public sealed record Input(long PersonId, string? Reason);

    /// <param name="PersonId">Whose record is open: of one who was merged, the survivor's.</param>
    public sealed record Broken(long Id, long PersonId, DateTime UntilAt);

    public async Task<Outcome<Broken>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.BreakGlass);
        // What is opened is opened to a person who can be asked about it.
        if (sight.Me is not { } me)
            return new Problem(null, "Only an employee can give a reason; a machine needs the right to see restricted customers.", "glass.no_employee");
        if ((await sight.Own(ct)).Contains(input.PersonId))
            throw PeopleInSight.Closed;
        var survivor = db.Set<Person>().SurvivorOf(input.PersonId);
        if (await db.Set<Person>().Where(p => survivor.Contains(p.Id) && p.Restriction != PersonRestriction.None).Select(p => (long?)p.Id).SingleOrDefaultAsync(ct) is not { } person)
            return Problem.NotFound("The restricted customer");
        var problems = new Problems();
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, LongestReason);
        if (reason.Length is > 0 and < ShortestReason)
            problems.Add(nameof(Input.Reason), $"Say it in at least {ShortestReason} characters: others will read it.", "reason.short");
        if (problems.Any)
            return problems;

        var glass = new GlassBreak(db.NextId(), person, me, actor.Actor.Name, reason, db.Now, db.Now.AddMinutes(await settings.Get(SightSettings.GlassMinutes, ct)));
        db.Add(glass);
        await events.Publish(new GlassBroken(glass.Id, glass.PersonId, me, glass.EmployeeName, reason, glass.UntilAt), ct, new RecordRef("person", glass.PersonId));
        await db.SaveChangesAsync(ct);
        sight.Forget();
        return new Broken(glass.Id, person, glass.UntilAt);
    }
}
