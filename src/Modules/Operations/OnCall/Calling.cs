using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Live;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Operations.OnCall;

/// <summary>Calls one after the other until somebody answers. Each wait is a job, under a key of the notice and its turn.</summary>
internal sealed class Calling(AppDb db, CurrentActor actor, Roster roster, IOrganization organization, IJobs jobs, ILive live, ISettings settings)
{
    public static readonly SettingKey<int> EscalateMinutes = new(
        "operations.escalate_minutes", 10, "Minutes until a notice that nobody has taken calls the next one on call", SettingRules.Between(1, 24 * 60));

    public static readonly SettingKey<int> RemindMinutes = new(
        "operations.remind_minutes", 60, "Minutes after “I have it” until a notice calls again while its cause is still there; 0 for never", SettingRules.Between(0, 24 * 60));

    public async Task<long> Raise(NewNotice fresh, CancellationToken ct)
    {
        await db.HoldName("notice", fresh.Cause.Id, ct);
        if (await Of(fresh.Cause, ct) is { } known)
            return known.Id;
        var text = TypedText.OneLine(fresh.Text, Notice.LongestText);
        var notice = new Notice
        {
            Id = db.NextId(), Cause = fresh.Cause, Subject = fresh.Subject, Text = text, Words = SearchText.Fold(text), Severity = fresh.Severity, RaisedAt = db.Now,
        };
        db.Add(notice);
        await From(notice, 1, ct);
        return notice.Id;
    }

    public async Task Settle(RecordRef cause, string because, CancellationToken ct)
    {
        await db.HoldName("notice", cause.Id, ct);
        if (await Of(cause, ct) is { SettledAt: null } notice)
            await Settle(notice, because, ct);
    }

    public async Task Settle(Notice notice, string because, CancellationToken ct)
    {
        notice.Settle(TypedText.OneLine(because, Notice.LongestText), db.Now);
        Step(notice, NoticeStepKind.Settled, null, because);
        await Ring(notice.EmployeeId, ct);
    }

    /// <summary>Calls whoever has this level, or else the next one; where nobody is left, all who operate.</summary>
    public async Task From(Notice notice, int level, CancellationToken ct)
    {
        var onDuty = (await roster.At(db.Now, ct)).ToDictionary(d => d.Level);
        var before = notice.Turn == 0 ? null : notice.EmployeeId;
        for (; level < Notice.Everyone; level++)
        {
            var duty = onDuty.GetValueOrDefault(level);
            if (duty is { Missing: null } && duty.EmployeeId != before)
            {
                await Call(notice, level, duty.EmployeeId, NoticeStepKind.Called, null, ct);
                return;
            }
            Step(notice, NoticeStepKind.Skipped, null, duty is null ? "nobody is on call" : duty.Missing is { } missing ? $"{duty.Employee} {missing}" : "is the same person", level);
        }
        await Call(notice, Notice.Everyone, null, NoticeStepKind.Called, null, ct);
    }

    public async Task Call(Notice notice, int level, long? employee, NoticeStepKind kind, string? comment, CancellationToken ct)
    {
        var before = notice.EmployeeId;
        notice.Address(level, employee, db.Now);
        Step(notice, kind, employee, comment);
        if (level < Notice.Everyone)
        {
            var minutes = await settings.Get(EscalateMinutes, ct);
            await jobs.Enqueue(EscalateNotice.Kind, new EscalateNotice.Payload(notice.Id, notice.Turn), ct, db.Now.AddMinutes(minutes), $"{notice.Id}/{notice.Turn}");
        }
        if (before is not null && before != employee)
            await Ring(before, ct);
        await Ring(employee, ct);
    }

    /// <summary>Somebody has it: nobody else is called, and they only again when its cause is still there after a while.</summary>
    public async Task Take(Notice notice, CancellationToken ct)
    {
        var minutes = await settings.Get(RemindMinutes, ct);
        notice.Acknowledge(db.Actor.Ref, db.Now, minutes == 0 ? null : db.Now.AddMinutes(minutes));
        Step(notice, NoticeStepKind.Acknowledged, null, null);
        if (notice.RemindAt is { } at)
            await jobs.Enqueue(EscalateNotice.Kind, new EscalateNotice.Payload(notice.Id, notice.Turn, Again: true), ct, at, $"{notice.Id}/{notice.Turn}/again");
        await Ring(notice.EmployeeId, ct);
    }

    /// <summary>Whoever said "I have it" is called as if it were new; where that was no employee, whoever it stands before.</summary>
    public Task Again(Notice notice, CancellationToken ct)
    {
        var who = notice.AcknowledgedBy is { Kind: ActorKind.Employee, Id: > 0 and var employee } ? employee : notice.EmployeeId;
        // Whoever is reminded may sleep: then the next one is called, and behind the last level everyone.
        return Call(notice, who is null ? notice.Level : Math.Min(notice.Level, Duty.Levels), who, NoticeStepKind.Called, "its cause is still there", ct);
    }

    /// <summary>What waits for one who gives the level away, or is in their hands, now waits for the one who takes it.</summary>
    public async Task GoOver(int level, long from, long to, CancellationToken ct)
    {
        var open = await db.Set<Notice>().Where(n => n.SettledAt == null && (n.AcknowledgedAt != null || (n.Level == level && n.EmployeeId == from))).ToListAsync(ct);
        foreach (var notice in open.Where(n => n.AcknowledgedBy is not { } by || (by.Kind == ActorKind.Employee && by.Id == from)))
            await Call(notice, level, to, NoticeStepKind.Called, "took the duty over", ct);
    }

    public void Step(Notice notice, NoticeStepKind kind, long? employee, string? comment, int? level = null) => db.Add(new NoticeStep
    {
        Id = db.NextId(), NoticeId = notice.Id, At = db.Now, By = db.Actor.Ref, Kind = kind, Level = level ?? notice.Level, EmployeeId = employee, Comment = comment,
    });

    /// <summary>Open browsers ask what calls them.</summary>
    public Task Ring(long? employee, CancellationToken ct) => live.Tell(IRings.Topic, employee, ct);

    /// <summary>A notice that is not settled and which the actor may answer, held.</summary>
    /// <exception cref="ForbiddenException">It does not stand before the actor, who may not answer for others.</exception>
    public async Task<Outcome<Notice>> Held(long id, CancellationToken ct)
    {
        await db.Hold("notice", [id], ct);
        if (await db.Set<Notice>().SingleOrDefaultAsync(n => n.Id == id, ct) is not { } notice)
            return Problem.NotFound("The notice");
        if (!await IsBefore(notice, actor.Actor, ct))
            actor.Require(OperationsPermissions.OnCall);
        return notice.SettledAt is null ? notice : new Problem(null, "It is settled: there is nothing left to do.", "notice.settled");
    }

    /// <summary>Whether the notice stands before this employee.</summary>
    public async Task<bool> IsBefore(Notice notice, Actor actor, CancellationToken ct) =>
        actor is { Kind: ActorKind.Employee, Id: > 0 and var employee } && (notice.EmployeeId is { } who ? who == employee : await Operates(employee, ct));

    public async Task<bool> Operates(long employee, CancellationToken ct) =>
        await organization.ToDoRoleId(OperationsSeed.Role, ct) is { } role && (await organization.RolesOf(employee, ct)).Contains(role);

    // One that was raised in the running transaction is not in the database yet.
    private async Task<Notice?> Of(RecordRef cause, CancellationToken ct) =>
        db.Set<Notice>().Local.FirstOrDefault(n => n.Cause == cause) ?? await db.Set<Notice>().SingleOrDefaultAsync(n => n.Cause == cause, ct);
}

/// <summary>Nobody has said "I have it" in time: the next level is called. Or somebody has, and the cause is still there: they are called again.</summary>
internal sealed class EscalateNotice(AppDb db, Calling calling) : IJobHandler<EscalateNotice.Payload>
{
    public const string Kind = "operations.escalate";

    /// <param name="Again">Somebody had it in that turn.</param>
    public sealed record Payload(long NoticeId, int Turn, bool Again = false);

    public Task Run(Payload payload, JobRun job, CancellationToken ct) => db.InTransaction(async () =>
    {
        await db.Hold("notice", [payload.NoticeId], ct);
        if (await db.Set<Notice>().SingleOrDefaultAsync(n => n.Id == payload.NoticeId, ct) is { SettledAt: null } notice && notice.Turn == payload.Turn && notice.IsCalling != payload.Again)
        {
            await (payload.Again ? calling.Again(notice, ct) : calling.From(notice, notice.Level + 1, ct));
            await db.SaveChangesAsync(ct);
        }
        return true;
    }, ct);
}
