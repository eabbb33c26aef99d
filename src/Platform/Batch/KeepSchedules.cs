using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Batch;

/// <summary>What is typed about a schedule, when adding and when changing one.</summary>
internal interface IScheduleTyped
{
    string? Name { get; }
    string? Cron { get; }
    string? Zone { get; }
    string? Calendar { get; }
    TimeOnly? WindowFrom { get; }
    TimeOnly? WindowTo { get; }
    Misfire Misfire { get; }
    BusinessDay About { get; }
    IReadOnlyDictionary<string, string>? Parameters { get; }
}

/// <summary>The rules of schedules: what never fires is told where it is typed.</summary>
public sealed class ScheduleCheck(AppDb db, Timetable timetable, IEnumerable<IBatchProcess> processes)
{
    internal const int LongestCron = 120;

    internal async Task<bool> Put(BatchSchedule schedule, BatchControl control, IScheduleTyped typed, Problems problems, CancellationToken ct)
    {
        schedule.Name = problems.Text(nameof(typed.Name), "Name", typed.Name, 100);
        if (await db.Set<BatchSchedule>().AnyAsync(s => s.Code == schedule.Code && s.Name == schedule.Name && s.Id != schedule.Id, ct))
            problems.Add(nameof(typed.Name), $"{schedule.Code} has a schedule {schedule.Name} already.", "schedule.name.taken");
        schedule.Cron = problems.Text(nameof(typed.Cron), "When", typed.Cron, LongestCron).ToUpperInvariant();
        schedule.Zone = TypedText.OneLineOrNull(typed.Zone, 100);
        schedule.Calendar = TypedText.OneLineOrNull(typed.Calendar, 50)?.ToUpperInvariant();
        (schedule.WindowFrom, schedule.WindowTo) = (typed.WindowFrom, typed.WindowTo);
        if (!Enum.IsDefined(typed.Misfire))
            problems.Add(nameof(typed.Misfire), "There is no such rule.", "schedule.misfire");
        if (!Enum.IsDefined(typed.About))
            problems.Add(nameof(typed.About), "There is no such day.", "schedule.about");
        (schedule.Misfire, schedule.About) = (typed.Misfire, typed.About);
        var parameters = BatchValues.Typed(typed.Parameters);
        if (processes.FirstOrDefault(p => p.Code == control.Process) is { } process)
            SubmitBatch.CheckParameters(problems, process, parameters);
        schedule.Parameters = BatchValues.Write(parameters);
        await CheckTimes(schedule, problems, ct);
        return !problems.Any;
    }

    private async Task CheckTimes(BatchSchedule schedule, Problems problems, CancellationToken ct)
    {
        var readable = true;
        void Refuse(string field, string message, string rule)
        {
            problems.Add(field, message, rule);
            readable = false;
        }

        if (schedule.Cron.Length is 0 or > LongestCron)
            readable = false;
        else if (FireTimes.Read(schedule.Cron) is null)
            Refuse(nameof(IScheduleTyped.Cron), $"This cannot be read. Seconds, minutes, hours, day of the month, month, day of the week: {FireTimes.Example}.", "schedule.cron");
        if (schedule.Zone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            Refuse(nameof(IScheduleTyped.Zone), $"There is no time zone {zone}. One is America/Los_Angeles.", "schedule.zone");
        if (schedule.Calendar is { } calendar && await timetable.OpenDays(calendar, ct) is null)
            Refuse(nameof(IScheduleTyped.Calendar), $"There is no calendar {calendar}.", "schedule.calendar");
        if (schedule.WindowFrom is null != schedule.WindowTo is null)
            Refuse(schedule.WindowFrom is null ? nameof(IScheduleTyped.WindowFrom) : nameof(IScheduleTyped.WindowTo), "A window has both, from and until.", "schedule.window");
        else if (schedule.WindowFrom is { } from && from == schedule.WindowTo)
            Refuse(nameof(IScheduleTyped.WindowTo), $"This window never opens: it ends at {from:HH:mm}, when it begins.", "schedule.window");
        if (readable)
            await CheckFires(schedule, problems, ct);
    }

    /// <summary>What leaves nothing of the fires there were without it is at fault.</summary>
    private async Task CheckFires(BatchSchedule schedule, Problems problems, CancellationToken ct)
    {
        var (window, calendar) = ((schedule.WindowFrom, schedule.WindowTo), schedule.Calendar);
        (schedule.WindowFrom, schedule.WindowTo, schedule.Calendar) = (null, null, null);
        var fires = (await timetable.Of(schedule, ct))!.AllAfter(db.Now).Take(20).ToList();
        (schedule.WindowFrom, schedule.WindowTo) = window;
        var opens = fires.Count > 0 && (await timetable.Of(schedule, ct))!.After(db.Now) is not null;
        schedule.Calendar = calendar;
        if (fires.Count == 0)
            problems.Add(nameof(IScheduleTyped.Cron), "This never fires.", "schedule.never");
        else if (!opens)
            problems.Add(nameof(IScheduleTyped.WindowFrom), $"It never fires between {window.WindowFrom:HH:mm} and {window.WindowTo:HH:mm}.", "schedule.window.never");
        else if ((await timetable.Of(schedule, ct))!.After(db.Now) is null)
            problems.Add(nameof(IScheduleTyped.Calendar), $"It never fires on an open day of {calendar}.", "schedule.calendar.never");
        else if (fires is [{ IsSkipped: true } only])
            problems.Add(nameof(IScheduleTyped.Cron), $"On {only.Wall:d MMMM yyyy} {only.Wall:HH:mm} does not exist, since the clocks go on in that night, and there is no other time at which it fires.", "schedule.clocks");
    }
}

/// <summary>Adds a schedule of a batch control.</summary>
public sealed class AddSchedule(AppDb db, ScheduleCheck check, Timetable timetable, CurrentActor actor) : IUse<AddSchedule.Input, Added>
{
    /// <param name="Cron">Seconds, minutes, hours, day of the month, month, day of the week.</param>
    /// <param name="Zone">IANA id; the utility's when null.</param>
    /// <param name="Calendar">Code of the business calendar on whose open days the run is about; any day when null.</param>
    /// <param name="WindowFrom">It fires from then until <paramref name="WindowTo"/> only, which may be after midnight.</param>
    public sealed record Input(
        string? Code, string? Name, string? Cron, string? Zone = null, string? Calendar = null, TimeOnly? WindowFrom = null, TimeOnly? WindowTo = null, Misfire Misfire = Misfire.RunLate,
        BusinessDay About = BusinessDay.SameDay, IReadOnlyDictionary<string, string>? Parameters = null, bool Active = true) : IScheduleTyped;

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Manage);
        var code = TypedText.OneLine(input.Code, 50).ToUpperInvariant();
        if (await db.Set<BatchControl>().AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, ct) is not { } control)
            return code.Length == 0 ? Problem.Required(nameof(Input.Code), "Batch") : new Problem(nameof(Input.Code), $"There is no batch {code}.", "batch.unknown");
        var schedule = new BatchSchedule { Id = db.NextId(), Code = code, Name = "", Cron = "", Active = input.Active };
        var problems = new Problems();
        if (!await check.Put(schedule, control, input, problems, ct))
            return problems;
        db.Add(schedule);
        await timetable.Set(schedule, ct);
        await db.SaveChangesAsync(ct);
        return new Added(schedule.Id);
    }
}

/// <summary>Uses that change one schedule: it is held, so that it does not fire meanwhile.</summary>
public sealed class HeldSchedule(AppDb db, CurrentActor actor)
{
    internal async Task<Outcome<Done>> Do(long id, Func<BatchSchedule, Task<Outcome<Done>>> work, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Manage);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            await db.Hold("batch_schedule", [id], ct);
            if (await db.Set<BatchSchedule>().SingleOrDefaultAsync(s => s.Id == id, ct) is not { } schedule)
                return Problem.NotFound("The schedule");
            var outcome = await work(schedule);
            if (outcome.Ok)
                await db.SaveChangesAsync(ct);
            else
                db.Forget();
            return outcome;
        }, ct, o => o.Ok);
    }
}

/// <summary>Changes a schedule; it fires next at the next of its new times.</summary>
public sealed class ChangeSchedule(AppDb db, HeldSchedule held, ScheduleCheck check, Timetable timetable) : IUse<ChangeSchedule.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    public sealed record Input(
        long Id, int Version, string? Name, string? Cron, string? Zone = null, string? Calendar = null, TimeOnly? WindowFrom = null, TimeOnly? WindowTo = null, Misfire Misfire = Misfire.RunLate,
        BusinessDay About = BusinessDay.SameDay, IReadOnlyDictionary<string, string>? Parameters = null) : IScheduleTyped;

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => held.Do(input.Id, async schedule =>
    {
        db.Expect(schedule, input.Version);
        var problems = new Problems();
        if (!await check.Put(schedule, await db.Set<BatchControl>().AsNoTracking().SingleAsync(c => c.Code == schedule.Code, ct), input, problems, ct))
            return problems;
        schedule.Version++;
        await timetable.Set(schedule, ct);
        return Done.It;
    }, ct);
}

/// <summary>Nothing of it runs until it is resumed.</summary>
public sealed class PauseSchedule(HeldSchedule held, Timetable timetable) : IUse<PauseSchedule.Input, Done>
{
    public sealed record Input(long Id);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => held.Do(input.Id, async schedule =>
    {
        if (!schedule.Active)
            return Done.It;
        schedule.Active = false;
        schedule.Version++;
        await timetable.Set(schedule, ct);
        return Done.It;
    }, ct);
}

/// <summary>It runs again, from its next time on; what was due while it was paused is not made up for.</summary>
public sealed class ResumeSchedule(HeldSchedule held, Timetable timetable) : IUse<ResumeSchedule.Input, Done>
{
    public sealed record Input(long Id);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => held.Do(input.Id, async schedule =>
    {
        if (schedule.Active)
            return Done.It;
        schedule.Active = true;
        schedule.Version++;
        await timetable.Set(schedule, ct);
        return schedule.NextAt is null ? new Problem(null, "It never fires again. Change its times first.", "schedule.never") : Done.It;
    }, ct);
}

/// <summary>Leaves out the next fire, and only that one.</summary>
public sealed class SkipNextFire(HeldSchedule held) : IUse<SkipNextFire.Input, Done>
{
    /// <param name="FireAt">The one that is meant, as it was read; the next one when null.</param>
    public sealed record Input(long Id, DateTime? FireAt = null);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => held.Do(input.Id, schedule =>
    {
        if (schedule.NextAt is null)
            return Task.FromResult<Outcome<Done>>(new Problem(null, "It is paused: nothing of it comes next.", "schedule.paused"));
        if (input.FireAt is { } meant && meant.ToUniversalTime() != schedule.NextAt)
            return Task.FromResult<Outcome<Done>>(Problem.Conflict("It has fired, or was changed, in the meantime. Look at it again."));
        schedule.SkipNext(skip: true);
        return Task.FromResult<Outcome<Done>>(Done.It);
    }, ct);
}

/// <summary>What was to be left out comes after all.</summary>
public sealed class KeepNextFire(HeldSchedule held) : IUse<KeepNextFire.Input, Done>
{
    public sealed record Input(long Id);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => held.Do(input.Id, schedule =>
    {
        if (schedule.SkipAt is not null)
            schedule.SkipNext(skip: false);
        return Task.FromResult<Outcome<Done>>(Done.It);
    }, ct);
}

/// <summary>Submits what the schedule runs, with its parameters, at once; its times stay as they are.</summary>
public sealed class RunNow(AppDb db, SubmitBatch submit, Timetable timetable, CurrentActor actor) : IUse<RunNow.Input, BatchRunLine>
{
    public sealed record Input(long Id);

    public async Task<Outcome<BatchRunLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Run);
        return await db.Set<BatchSchedule>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == input.Id, ct) is { } schedule
            ? await submit.Handle(new(schedule.Code, await timetable.BusinessOn(schedule, db.Now, ct), schedule.Values), ct)
            : Problem.NotFound("The schedule");
    }
}

/// <summary>Schedules for other installations, paused ones too.</summary>
internal sealed class ConfiguredSchedules(AppDb db, AddSchedule add, ChangeSchedule change, PauseSchedule pause, ResumeSchedule resume) : Configured<ConfiguredSchedules.Row>
{
    public sealed record Row(
        string Batch, string Name, string Cron, string? Zone = null, string? Calendar = null, TimeOnly? WindowFrom = null, TimeOnly? WindowTo = null, Misfire Misfire = Misfire.RunLate,
        BusinessDay About = BusinessDay.SameDay, IReadOnlyDictionary<string, string>? Parameters = null, bool Active = true);

    public override string Part => "batch-schedules";
    public override string Title => "Batch schedules";
    public override string Permission => BatchPermissions.Manage;
    // They name controls and calendars.
    public override int Order => 710;

    protected override string KeyOf(Row row) => $"{row.Batch} {row.Name}";
    protected override string NameOf(Row row) => $"{row.Batch}, {row.Name}";

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        [.. (await db.Set<BatchSchedule>().AsNoTracking().OrderBy(s => s.Code).ThenBy(s => s.Name).ToListAsync(ct)).Select(s => new Row(
            s.Code, s.Name, s.Cron, s.Zone, s.Calendar, s.WindowFrom, s.WindowTo, s.Misfire, s.About, s.Values, s.Active))];

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (await db.Set<BatchSchedule>().AsNoTracking().SingleOrDefaultAsync(s => s.Code == row.Batch && s.Name == row.Name, ct) is not { } schedule)
            return (await add.Handle(new(row.Batch, row.Name, row.Cron, row.Zone, row.Calendar, row.WindowFrom, row.WindowTo, row.Misfire, row.About, row.Parameters, row.Active), ct)).Problems;
        var changed = await change.Handle(new(schedule.Id, schedule.Version, row.Name, row.Cron, row.Zone, row.Calendar, row.WindowFrom, row.WindowTo, row.Misfire, row.About, row.Parameters), ct);
        if (!changed.Ok)
            return changed.Problems;
        return (row.Active ? await resume.Handle(new(schedule.Id), ct) : await pause.Handle(new(schedule.Id), ct)).Problems;
    }
}
