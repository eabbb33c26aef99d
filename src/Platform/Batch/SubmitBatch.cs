using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Batch;

/// <summary>
/// Submits a run of a batch control; workers run it. Where the last one for the same day and parameters failed or was cancelled, that one goes on where it stood.
/// </summary>
public sealed class SubmitBatch(AppDb db, RunBook book, IEnumerable<IBatchProcess> processes, IUtilityClock clock, CurrentActor actor) : IUse<SubmitBatch.Input, BatchRunLine>
{
    public const int MostThreads = 64;
    public const int MostRecords = 100_000;
    public const int MostErrors = 1_000_000;

    /// <summary>Over long holidays. A run does what is due until its day: one for next month by mistake could not be taken back.</summary>
    public const int UsualDaysAhead = 7;

    /// <param name="BusinessOn">The day the run is about; today when null.</param>
    /// <param name="Parameters">Those that differ from the control's.</param>
    /// <param name="Threads">As the control has it when null, as are the others.</param>
    /// <param name="Anyway">For a day further ahead than seven days.</param>
    public sealed record Input(string? Code, DateOnly? BusinessOn, IReadOnlyDictionary<string, string>? Parameters, int? Threads = null, int? Records = null, int? MaxErrors = null, bool Anyway = false);

    public async Task<Outcome<BatchRunLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Run);
        var code = TypedText.OneLine(input.Code, 50).ToUpperInvariant();
        if (await db.Set<BatchControl>().AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, ct) is not { } control || processes.FirstOrDefault(p => p.Code == control.Process) is not { } process)
        {
            var codes = await db.Set<BatchControl>().OrderBy(c => c.Code).Select(c => c.Code).ToListAsync(ct);
            return new Problem(nameof(Input.Code), $"There is no batch {code}. There are: {string.Join(", ", codes)}.", "batch.unknown");
        }
        var problems = new Problems();
        if (!control.Active)
            problems.Add(nameof(Input.Code), $"{control.Code} is switched off.", "batch.inactive");
        var today = await clock.Today(ct);
        var on = input.BusinessOn ?? today;
        if (on > today.AddYears(1) || on < today.AddYears(-10))
            problems.Add(nameof(Input.BusinessOn), $"The business date {on:yyyy-MM-dd} is too far from today.", "batch.business_date");
        else if (on > today.AddDays(UsualDaysAhead) && !input.Anyway)
            problems.Add(nameof(Input.Anyway), $"The business date {on:yyyy-MM-dd} is {on.DayNumber - today.DayNumber} days ahead: what is due by then is done now, and cannot be taken back. Confirm that it is meant.", "batch.ahead");
        CheckSizes(problems, input.Threads, input.Records, input.MaxErrors);
        var given = input.Parameters ?? new Dictionary<string, string>();
        CheckParameters(problems, process, given);
        if (problems.Any)
            return problems;
        var parameters = BatchValues.Over(control.Values, given);
        return await db.InTransaction<Outcome<BatchRunLine>>(async () =>
        {
            var entered = await book.Enter(control.Code, new(on, parameters, input.Threads, input.Records, input.MaxErrors), ct);
            if (!entered.Ok)
                return Outcome<BatchRunLine>.Broken(entered.Problems);
            await db.SaveChangesAsync(ct);
            return BatchRunLine.Of(entered.Value, (await BatchSums.Of(db, [entered.Value.Id], ct)).GetValueOrDefault(entered.Value.Id), db.Now);
        }, ct, o => o.Ok);
    }

    internal static void CheckSizes(Problems problems, int? threads, int? records, int? maxErrors)
    {
        if (threads is < 1 or > MostThreads)
            problems.Add(nameof(Input.Threads), $"Threads: a number from 1 to {MostThreads}.", "batch.threads");
        if (records is < 1 or > MostRecords)
            problems.Add(nameof(Input.Records), $"Records between commits: a number from 1 to {MostRecords:N0}.", "batch.records");
        if (maxErrors is < 0 or > MostErrors)
            problems.Add(nameof(Input.MaxErrors), $"Maximum errors: a number from 0 to {MostErrors:N0}.", "batch.max_errors");
    }

    /// <summary>Each at the field where it is typed: <c>Parameters[lead-days]</c>.</summary>
    internal static void CheckParameters(Problems problems, IBatchProcess process, IReadOnlyDictionary<string, string> given)
    {
        foreach (var (name, value) in given)
        {
            if (process.Parameters.FirstOrDefault(p => p.Name == name) is not { } parameter)
            {
                var has = process.Parameters.Count == 0 ? "it has none" : $"it has {string.Join(", ", process.Parameters.Select(p => p.Name))}";
                problems.Add(nameof(Input.Parameters), $"{process.Code} has no parameter {TypedText.OneLine(name, 50)}; {has}.", "batch.parameters");
            }
            else if (parameter.Refusal(value ?? "") is { } refusal)
            {
                problems.Add($"{nameof(Input.Parameters)}[{name}]", refusal, "batch.parameters");
            }
        }
    }
}

/// <summary>
/// Ends a run at the next commits of its threads, within seconds. Submitting it again goes on with it. One that has failed is given up, for a reason: nobody is called any more to go on with it.
/// </summary>
public sealed class CancelRun(AppDb db, RunBook book, CurrentActor actor) : IUse<CancelRun.Input, Done>
{
    /// <param name="Reason">Why a run that has failed is given up; not asked for where it goes on.</param>
    public sealed record Input(long Id, string? Reason = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Run);
        var reason = TypedText.OneLineOrNull(input.Reason, 200);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            await db.Hold("batch_run", [input.Id], ct);
            if (await db.Set<BatchRun>().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } run)
                return Problem.NotFound("The batch run");
            if (run.State == BatchState.Cancelled)
                return Done.It;
            if (run.State == BatchState.Failed && reason is null)
                return new Problem(nameof(Input.Reason), $"{run.Code} run {run.Number} has failed. Say why nobody is to go on with it.", "batch.give_up_reason");
            if (run.IsOver && run.State != BatchState.Failed)
                return new Problem(null, "The run is over already.", "batch.over");
            await book.Cancel(run, run.State == BatchState.Failed ? reason : null, ct);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}

/// <summary>Begins a run that waits for others, though they have not completed for its day.</summary>
public sealed class BeginWaitingRun(AppDb db, RunBook book, CurrentActor actor) : IUse<BeginWaitingRun.Input, Done>
{
    /// <param name="Anyway">It is known that it waits, and for what.</param>
    public sealed record Input(long Id, bool Anyway = false);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Run);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            await db.Hold("batch_run", [input.Id], ct);
            if (await db.Set<BatchRun>().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } run)
                return Problem.NotFound("The batch run");
            if (run is not { State: BatchState.Pending, Waits: true })
                return new Problem(null, $"{run.Code} run {run.Number} does not wait for another batch.", "batch.waits_not");
            if (!input.Anyway)
                return new Problem(nameof(Input.Anyway), $"{run.Message} Confirm that it is to begin all the same.", "batch.waits");
            await book.Begin(run, ct);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}

/// <summary>Goes on with a run that failed or was cancelled: what is done stays done, what could not be done is tried again.</summary>
public sealed class ResumeRun(AppDb db, RunBook book, CurrentActor actor) : IUse<ResumeRun.Input, Done>
{
    /// <param name="MaxErrors">As it was when null, as are the others: where more records are wrong than the run was to bear, more can be borne.</param>
    public sealed record Input(long Id, int? Threads = null, int? Records = null, int? MaxErrors = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Run);
        if (await db.Set<BatchRun>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } run)
            return Problem.NotFound("The batch run");
        var problems = new Problems();
        SubmitBatch.CheckSizes(problems, input.Threads, input.Records, input.MaxErrors);
        if (problems.Any)
            return problems;
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            var resumed = await book.Resume(run.Code, run.Id, new(input.Threads, input.Records, input.MaxErrors), ct);
            if (!resumed.Ok)
                return Outcome<Done>.Broken(resumed.Problems);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}

public static class BatchPermissions
{
    public const string Run = "batch.run";
    public const string Read = "batch.read";
    public const string Manage = "batch.manage";

    public static readonly IReadOnlyList<Permission> All =
    [
        new(Run, "Submit, cancel and resume batch runs", Roles.Operator, Roles.TechnicalAdministrator),
        new(Read, "See batch runs", Roles.Operator, Roles.TechnicalAdministrator, Roles.Supervisor, Roles.BusinessAdministrator),
        new(Manage, "Keep batch controls and schedules", Roles.Operator, Roles.TechnicalAdministrator),
    ];
}
