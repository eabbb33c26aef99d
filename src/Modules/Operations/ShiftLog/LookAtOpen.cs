using Microsoft.EntityFrameworkCore;
using Tieline.Operations.OnCall;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Operations.ShiftLog;

internal sealed record OpenLine(string Text, string Href);

/// <summary>What a shift leaves behind at this moment: notices whose cause is there, jobs that were given up, runs that failed and whose work none has done since, runs that wait or go on.</summary>
internal sealed class LookAtOpen(AppDb db, CurrentActor actor, ListNotices notices, ListDeadKinds kinds, LookAtQueue queue, LookAtNight night) : IUse<LookAtOpen.Input, IReadOnlyList<OpenLine>>
{
    private const int Most = 50;

    public sealed record Input;

    public async Task<Outcome<IReadOnlyList<OpenLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var lines = new List<OpenLine>();
        foreach (var notice in (await notices.Handle(new(Size: Most), ct)).Value.Items)
        {
            var who = notice.State == NoticeState.Acknowledged ? $"{notice.AcknowledgedBy?.Name} has it" : $"nobody has it yet, called: {notice.Before}";
            lines.Add(new OpenLine($"Notice: {notice.Text} ({who})", $"/operations/notices/{notice.Id}"));
        }
        if (await db.Set<Notice>().CountAsync(n => n.SettledAt == null, ct) is var all && all > Most)
            lines.Add(new OpenLine($"and {all - Most} more notices", "/operations/notices"));
        await DeadJobs(lines, ct);
        var runs = (await night.Handle(new(db.Now), ct)).Value;
        lines.AddRange(runs.Failed.Select(r => Run(r, "failed")));
        lines.AddRange(runs.Runs.Where(r => !r.IsOver).Select(r => Run(r, r.State == "Pending" ? "waits" : "goes on")));
        return Outcome<IReadOnlyList<OpenLine>>.Of(lines);
    }

    private static OpenLine Run(BatchRunLine run, string how) => new($"Run: {run.Code} {run.Number} for {run.BusinessOn:d MMM yyyy} {how}", $"/operations/runs/{run.Id}");

    private async Task DeadJobs(List<OpenLine> lines, CancellationToken ct)
    {
        if (!actor.May(PlatformPermissions.ManageJobs))
        {
            if ((await queue.Handle(new(), ct)).Value.Dead is > 0 and var count)
                lines.Add(new OpenLine(count == 1 ? "1 dead job" : $"{count:N0} dead jobs", "/operations"));
            return;
        }
        foreach (var (kind, jobs) in (await kinds.Handle(new(), ct)).Value)
            lines.Add(new OpenLine(jobs == 1 ? $"Dead job: {kind}" : $"Dead jobs: {jobs:N0} of {kind}", $"/operations/dead-jobs?kind={Uri.EscapeDataString(kind)}"));
    }
}
