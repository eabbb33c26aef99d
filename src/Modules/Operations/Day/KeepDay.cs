using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Operations.Day;

/// <summary>The on-line day goes on past midnight: whoever closes it then means the one that people worked in.</summary>
internal static class OnlineDays
{
    private static readonly TimeOnly Ends = new(4, 0);

    public static async Task<DateOnly> Now(IUtilityClock clock, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        return TimeOnly.FromDateTime(await clock.ToLocal(clock.Now, ct)) < Ends ? today.AddDays(-1) : today;
    }

    public static async Task<DateTime> End(IUtilityClock clock, CancellationToken ct) => await clock.ToInstant((await Now(clock, ct)).AddDays(1), Ends, ct);
}

/// <summary>Who is still working, and whether the day has been closed.</summary>
internal sealed class LookAtDay(CurrentActor actor, ISignedIn signedIn, IToDos toDos, IInteractions interactions, IOperations operations, ISettings settings, IUtilityClock clock, ReferenceCache<KnownDayMessage> known)
    : IUse<LookAtDay.Input, LookAtDay.Look>
{
    public static readonly SettingKey<int> WorkingMinutes = new(
        "operations.working_minutes", 15, "Minutes after their last click in which somebody counts as still working", SettingRules.Between(1, 12 * 60));

    public sealed record Input;

    /// <param name="LastAt">Their last click; null for who has a customer with them and has not clicked since.</param>
    /// <param name="ToDos">Which they have in hand.</param>
    /// <param name="Customers">Who has customers on the phone, at the counter or in a chat; else null.</param>
    public sealed record Working(long? EmployeeId, string Name, DateTime? LastAt, int ToDos, WithCustomers? Customers = null);

    /// <param name="Message">What everyone reads now.</param>
    public sealed record Look(DateOnly On, DateTime? ClosedAt, ActorRef? ClosedBy, int Minutes, IReadOnlyList<Working> People, string? Message);

    public async Task<Outcome<Look>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var minutes = await settings.Get(WorkingMinutes, ct);
        var people = await signedIn.Since(clock.Now.AddMinutes(-minutes), ct);
        var inHand = await toDos.InHand(ct);
        var day = await operations.OnlineDay(await OnlineDays.Now(clock, ct), ct);
        var message = (await known.Get(ct)).Message;
        var going = await interactions.Going(ct);
        var seen = people.Select(p => new Working(p.EmployeeId, p.Name, p.LastAt, p.EmployeeId is { } id ? inHand.GetValueOrDefault(id) : 0, going.FirstOrDefault(g => g.EmployeeId == p.EmployeeId)));
        // Who talks for a long time clicks nothing.
        var talking = going.Where(g => people.All(p => p.EmployeeId != g.EmployeeId)).Select(g => new Working(g.EmployeeId, g.Employee, null, inHand.GetValueOrDefault(g.EmployeeId), g));
        return new Look(
            day.On, day.ClosedAt, day.ClosedBy, minutes, [.. seen, .. talking],
            message?.UntilAt > clock.Now ? message.Text : null);
    }
}

/// <summary>Tells everyone who is signed in something; what was said before is not shown any more.</summary>
internal sealed class SayToAll(AppDb db, CurrentActor actor, IUtilityClock clock, ReferenceCache<KnownDayMessage> known, ILive live) : IUse<SayToAll.Input, Added>
{
    /// <param name="UntilTime">Shown until it is this time, today or past midnight; to the end of the on-line day when left out.</param>
    public sealed record Input(string? Text, TimeOnly? UntilTime = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.Day);
        var problems = new Problems();
        var text = problems.Text(nameof(Input.Text), "Text", input.Text, 200);
        if (problems.Any)
            return problems;
        return await db.InTransaction<Outcome<Added>>(async () =>
        {
            var until = input.UntilTime is { } time ? await Next(time, ct) : await OnlineDays.End(clock, ct);
            await db.HoldName(DayMessage.Kind, 0, ct);
            foreach (var before in await db.Set<DayMessage>().Where(m => m.WithdrawnAt == null && m.UntilAt > clock.Now).ToListAsync(ct))
                before.Withdraw(db.Now);
            var message = new DayMessage { Id = db.NextId(), Text = text, SaidAt = db.Now, SaidBy = db.Actor.Ref, UntilAt = until };
            db.Add(message);
            db.AfterCommit(known.Forget);
            await live.Tell(ShellBars.Topic, null, ct);
            await db.SaveChangesAsync(ct);
            return new Added(message.Id);
        }, ct);
    }

    private async Task<DateTime> Next(TimeOnly time, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        return await clock.ToInstant(today, time, ct) is var at && at > clock.Now ? at : await clock.ToInstant(today.AddDays(1), time, ct);
    }
}

/// <summary>What was told to everyone is not shown any more.</summary>
internal sealed class WithdrawMessage(AppDb db, CurrentActor actor, ReferenceCache<KnownDayMessage> known, ILive live) : IUse<WithdrawMessage.Input, Done>
{
    public sealed record Input;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.Day);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            var now = db.Now;
            foreach (var message in await db.Set<DayMessage>().Where(m => m.WithdrawnAt == null && m.UntilAt > now).ToListAsync(ct))
                message.Withdraw(now);
            db.AfterCommit(known.Forget);
            await live.Tell(ShellBars.Topic, null, ct);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct);
    }
}

/// <summary>Says that the work of the day on screen is over. It warns while people are still working, and locks nobody out.</summary>
internal sealed class CloseDay(AppDb db, CurrentActor actor, LookAtDay look, IUtilityClock clock) : IUse<CloseDay.Input, Done>
{
    /// <param name="Anyway">Although people are still working.</param>
    public sealed record Input(bool Anyway = false);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.Day);
        var day = (await look.Handle(new(), ct)).Value;
        var others = day.People.Where(p => actor.Actor.Kind != ActorKind.Employee || p.EmployeeId != actor.Actor.Id).ToList();
        if (others.Count > 0 && !input.Anyway)
        {
            var who = string.Join(", ", others.Take(5).Select(p => p.Name)) + (others.Count > 5 ? $" and {others.Count - 5} more" : "");
            return new Problem(nameof(Input.Anyway), $"{(others.Count == 1 ? "One person is" : $"{others.Count} people are")} still working: {who}. Ask them, or say here that it is closed all the same.", "day.working");
        }
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            var on = await OnlineDays.Now(clock, ct);
            await db.HoldName(DayState.Kind, on.DayNumber, ct);
            var state = await db.Set<DayState>().SingleOrDefaultAsync(d => d.DayOn == on, ct);
            if (state?.ClosedBy is { } by)
                return new Problem(null, $"{by.Name} has closed it already.", "day.closed");
            if (state is null)
                db.Add(state = new DayState(db.NextId(), on));
            state.Close(db.Actor.Ref, db.Now);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}

/// <summary>People go on working after all.</summary>
internal sealed class OpenDay(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<OpenDay.Input, Done>
{
    public sealed record Input;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OperationsPermissions.Day);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            var on = await OnlineDays.Now(clock, ct);
            await db.HoldName(DayState.Kind, on.DayNumber, ct);
            if (await db.Set<DayState>().SingleOrDefaultAsync(d => d.DayOn == on && d.ClosedAt != null, ct) is not { } state)
                return new Problem(null, "It is open already.", "day.open");
            state.Open();
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}
