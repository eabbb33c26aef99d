using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Batch;

/// <summary>Whom a control can have told; upper rooms know who that may be.</summary>
public interface IBatchNotices
{
    /// <summary>Codes with the names of the roles.</summary>
    Task<IReadOnlyList<Option>> Roles(CancellationToken ct);
}

/// <param name="Process">Code of the process.</param>
/// <param name="Parameters">What differs from the usual.</param>
/// <param name="Records">Between commits.</param>
/// <param name="After">Codes of the controls that must have completed for the same business date.</param>
/// <param name="NotifyRole">To Do role of those who are told what went wrong; the operators when null.</param>
/// <param name="OverBy">Level of service: by when, in the utility's time, the run of the day is to be over.</param>
/// <param name="LongestMinutes">Level of service: a run that takes longer is late.</param>
/// <param name="Late">Why it is late now; null when it is not.</param>
/// <param name="Failing">Why it is failing; null when it is not.</param>
/// <param name="LateId">This time of being late, of which people were told; null before they were, and when it is over.</param>
public sealed record BatchControlLine(
    long Id, string Code, string Process, string Description, IReadOnlyDictionary<string, string> Parameters, int Threads, int Records, int MaxErrors, bool MayOverlap,
    IReadOnlyList<string> After, string? NotifyRole, TimeOnly? OverBy, int? LongestMinutes, bool Active, int NextRun, int Version,
    ServiceWords? Late, ServiceWords? Failing, long? LateId)
{
    public ServiceLevel Service => Failing is not null ? ServiceLevel.Failing : Late is not null ? ServiceLevel.Late : ServiceLevel.OnTime;

    internal static async Task<IReadOnlyList<BatchControlLine>> Of(AppDb db, ServiceLevels levels, IQueryable<BatchControl> controls, CancellationToken ct)
    {
        var found = await controls.AsNoTracking().OrderBy(c => c.Code)
            .Select(c => new { Control = c, LateId = db.Set<BatchLateness>().Where(l => l.ControlId == c.Id && l.OverAt == null).Select(l => (long?)l.Id).FirstOrDefault() }).ToListAsync(ct);
        var (late, failing) = (await levels.Late([.. found.Select(f => f.Control)], ct), await levels.Failing([.. found.Select(f => f.Control.Code)], ct));
        return [.. found.Select(f => Of(f.Control, late.GetValueOrDefault(f.Control.Code), failing.GetValueOrDefault(f.Control.Code), f.LateId))];
    }

    private static BatchControlLine Of(BatchControl c, ServiceWords? late, ServiceWords? failing, long? lateId) => new(
        c.Id, c.Code, c.Process, c.Description, c.Values, c.Threads, c.Records, c.MaxErrors, c.MayOverlap, c.Needs, c.NotifyRole, c.OverBy, c.LongestMinutes, c.Active, c.NextRun, c.Version,
        late, failing, lateId);
}

/// <summary>The batch controls there are, by code.</summary>
public sealed class ListControls(AppDb db, ServiceLevels levels, CurrentActor actor) : IUse<ListControls.Input, IReadOnlyList<BatchControlLine>>
{
    public sealed record Input;

    public async Task<Outcome<IReadOnlyList<BatchControlLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        return Outcome<IReadOnlyList<BatchControlLine>>.Of(await BatchControlLine.Of(db, levels, db.Set<BatchControl>(), ct));
    }
}

/// <summary>One of them, by its code or key.</summary>
public sealed class GetControl(AppDb db, ServiceLevels levels, CurrentActor actor) : IUse<GetControl.Input, BatchControlLine>
{
    public sealed record Input(string? Code = null, long? Id = null);

    public async Task<Outcome<BatchControlLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var code = TypedText.OneLine(input.Code, 50).ToUpperInvariant();
        return await BatchControlLine.Of(db, levels, db.Set<BatchControl>().Where(c => input.Id == null ? c.Code == code : c.Id == input.Id), ct) is [var control] ? control : Problem.NotFound("The batch control");
    }
}

/// <summary>Whom a control has told what went wrong; one SELECT.</summary>
public sealed class GetNotifyRole(AppDb db, CurrentActor actor) : IUse<GetNotifyRole.Input, GetNotifyRole.Notified>
{
    public sealed record Input(string Code);

    /// <param name="Role">Code of the To Do role; null for the operators.</param>
    public sealed record Notified(string? Role);

    public async Task<Outcome<Notified>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        return new Notified(await db.Set<BatchControl>().Where(c => c.Code == input.Code).Select(c => c.NotifyRole).SingleOrDefaultAsync(ct));
    }
}

/// <param name="Usual">What its control begins with.</param>
public sealed record BatchProcessLine(string Code, string Description, BatchUsual Usual, IReadOnlyList<BatchParameter> Parameters);

/// <summary>The processes that this release knows, with the parameters they take.</summary>
public sealed class ListProcesses(IEnumerable<IBatchProcess> processes, CurrentActor actor) : IUse<ListProcesses.Input, IReadOnlyList<BatchProcessLine>>
{
    public sealed record Input;

    public Task<Outcome<IReadOnlyList<BatchProcessLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        IReadOnlyList<BatchProcessLine> lines = [.. processes.OrderBy(p => p.Code, StringComparer.Ordinal).Select(p => new BatchProcessLine(p.Code, p.Description, p.Usual, p.Parameters))];
        return Task.FromResult(Outcome<IReadOnlyList<BatchProcessLine>>.Of(lines));
    }
}

/// <summary>What is typed about a control, when adding and when changing one.</summary>
internal interface IControlTyped
{
    string? Description { get; }
    IReadOnlyDictionary<string, string>? Parameters { get; }
    int Threads { get; }
    int Records { get; }
    int MaxErrors { get; }
    bool MayOverlap { get; }
    IReadOnlyList<string>? After { get; }
    string? NotifyRole { get; }
    TimeOnly? OverBy { get; }
    int? LongestMinutes { get; }
    bool Active { get; }
}

/// <summary>The rules of controls.</summary>
public sealed class ControlCheck(AppDb db, IEnumerable<IBatchProcess> processes, IEnumerable<IBatchNotices> notices)
{
    private const int MostMinutes = 7 * 24 * 60;

    internal IBatchProcess? Process(string? code) => processes.FirstOrDefault(p => string.Equals(p.Code, code?.Trim(), StringComparison.OrdinalIgnoreCase));

    internal async Task Put(BatchControl control, IBatchProcess process, IControlTyped typed, Problems problems, CancellationToken ct)
    {
        control.Description = problems.Text(nameof(typed.Description), "Description", typed.Description, 200);
        SubmitBatch.CheckSizes(problems, typed.Threads, typed.Records, typed.MaxErrors);
        var parameters = BatchValues.Typed(typed.Parameters);
        SubmitBatch.CheckParameters(problems, process, parameters);
        var after = (typed.After ?? []).Select(c => c.Trim().ToUpperInvariant()).Where(c => c.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        await CheckChain(control.Code, after, problems, ct);
        var role = TypedText.OneLine(typed.NotifyRole, 50).ToUpperInvariant();
        if (role.Length > 0 && notices.FirstOrDefault() is { } known && (await known.Roles(ct)).All(r => r.Value != role))
            problems.Add(nameof(typed.NotifyRole), $"There is no To Do role {role}.", "batch.notify_role");
        if (typed.LongestMinutes is < 1 or > MostMinutes)
            problems.Add(nameof(typed.LongestMinutes), $"Minutes: a number from 1 to {MostMinutes:N0}.", "batch.longest");
        (control.Parameters, control.Threads, control.Records, control.MaxErrors, control.MayOverlap) = (BatchValues.Write(parameters), typed.Threads, typed.Records, typed.MaxErrors, typed.MayOverlap);
        (control.After, control.NotifyRole, control.OverBy, control.LongestMinutes, control.Active) =
            (string.Join(' ', after), role.Length == 0 ? null : role, typed.OverBy, typed.LongestMinutes, typed.Active);
    }

    /// <summary>What it comes after exists, and does not itself come after it.</summary>
    private async Task CheckChain(string code, List<string> after, Problems problems, CancellationToken ct)
    {
        var chains = (await db.Set<BatchControl>().AsNoTracking().Select(c => new { c.Code, c.After }).ToListAsync(ct)).ToDictionary(c => c.Code, c => c.After.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
        foreach (var unknown in after.Where(a => a != code && !chains.ContainsKey(a)))
            problems.Add(nameof(IControlTyped.After), $"There is no batch {TypedText.OneLine(unknown, 50)}.", "batch.chain.unknown");
        chains[code] = [.. after];
        if (Loop(code, [code]) is { } loop)
            problems.Add(nameof(IControlTyped.After), $"The chain leads back to itself: {string.Join(" after ", loop)}.", "batch.chain.loop");

        IReadOnlyList<string>? Loop(string at, IReadOnlyList<string> way)
        {
            foreach (var next in chains.GetValueOrDefault(at, []))
            {
                if (next == code)
                    return [.. way, next];
                if (!way.Contains(next, StringComparer.Ordinal) && Loop(next, [.. way, next]) is { } found)
                    return found;
            }
            return null;
        }
    }
}

/// <summary>Adds a control of a process, to run it in another way beside the one it began with.</summary>
public sealed class AddControl(AppDb db, ControlCheck check, CurrentActor actor) : IUse<AddControl.Input, Added>
{
    public sealed record Input(
        string? Code, string? Process, string? Description, IReadOnlyDictionary<string, string>? Parameters = null, int Threads = 1, int Records = 1_000, int MaxErrors = 100, bool MayOverlap = false,
        IReadOnlyList<string>? After = null, string? NotifyRole = null, TimeOnly? OverBy = null, int? LongestMinutes = null, bool Active = true) : IControlTyped;

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Manage);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        if (await db.Set<BatchControl>().AnyAsync(c => c.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a batch with the code {code}.", "batch.code.taken");
        if (check.Process(input.Process) is not { } process)
        {
            problems.Add(nameof(Input.Process), "There is no such process.", "batch.process");
            return problems;
        }
        var control = new BatchControl { Id = db.NextId(), Code = code, Process = process.Code, Description = "", Threads = 1, Records = 1, MaxErrors = 0 };
        await check.Put(control, process, input, problems, ct);
        if (problems.Any)
            return problems;
        db.Add(control);
        await db.SaveChangesAsync(ct);
        return new Added(control.Id);
    }
}

/// <summary>Changes a control. Runs that have begun go on with what they began with; those that wait do so for what they are to come after now.</summary>
public sealed class ChangeControl(AppDb db, ControlCheck check, RunBook book, CurrentActor actor) : IUse<ChangeControl.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    public sealed record Input(
        string? Code, int Version, string? Description, IReadOnlyDictionary<string, string>? Parameters = null, int Threads = 1, int Records = 1_000, int MaxErrors = 100, bool MayOverlap = false,
        IReadOnlyList<string>? After = null, string? NotifyRole = null, TimeOnly? OverBy = null, int? LongestMinutes = null, bool Active = true) : IControlTyped;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Manage);
        var code = TypedText.OneLine(input.Code, 50).ToUpperInvariant();
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            // Two at once could make a loop that neither of them sees.
            await db.HoldName("batch_chain", 0, ct);
            if (await db.Set<BatchControl>().SingleOrDefaultAsync(c => c.Code == code, ct) is not { } control || check.Process(control.Process) is not { } process)
                return Problem.NotFound("The batch control");
            var problems = new Problems();
            await check.Put(control, process, input, problems, ct);
            if (problems.Any)
            {
                db.Forget();
                return problems;
            }
            db.Expect(control, input.Version);
            control.Version++;
            await db.SaveChangesAsync(ct);
            await book.LookAgain(control, ct);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, o => o.Ok);
    }
}

/// <summary>Controls for other installations.</summary>
internal sealed class ConfiguredControls(AppDb db, AddControl add, ChangeControl change) : Configured<ConfiguredControls.Row>
{
    public sealed record Row(
        string Code, string Process, string Description, IReadOnlyDictionary<string, string>? Parameters = null, int Threads = 1, int Records = 1_000, int MaxErrors = 100, bool MayOverlap = false,
        IReadOnlyList<string>? After = null, string? NotifyRole = null, TimeOnly? OverBy = null, int? LongestMinutes = null, bool Active = true);

    public override string Part => "batch-controls";
    public override string Title => "Batch controls";
    public override string Permission => BatchPermissions.Manage;
    // They name roles.
    public override int Order => 700;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Description;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        [.. (await db.Set<BatchControl>().AsNoTracking().OrderBy(c => c.Code).ToListAsync(ct)).Select(c => new Row(
            c.Code, c.Process, c.Description, c.Values, c.Threads, c.Records, c.MaxErrors, c.MayOverlap, c.Needs, c.NotifyRole, c.OverBy, c.LongestMinutes, c.Active))];

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct) =>
        await db.Set<BatchControl>().AsNoTracking().SingleOrDefaultAsync(c => c.Code == row.Code, ct) is { } control
            ? (await change.Handle(new(row.Code, control.Version, row.Description, row.Parameters, row.Threads, row.Records, row.MaxErrors, row.MayOverlap, row.After, row.NotifyRole, row.OverBy, row.LongestMinutes, row.Active), ct)).Problems
            : (await add.Handle(new(row.Code, row.Process, row.Description, row.Parameters, row.Threads, row.Records, row.MaxErrors, row.MayOverlap, row.After, row.NotifyRole, row.OverBy, row.LongestMinutes, row.Active), ct)).Problems;
}
