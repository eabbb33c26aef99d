using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Timeline;

/// <summary>The story of a person, an account or a premise, newest first. Keeps that it was looked at.</summary>
internal sealed class ReadTimeline(AppDb db, CurrentActor actor, ITimeline timeline, IAuditTrail audit, PeopleInSight sight) : IUse<ReadTimeline.Input, Page<TimelineLine>>
{
    private const int MaxSize = 200;

    /// <summary>One of the three ids at least; two or three narrow it down.</summary>
    /// <param name="Kind">Filter word, e.g. <c>agreement</c>.</param>
    /// <param name="From">Instant in UTC: lines at or after it.</param>
    /// <param name="After">Cursor of the page before.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(
        long? PersonId = null, long? AccountId = null, long? PremiseId = null, string? Kind = null, DateTime? From = null, DateTime? To = null, string? After = null, int? Size = null);

    public async Task<Outcome<Page<TimelineLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        RecordRef? about = input.PersonId is { } person ? new("person", person) : input.AccountId is { } account ? new("account", account)
            : input.PremiseId is { } premise ? new("premise", premise) : null;
        if (about is null)
            return new Problem("PersonId", "Say whose timeline: personId, accountId or premiseId.", "required");
        // Who and what was merged has no story of its own any more.
        if (input.PersonId is { } asked && await db.Set<Person>().SurvivorOf(asked).SingleOrDefaultAsync(ct) is var who and not 0)
            (input, about) = (input with { PersonId = who }, new("person", who));
        if (input.PremiseId is { } place && await db.Set<Premise>().SurvivorOf(place).SingleOrDefaultAsync(ct) is var now and not 0)
            input = input with { PremiseId = now };
        if ((input.PersonId is { } whose && await sight.Of(whose, ct) == SightLevel.Closed) || (input.AccountId is { } which && await sight.OfAccount(which, ct) == SightLevel.Closed))
            return PeopleInSight.ClosedProblem;
        var filter = new TimelineFilter(input.PersonId, input.AccountId, input.PremiseId, TypedText.OneLineOrNull(input.Kind, 50), Utc(input.From), Utc(input.To));
        var page = await timeline.Read(filter, input.After, Math.Clamp(input.Size ?? 50, 1, MaxSize), ct);
        await audit.Looked(about.Value, ct, "timeline");
        return page;
    }

    private static DateTime? Utc(DateTime? at) => at is { } instant ? DateTime.SpecifyKind(instant.Kind == DateTimeKind.Local ? instant.ToUniversalTime() : instant, DateTimeKind.Utc) : null;
}
