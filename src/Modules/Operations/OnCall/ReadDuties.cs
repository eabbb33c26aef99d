using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Operations.OnCall;

/// <param name="Missing">Why they are not called though it is their duty: "no longer works here", "is away"; null when they are.</param>
internal sealed record DutyLine(long Id, int Level, long EmployeeId, string Employee, DateTime FromAt, DateTime ToAt, int Version, string? Missing = null);

/// <summary>Who is on call when.</summary>
internal sealed class Roster(AppDb db, IOrganization organization, IUtilityClock clock)
{
    public async Task<IReadOnlyList<DutyLine>> Between(DateTime fromAt, DateTime toAt, CancellationToken ct) =>
        await Lines(db.Set<Duty>().Where(d => d.ToAt > fromAt && d.FromAt < toAt), ct);

    public async Task<IReadOnlyList<DutyLine>> At(DateTime now, CancellationToken ct) =>
        await Present(await Lines(db.Set<Duty>().Where(d => d.FromAt <= now && d.ToAt > now), ct), await clock.Today(ct), ct);

    /// <summary>As it begins, or now where it has begun.</summary>
    public async Task<DutyLine?> One(long id, CancellationToken ct)
    {
        if (await Lines(db.Set<Duty>().Where(d => d.Id == id), ct) is not [var duty])
            return null;
        var (today, begins) = (await clock.Today(ct), DateOnly.FromDateTime(await clock.ToLocal(duty.FromAt, ct)));
        return (await Present([duty], begins > today ? begins : today, ct))[0];
    }

    /// <summary>Says who of those who work here is away on a day: they are not called either.</summary>
    public async Task<IReadOnlyList<DutyLine>> Present(IReadOnlyList<DutyLine> duties, DateOnly on, CancellationToken ct)
    {
        var away = (await organization.AbsencesOn([.. duties.Select(d => d.EmployeeId).Distinct()], on, ct)).Select(a => a.EmployeeId).ToHashSet();
        return [.. duties.Select(d => d.Missing is null && away.Contains(d.EmployeeId) ? d with { Missing = "is away" } : d)];
    }

    private async Task<IReadOnlyList<DutyLine>> Lines(IQueryable<Duty> duties, CancellationToken ct)
    {
        var found = await duties.AsNoTracking().OrderBy(d => d.Level).ThenBy(d => d.FromAt).ToListAsync(ct);
        var people = found.Select(d => d.EmployeeId).Distinct().ToList();
        var (names, left) = (await organization.Names(people, ct), await organization.HaveLeft(people, ct));
        return found.ConvertAll(d => new DutyLine(
            d.Id, d.Level, d.EmployeeId, names.GetValueOrDefault(d.EmployeeId, "?"), d.FromAt, d.ToAt, d.Version, left.ContainsKey(d.EmployeeId) ? "no longer works here" : null));
    }
}

/// <summary>The week that a day belongs to, day by day, and the times in which nobody has level 1.</summary>
internal sealed class GetRoster(CurrentActor actor, Roster roster, IUtilityClock clock) : IUse<GetRoster.Input, GetRoster.Week>
{
    /// <param name="Week">Any day of the week; this week when left out.</param>
    public sealed record Input(DateOnly? Week = null);

    public sealed record Span(DateTime FromAt, DateTime ToAt);

    /// <param name="Duties">All that touch the day, whole.</param>
    /// <param name="Gaps">Within the day.</param>
    public sealed record Day(DateOnly On, DateTime StartsAt, DateTime EndsAt, IReadOnlyList<DutyLine> Duties, IReadOnlyList<Span> Gaps);

    public sealed record Week(DateOnly MondayOn, IReadOnlyList<Day> Days);

    public async Task<Outcome<Week>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var on = input.Week is { Year: > 1900 and < 9000 } asked ? asked : await clock.Today(ct);
        var monday = on.AddDays(-(((int)on.DayOfWeek + 6) % 7));
        var duties = await roster.Between(await clock.StartOf(monday, ct), await clock.EndOf(monday.AddDays(6), ct), ct);
        var days = new List<Day>();
        for (var i = 0; i < 7; i++)
        {
            var day = monday.AddDays(i);
            var (start, end) = (await clock.StartOf(day, ct), await clock.EndOf(day, ct));
            var here = await roster.Present([.. duties.Where(d => d.ToAt > start && d.FromAt < end)], day, ct);
            days.Add(new Day(day, start, end, here, Gaps(here.Where(d => d is { Level: 1, Missing: null }), start, end)));
        }
        return new Week(monday, days);
    }

    private static List<Span> Gaps(IEnumerable<DutyLine> duties, DateTime start, DateTime end)
    {
        var gaps = new List<Span>();
        foreach (var duty in duties.OrderBy(d => d.FromAt))
        {
            if (duty.FromAt > start)
                gaps.Add(new Span(start, duty.FromAt));
            start = duty.ToAt > start ? duty.ToAt : start;
        }
        if (start < end)
            gaps.Add(new Span(start, end));
        return gaps;
    }
}

internal sealed class GetDuty(CurrentActor actor, Roster roster) : IUse<GetDuty.Input, DutyLine>
{
    public sealed record Input(long Id);

    public async Task<Outcome<DutyLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        return await roster.One(input.Id, ct) is { } duty ? duty : Problem.NotFound("The duty");
    }
}

/// <summary>Who is on call at this moment.</summary>
internal sealed class WhoIsOnCall(CurrentActor actor, IOperations operations) : IUse<WhoIsOnCall.Input, IReadOnlyList<OnCallNow>>
{
    public sealed record Input;

    public async Task<Outcome<IReadOnlyList<OnCallNow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        return Outcome<IReadOnlyList<OnCallNow>>.Of(await operations.OnCall(ct));
    }
}
