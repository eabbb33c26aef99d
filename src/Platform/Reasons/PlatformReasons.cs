using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Batch;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.WebHooks;

namespace Tieline.Platform.Reasons;

/// <summary>The kinds of the ground: what processes are at when they write.</summary>
internal static class PlatformReasons
{
    public static void AddReasons(this IServiceCollection services)
    {
        services.AddSingleton(new RecordPage("batch_run", "batch run", "/operations/runs/{0}", BatchPermissions.Read));
        services.AddSingleton(new RecordPage("batch_control", "batch control", "/operations/batches/{0}", BatchPermissions.Read));
        services.AddSingleton(new RecordPage("batch_schedule", "schedule of a batch", "/operations/schedules/{0}", BatchPermissions.Read));
        services.AddSingleton(new RecordPage("batch_fire", "fire of a schedule", FindPage.Path("batch_fire"), BatchPermissions.Read));
        services.AddSingleton(new RecordPage("batch_failure", "failure of a batch run", FindPage.Path("batch_failure"), BatchPermissions.Read));
        services.AddSingleton(new RecordPage("batch_late", "batch that came late", FindPage.Path("batch_late"), BatchPermissions.Read));
        services.AddSingleton(new RecordPage("batch_error", "record that a batch could not do", FindPage.Path("batch_error"), BatchPermissions.Read));
        services.AddSingleton(new RecordPage("event", "event"));
        services.AddSingleton(new RecordPage("job", "job", null, PlatformPermissions.ManageJobs));
        services.AddSingleton(new RecordPage("job_death", "job that was given up", FindPage.Path("job_death"), PlatformPermissions.ManageJobs));
        services.AddSingleton(new RecordPage("configuration", "configuration file", "/admin/configuration/{0}", PlatformPermissions.CarryConfiguration));
        services.AddSingleton(new RecordPage("user_account", "user", "/admin/users/{0}", PlatformPermissions.ManageUsers));
        services.AddSingleton(new RecordPage("set_up_link", "set-up link", null, PlatformPermissions.ManageUsers));
        services.AddSingleton(new RecordPage("api_key", "API key", "/admin/api-keys", PlatformPermissions.ManageApiKeys));
        services.AddSingleton(new RecordPage("web_hook", "web hook", "/admin/web-hooks/{0}", PlatformPermissions.ManageWebHooks));
        services.AddSingleton(new RecordPage("web_hook_pause", "pause of a web hook", FindPage.Path("web_hook_pause"), PlatformPermissions.ManageWebHooks));
        services.AddSingleton(new RecordPage("role_permission", "right of a role", "/admin/rights", PlatformPermissions.ManageRoles));
        services.AddSingleton(new RecordPage("file", "file"));
        services.AddSingleton(new RecordPage("demo_night", "night of the demonstration"));
        services.AddScoped<ITellsWhy, WhyBatchRun>();
        services.AddScoped<ITellsWhy, WhyBatchFailure>();
        services.AddScoped<ITellsWhy, WhyBatchLate>();
        services.AddScoped<ITellsWhy, WhyBatchError>();
        services.AddScoped<ITellsWhy, WhyBatchFire>();
        services.AddScoped<ITellsWhy, WhyEvent>();
        services.AddScoped<ITellsWhy, WhyJob>();
        services.AddScoped<ITellsWhy, WhyJobDied>();
        services.AddScoped<ITellsWhy, WhyHookPaused>();
        services.AddScoped<ITellsWhy, WhyConfigured>();
    }
}

internal sealed class WhyBatchRun(AppDb db) : ITellsWhy
{
    public string Kind => "batch_run";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<BatchRun>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct) is not { } run ? null : new Told
        {
            Detail = $"{run.Code} {run.Number} for {run.BusinessOn:d MMMM yyyy}", Verb = "submitted", By = run.StartedBy, At = run.CreatedAt,
            Remarks = run.FinishedAt is { } at ? [new Remark(Ended((await BatchRunLine.Of(db, [run], ct))[0]), at)] : [],
        };

    private static string Ended(BatchRunLine run) => run.State switch
    {
        "Failed" => $"It failed after {run.Done} records",
        "Cancelled" => $"It was cancelled after {run.Done} records",
        _ => $"It did {run.Done} records and left {run.Skipped} that were done{(run.Errors == 0 ? "" : $"; {run.Errors} could not be done")}",
    };
}

internal sealed class WhyBatchFailure(AppDb db) : ITellsWhy
{
    public string Kind => "batch_failure";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<BatchRun>().AsNoTracking().FirstOrDefaultAsync(r => r.FailureId == id, ct) is not { } run ? null : new Told
        {
            Detail = $"{run.Code} {run.Number} for {run.BusinessOn:d MMMM yyyy}", Verb = "came", By = run.StartedBy, At = run.FinishedAt, Href = $"/operations/runs/{run.Id}",
            Leads = [new Lead("of", run.AuditSubject)],
        };
}

internal sealed class WhyBatchLate(AppDb db) : ITellsWhy
{
    public string Kind => "batch_late";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await (from l in db.Set<BatchLateness>().AsNoTracking() join c in db.Set<BatchControl>() on l.ControlId equals c.Id where l.Id == id select new { Late = l, c.Code }).SingleOrDefaultAsync(ct) is not { } found
            ? null : new Told
            {
                Detail = found.Code, Verb = "came", By = new ActorRef(ActorKind.Process, 0, "level of service"), At = found.Late.At,
                Href = found.Late.RunId is { } late ? $"/operations/runs/{late}" : $"/operations/batches/{found.Late.ControlId}",
                Remarks = [new Remark(found.Late.Words, found.Late.At)],
                Leads = [new Lead("of", found.Late.RunId is { } run ? new RecordRef("batch_run", run) : new RecordRef("batch_control", found.Late.ControlId))],
            };
}

internal sealed class WhyBatchError(AppDb db, CurrentActor actor, IEnumerable<RecordPage> pages) : ITellsWhy
{
    public string Kind => "batch_error";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<BatchError>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, ct) is not { } error ? null : new Told
        {
            Detail = error.Message, Verb = "came up", By = new ActorRef(ActorKind.Process, 0, "batch"), At = error.At, Href = Page(error.About) ?? $"/operations/runs/{error.RunId}",
            Leads = [new Lead("in", new RecordRef("batch_run", error.RunId)), new Lead("about", error.About)],
        };

    private string? Page(RecordRef about) =>
        pages.FirstOrDefault(p => p.Kind == about.Kind) is { Path: { } path } page && (page.Permission is null || actor.May(page.Permission)) ? string.Format(CultureInfo.InvariantCulture, path, about.Id) : null;
}

internal sealed class WhyBatchFire(AppDb db) : ITellsWhy
{
    public string Kind => "batch_fire";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await (from f in db.Set<BatchFire>().AsNoTracking() join s in db.Set<BatchSchedule>() on f.ScheduleId equals s.Id where f.Id == id select new { Fire = f, s.Code, s.Name }).SingleOrDefaultAsync(ct) is not { } found
            ? null : new Told
            {
                Detail = $"{found.Code}, {found.Name}", Verb = "came", By = Actor.Process($"schedule {found.Code}").Ref, At = found.Fire.At,
                Href = (found.Fire.RunId ?? await InItsWay(found.Code, found.Fire, ct)) is { } run ? $"/operations/runs/{run}" : $"/operations/schedules/{found.Fire.ScheduleId}",
                Remarks = found.Fire.Words is { } words ? [new Remark(words, found.Fire.At)] : [], Leads = [new Lead("of", new RecordRef("batch_schedule", found.Fire.ScheduleId))],
            };

    /// <summary>The run that goes on, or waits, since which none began.</summary>
    private async Task<long?> InItsWay(string code, BatchFire fire, CancellationToken ct) =>
        fire.Outcome != FireOutcome.Refused ? null
            : await db.Set<BatchRun>().Where(r => r.Code == code && r.CreatedAt <= fire.At && (r.State == BatchState.Pending || r.State == BatchState.Running))
                .OrderByDescending(r => r.Number).Select(r => (long?)r.Id).FirstOrDefaultAsync(ct);
}

internal sealed class WhyEvent(AppDb db) : ITellsWhy
{
    public string Kind => "event";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<Event>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, ct) is not { } told)
            return null;
        var subjects = told.Subjects.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(RecordRef.Parse).Select(s => new Lead("about", s)).Take(3);
        return new Told
        {
            Detail = $"“{told.Name.Replace('.', ' ').Replace('_', ' ')}”", Verb = "caused", By = told.Actor, At = told.OccurredAt,
            Leads = [.. told.Cause is { } cause ? (Lead[])[new Lead("in", cause)] : [], .. subjects],
        };
    }
}

internal sealed class WhyJob(AppDb db) : ITellsWhy
{
    public string Kind => "job";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<Job>().AsNoTracking().SingleOrDefaultAsync(j => j.Id == id, ct) is { } job ? Of(job) : null;

    public static Told Of(Job job) => new()
    {
        Detail = job.Kind, Verb = "asked for", By = ActorRef.Parse(job.EnqueuedBy), At = job.CreatedAt,
        Href = job.State == JobState.Dead ? $"/operations/dead-jobs/{job.Id}" : null,
    };
}

internal sealed class WhyJobDied(AppDb db) : ITellsWhy
{
    public string Kind => "job_death";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<Job>().AsNoTracking().FirstOrDefaultAsync(j => j.State == JobState.Dead && j.DeathId == id, ct) is not { } job ? null
            : WhyJob.Of(job) with { Remarks = [new Remark($"It was given up after {job.Attempts} attempts", job.FinishedAt)] };
}

internal sealed class WhyHookPaused(AppDb db) : ITellsWhy
{
    public string Kind => "web_hook_pause";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<WebHook>().AsNoTracking().FirstOrDefaultAsync(h => h.PauseId == id, ct) is not { } hook ? null : new Told
        {
            Detail = hook.Name, Verb = "made the", By = new ActorRef(ActorKind.Process, 0, "web hooks"), At = hook.FailingSinceAt, Href = $"/admin/web-hooks/{hook.Id}",
            Leads = [new Lead("of", hook.AuditSubject)],
        };
}

internal sealed class WhyConfigured(AppDb db) : ITellsWhy
{
    public string Kind => "configuration";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<ConfigurationImport>().AsNoTracking().Where(i => i.Id == id).Select(i => new { i.FileName, i.BroughtBy, i.BroughtAt, i.AppliedBy, i.AppliedAt }).SingleOrDefaultAsync(ct) is not { } file
            ? null : new Told
            {
                Detail = file.FileName, Verb = "brought", By = file.BroughtBy, At = file.BroughtAt,
                Remarks = file.AppliedBy is { } by ? [new Remark($"{AskWhy.Who(by)} took rows of it over", file.AppliedAt)] : [],
            };
}
