using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Batch;

/// <param name="Code">Of the batch control.</param>
/// <param name="When">The cron expression as people say it; null where it is better read as it is written.</param>
/// <param name="Zone">IANA id; the utility's when null.</param>
/// <param name="Calendar">Code of the business calendar on whose open days it runs; any day when null.</param>
/// <param name="NextAt">Null when it is paused, or never fires again.</param>
/// <param name="SkipsNext">The next fire is left out.</param>
/// <param name="LastOutcome">Of the last fire: Submitted, Skipped, Missed or Refused.</param>
public sealed record ScheduleLine(
    long Id, string Code, string Name, string Cron, string? When, string? Zone, string? Calendar, TimeOnly? WindowFrom, TimeOnly? WindowTo, Misfire Misfire,
    IReadOnlyDictionary<string, string> Parameters, BusinessDay About, bool Active, DateTime? NextAt, bool SkipsNext, DateTime? LastAt, string? LastOutcome, long? LastRunId, int Version)
{
    internal static ScheduleLine Of(BatchSchedule s, BatchFire? last) => new(
        s.Id, s.Code, s.Name, s.Cron, CronWords.Of(s.Cron), s.Zone, s.Calendar, s.WindowFrom, s.WindowTo, s.Misfire, s.Values, s.About, s.Active, s.NextAt, s.SkipAt is not null,
        last?.FireAt, last?.Outcome.ToString(), last?.RunId, s.Version);
}

/// <summary>The schedules there are, by batch and name.</summary>
public sealed class ListSchedules(AppDb db, CurrentActor actor) : IUse<ListSchedules.Input, IReadOnlyList<ScheduleLine>>
{
    /// <param name="Code">Of the batch control; null for all.</param>
    public sealed record Input(string? Code = null);

    public async Task<Outcome<IReadOnlyList<ScheduleLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var code = TypedText.OneLineOrNull(input.Code, 50)?.ToUpperInvariant();
        var schedules = await db.Set<BatchSchedule>().AsNoTracking().Where(s => code == null || s.Code == code).OrderBy(s => s.Code).ThenBy(s => s.Name).ToListAsync(ct);
        var last = (await db.Set<BatchSchedule>().Where(s => code == null || s.Code == code)
            .SelectMany(s => db.Set<BatchFire>().AsNoTracking().Where(f => f.ScheduleId == s.Id).OrderByDescending(f => f.FireAt).Take(1)).ToListAsync(ct)).ToDictionary(f => f.ScheduleId);
        IReadOnlyList<ScheduleLine> lines = [.. schedules.Select(s => ScheduleLine.Of(s, last.GetValueOrDefault(s.Id)))];
        return Outcome<IReadOnlyList<ScheduleLine>>.Of(lines);
    }
}

/// <param name="Words">What the clocks do then, or that it is left out; null for nothing.</param>
public sealed record NextFireLine(DateTime At, string? Words);

/// <param name="Outcome">Submitted, Skipped, Missed or Refused.</param>
/// <param name="Words">Why; null for nothing.</param>
public sealed record PastFireLine(DateTime FireAt, DateTime At, string Outcome, string? Words, long? RunId);

/// <param name="Next">The next 10; none while it is paused.</param>
/// <param name="Past">The last 20, newest first.</param>
public sealed record ScheduleFile(ScheduleLine Schedule, IReadOnlyList<NextFireLine> Next, IReadOnlyList<PastFireLine> Past);

/// <summary>A schedule, when it fires next, and what became of it before.</summary>
public sealed class GetSchedule(AppDb db, Timetable timetable, CurrentActor actor) : IUse<GetSchedule.Input, ScheduleFile>
{
    private const int Next = 10;
    private const int Past = 20;

    public sealed record Input(long Id);

    public async Task<Outcome<ScheduleFile>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        if (await db.Set<BatchSchedule>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == input.Id, ct) is not { } schedule)
            return Problem.NotFound("The schedule");
        var past = await db.Set<BatchFire>().AsNoTracking().Where(f => f.ScheduleId == schedule.Id).OrderByDescending(f => f.FireAt).Take(Past).ToListAsync(ct);
        var next = schedule.NextAt is { } at && await timetable.Of(schedule, ct) is { } times
            ? times.AllAfter(at.AddSeconds(-1)).Take(Next).Select(f => new NextFireLine(f.At, f.At == schedule.SkipAt ? "Left out." : f.Words)) : [];
        return new ScheduleFile(
            ScheduleLine.Of(schedule, past.FirstOrDefault()), [.. next], [.. past.Select(f => new PastFireLine(f.FireAt, f.At, f.Outcome.ToString(), f.Words, f.RunId))]);
    }
}

/// <summary>What can be chosen for a schedule.</summary>
public sealed class ListScheduleChoices(IUtilityClock clock, IEnumerable<IBusinessDays> calendars, CurrentActor actor) : IUse<ListScheduleChoices.Input, ListScheduleChoices.Choices>
{
    public sealed record Input;

    /// <param name="Zone">The utility's.</param>
    /// <param name="Calendars">Codes with names.</param>
    public sealed record Choices(string Zone, IReadOnlyList<Option> Calendars);

    public async Task<Outcome<Choices>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var known = new List<Option>();
        foreach (var days in calendars)
            known.AddRange(await days.Calendars(ct));
        return new Choices((await clock.Zone(ct)).Id, known);
    }
}
