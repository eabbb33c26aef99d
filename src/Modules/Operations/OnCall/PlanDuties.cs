using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Operations.OnCall;

/// <summary>Somebody is on call in these hours.</summary>
internal sealed class AddDuty(AppDb db, CurrentActor actor, DutyHours hours) : IUse<AddDuty.Input, Added>
{
    /// <param name="Level">1 to 3; 1 is called first.</param>
    public sealed record Input(long? EmployeeId, int? Level, DateOnly? FromOn, TimeOnly? FromTime, DateOnly? ToOn, TimeOnly? ToTime) : IDutyTyped;

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.OnCall);
        return await db.InTransaction<Outcome<Added>>(async () =>
        {
            await hours.Hold(ct);
            var problems = new Problems();
            if (await hours.Of(input, null, problems, ct) is not { } duty)
                return problems;
            var added = new Duty(db.NextId(), duty.EmployeeId, duty.Level, duty.FromAt, duty.ToAt);
            db.Add(added);
            await db.SaveChangesAsync(ct);
            return new Added(added.Id);
        }, ct, o => o.Ok);
    }
}

/// <summary>Several take turns, a week each, for a number of weeks; all of it or, where one week is taken, nothing.</summary>
internal sealed class AddRotation(AppDb db, CurrentActor actor, DutyHours hours, IUtilityClock clock) : IUse<AddRotation.Input, AddRotation.Planned>
{
    private const int MostWeeks = 53;

    public sealed record Turn(long? EmployeeId);

    /// <param name="FirstOn">Day of the first hand-over; the others are on the same day of the week, at the same time of day.</param>
    public sealed record Input(int? Level, DateOnly? FirstOn, TimeOnly? At, int? Weeks, IReadOnlyList<Turn>? Turns);

    public sealed record Planned(int Duties);

    public async Task<Outcome<Planned>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.OnCall);
        return await db.InTransaction<Outcome<Planned>>(async () =>
        {
            await hours.Hold(ct);
            var problems = new Problems();
            var level = DutyHours.Level(nameof(Input.Level), input.Level, problems);
            var people = await People(input.Turns ?? [], problems, ct);
            if (input.FirstOn is null)
                problems.List.Add(Problem.Required(nameof(Input.FirstOn), "First day"));
            else if (input.FirstOn < (await clock.Today(ct)).AddDays(-7) || input.FirstOn > (await clock.Today(ct)).AddYears(2))
                problems.Add(nameof(Input.FirstOn), "This day cannot be right.", "duty.range");
            if (input.At is null)
                problems.List.Add(Problem.Required(nameof(Input.At), "Time"));
            if (input.Weeks is not (>= 1 and <= MostWeeks))
                problems.Add(nameof(Input.Weeks), $"1 to {MostWeeks} weeks.", "duty.weeks");
            if (problems.Any)
                return problems;

            var (first, at) = (input.FirstOn!.Value, input.At!.Value);
            var last = await clock.ToInstant(first.AddDays(7 * input.Weeks!.Value), at, ct);
            await hours.Free(nameof(Input.FirstOn), level!.Value, await clock.ToInstant(first, at, ct), last, null, problems, ct);
            if (last <= clock.Now)
                problems.Add(nameof(Input.FirstOn), "All of this has passed already.", "duty.past");
            if (problems.Any)
                return problems;
            for (var week = 0; week < input.Weeks; week++)
            {
                db.Add(new Duty(
                    db.NextId(), people[week % people.Count], level.Value, await clock.ToInstant(first.AddDays(7 * week), at, ct), await clock.ToInstant(first.AddDays(7 * (week + 1)), at, ct)));
            }
            await db.SaveChangesAsync(ct);
            return new Planned(input.Weeks.Value);
        }, ct, o => o.Ok);
    }

    private async Task<List<long>> People(IReadOnlyList<Turn> turns, Problems problems, CancellationToken ct)
    {
        if (turns.Count is 0 or > 20)
            problems.Add(nameof(Input.Turns), "Name 1 to 20 people, in their turn.", "duty.turns");
        var people = new List<long>();
        foreach (var (i, turn) in turns.Take(20).Index())
        {
            if (await hours.Employee($"{nameof(Input.Turns)}[{i}].{nameof(Turn.EmployeeId)}", turn?.EmployeeId, problems, ct) is { } person)
                people.Add(person);
        }
        return people;
    }
}

/// <summary>Other hours, another level or person. What is over stays as it was.</summary>
internal sealed class ChangeDuty(AppDb db, CurrentActor actor, DutyHours hours) : IUse<ChangeDuty.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    public sealed record Input(long Id, int Version, long? EmployeeId, int? Level, DateOnly? FromOn, TimeOnly? FromTime, DateOnly? ToOn, TimeOnly? ToTime) : IDutyTyped;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.OnCall);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            await hours.Hold(ct);
            if (await db.Set<Duty>().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is not { } duty)
                return Problem.NotFound("The duty");
            if (duty.ToAt <= db.Now)
                return DutyIsOver.Problem;
            var problems = new Problems();
            if (await hours.Of(input, duty.Id, problems, ct) is not { } to)
                return problems;
            db.Expect(duty, input.Version);
            duty.Change(to.EmployeeId, to.Level, to.FromAt, to.ToAt);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}

/// <summary>
/// The actor has the duty from now on, or from its beginning where that is still to come. What has been called and nobody has answered goes over with it.
/// </summary>
internal sealed class TakeOverDuty(AppDb db, CurrentActor actor, DutyHours hours, Calling calling) : IUse<TakeOverDuty.Input, Added>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.OnCall);
        return await db.InTransaction<Outcome<Added>>(async () =>
        {
            await hours.Hold(ct);
            var problems = new Problems();
            if (actor.Actor.Kind != ActorKind.Employee || await hours.Employee(nameof(Input.Id), actor.Actor.Id, problems, ct) is not { } me)
                return new Problem(null, "Only an employee can be on call.", "duty.employee");
            if (await db.Set<Duty>().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is not { } duty)
                return Problem.NotFound("The duty");
            var now = db.Now;
            if (duty.ToAt <= now)
                return DutyIsOver.Problem;
            if (duty.EmployeeId == me)
                return new Problem(null, "It is yours already.", "duty.yours");
            var (before, taken) = (duty.EmployeeId, duty);
            if (duty.FromAt >= now)
                duty.Change(me, duty.Level, duty.FromAt, duty.ToAt);
            else
            {
                taken = new Duty(db.NextId(), me, duty.Level, now, duty.ToAt);
                db.Add(taken);
                duty.Change(before, duty.Level, duty.FromAt, now);
                await calling.GoOver(duty.Level, before, me, ct);
            }
            await db.SaveChangesAsync(ct);
            return new Added(taken.Id);
        }, ct, o => o.Ok);
    }
}

/// <summary>Nobody is on call in these hours after all. Why is kept in the audit.</summary>
internal sealed class RemoveDuty(AppDb db, CurrentActor actor, DutyHours hours, IAuditTrail audit) : IUse<RemoveDuty.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    public sealed record Input(long Id, int Version, string? Reason);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.OnCall);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            await hours.Hold(ct);
            if (await db.Set<Duty>().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is not { } duty)
                return Problem.NotFound("The duty");
            if (duty.FromAt <= db.Now)
                return duty.ToAt <= db.Now ? DutyIsOver.Problem : new Problem(null, "It goes on now: change its end, or let somebody take it over.", "duty.going_on");
            var problems = new Problems();
            var reason = problems.Text(nameof(Input.Reason), "Reason", input.Reason, 200);
            if (problems.Any)
                return problems;
            db.Expect(duty, input.Version);
            db.Remove(duty);
            audit.Add("removed", duty.AuditSubject, null, new { Reason = reason });
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}

internal static class DutyIsOver
{
    public static Problem Problem => new(null, "This duty is over: it stays on record as it was.", "duty.over");
}
