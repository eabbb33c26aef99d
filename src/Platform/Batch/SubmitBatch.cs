using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Batch;

/// <summary>Submits a run of a batch control; a worker runs it.</summary>
public sealed class SubmitBatch(AppDb db, IEnumerable<IBatchProcess> processes, IJobs jobs, IUtilityClock clock, CurrentActor actor)
    : IUse<SubmitBatch.Input, BatchRunLine>
{
    /// <param name="BusinessOn">The day the run is about; today when null.</param>
    public sealed record Input(string? Code, DateOnly? BusinessOn, IReadOnlyDictionary<string, string>? Parameters);

    public async Task<Outcome<BatchRunLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Run);
        if (processes.FirstOrDefault(p => string.Equals(p.Code, input.Code, StringComparison.OrdinalIgnoreCase)) is not { } process)
            return new Problem(nameof(Input.Code), $"There is no batch {input.Code}. There are: {string.Join(", ", processes.Select(p => p.Code))}.", "batch.unknown");
        var today = await clock.Today(ct);
        var on = input.BusinessOn ?? today;
        if (on > today.AddYears(1) || on < today.AddYears(-10))
            return new Problem(nameof(Input.BusinessOn), $"The business date {on:yyyy-MM-dd} is too far from today.", "batch.business_date");
        var parameters = input.Parameters ?? new Dictionary<string, string>();
        if (process.Check(new BatchInput(on, parameters)) is { } message)
            return new Problem(nameof(Input.Parameters), message, "batch.parameters");
        var run = await Enter(process, on, parameters, ct);
        await db.SaveChangesAsync(ct);
        return BatchRunLine.Of(run);
    }

    /// <summary>Enters a run and its job in the running transaction. The caller has checked who asks, and saves.</summary>
    internal async Task<BatchRun> Enter(IBatchProcess process, DateOnly on, IReadOnlyDictionary<string, string> parameters, CancellationToken ct)
    {
        var run = new BatchRun
        {
            Id = db.NextId(), Code = process.Code, Number = (int)await db.NextNumber($"batch:{process.Code}", ct), BusinessOn = on,
            Parameters = JsonSerializer.Serialize(parameters, JobRegistration.Json), StartedBy = db.Actor.Ref, CreatedAt = db.Now,
        };
        db.Add(run);
        await jobs.Enqueue(RunBatch.Kind, new RunBatch.Payload(run.Id), ct);
        return run;
    }
}

/// <param name="State">Pending, Running, Completed or Failed.</param>
public sealed record BatchRunLine(
    long Id, string Code, int Number, DateOnly BusinessOn, string Parameters, string State, ActorRef StartedBy, long Done, long Skipped, string? Message,
    DateTime CreatedAt, DateTime? FinishedAt)
{
    internal static BatchRunLine Of(BatchRun run) => new(
        run.Id, run.Code, run.Number, run.BusinessOn, run.Parameters, run.State.ToString(), run.StartedBy, run.Done, run.Skipped, run.Message, run.CreatedAt, run.FinishedAt);
}

/// <summary>One run, to see how far it is.</summary>
public sealed class GetBatchRun(AppDb db, CurrentActor actor) : IUse<GetBatchRun.Input, BatchRunLine>
{
    public sealed record Input(long Id);

    public async Task<Outcome<BatchRunLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        return await db.Set<BatchRun>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is { } run
            ? BatchRunLine.Of(run) : Problem.NotFound("The batch run");
    }
}

/// <summary>Runs, newest first.</summary>
public sealed class ListBatchRuns(AppDb db, CurrentActor actor) : IUse<ListBatchRuns.Input, Page<BatchRunLine>>
{
    public sealed record Input(string? Code, string? After, int? Size);

    public async Task<Outcome<Page<BatchRunLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var size = Math.Clamp(input.Size ?? 50, 1, 200);
        var code = input.Code is null ? null : TypedText.OneLine(input.Code, 50);
        var runs = db.Set<BatchRun>().AsNoTracking().Where(r => code == null || r.Code == code);
        if (Cursor.Decode(input.After) is { } behind)
            runs = runs.Where(r => r.CreatedAt < behind.At || (r.CreatedAt == behind.At && r.Id < behind.Id));
        var found = await runs.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Take(size + 1).ToListAsync(ct);
        var more = found.Count > size;
        var lines = found.Take(size).Select(BatchRunLine.Of).ToList();
        return new Page<BatchRunLine>(lines, more ? Cursor.Encode(lines[^1].CreatedAt, lines[^1].Id) : null);
    }
}

/// <param name="Cron">When it runs by itself; null for on demand only.</param>
public sealed record BatchLine(string Code, string Description, string? Cron);

/// <summary>The batch controls there are.</summary>
public sealed class ListBatches(IEnumerable<IBatchProcess> processes, CurrentActor actor) : IUse<ListBatches.Input, IReadOnlyList<BatchLine>>
{
    public sealed record Input;

    public Task<Outcome<IReadOnlyList<BatchLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        IReadOnlyList<BatchLine> lines = [.. processes.OrderBy(p => p.Code, StringComparer.Ordinal).Select(p => new BatchLine(p.Code, p.Description, p.Cron))];
        return Task.FromResult(Outcome<IReadOnlyList<BatchLine>>.Of(lines));
    }
}

public static class BatchPermissions
{
    public const string Run = "batch.run";
    public const string Read = "batch.read";

    public static readonly IReadOnlyList<Permission> All =
    [
        new(Run, "Submit batch runs", Roles.Operator, Roles.TechnicalAdministrator),
        new(Read, "See batch runs", Roles.Operator, Roles.TechnicalAdministrator, Roles.Supervisor, Roles.BusinessAdministrator),
    ];
}
