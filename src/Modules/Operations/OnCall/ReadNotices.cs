using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Operations.Jobs;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Reasons;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Operations.OnCall;

internal enum NoticeState { Calling, Acknowledged, Settled }

/// <param name="Before">Before whom it stands, in words.</param>
/// <param name="Level">1 to 3 of the roster; 4 is everyone who operates.</param>
/// <param name="RemindAt">When it calls whoever has it again; null where it does not.</param>
/// <param name="Dead">Of dead jobs: how many of the kind are dead now; null when it is settled, and of all else.</param>
internal sealed record NoticeLine(
    long Id, RecordRef Cause, RecordRef Subject, string Text, NoticeSeverity Severity, NoticeState State, DateTime RaisedAt, int Level, long? EmployeeId, string Before,
    DateTime AddressedAt, DateTime? AcknowledgedAt, ActorRef? AcknowledgedBy, DateTime? SettledAt, string? SettledBecause, int Version,
    DateTime? RemindAt, int? Dead)
{
    public const string All = "Everyone who operates";

    public static NoticeLine Of(Notice n, IReadOnlyDictionary<long, string> names, IReadOnlyDictionary<long, int> dead) => new(
        n.Id, n.Cause, n.Subject, n.Text, n.Severity, n.SettledAt is not null ? NoticeState.Settled : n.AcknowledgedAt is not null ? NoticeState.Acknowledged : NoticeState.Calling,
        n.RaisedAt, n.Level, n.EmployeeId, n.EmployeeId is { } who ? names.GetValueOrDefault(who, "?") : All, n.AddressedAt,
        n.AcknowledgedAt, n.AcknowledgedBy, n.SettledAt, n.SettledBecause, n.Version, n.RemindAt,
        n.SettledAt is null && n.Subject.Kind == JobIncident.Kind ? dead.GetValueOrDefault(n.Subject.Id) : null);

    /// <summary>The incidents whose jobs are to be counted.</summary>
    public static long[] Incidents(IEnumerable<Notice> notices) => [.. notices.Where(n => n.SettledAt is null && n.Subject.Kind == JobIncident.Kind).Select(n => n.Subject.Id)];
}

/// <summary>Notices, newest first; those whose cause is still there unless asked otherwise.</summary>
internal sealed class ListNotices(AppDb db, CurrentActor actor, IOrganization organization, JobIncidents incidents) : IUse<ListNotices.Input, Page<NoticeLine>>
{
    /// <param name="Search">Part of the text; case and accents do not matter.</param>
    public sealed record Input(bool? Settled = null, string? Search = null, string? After = null, int? Size = null);

    public async Task<Outcome<Page<NoticeLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var notices = db.Set<Notice>().AsNoTracking().Where(n => input.Settled == true ? n.SettledAt != null : n.SettledAt == null);
        if (SearchText.Fold(TypedText.OneLine(input.Search, 100)) is { Length: > 0 } part)
            notices = notices.Where(n => n.Words.Contains(part));
        if (Cursor.Decode(input.After) is { } behind)
            notices = notices.Where(n => n.RaisedAt < behind.At || (n.RaisedAt == behind.At && n.Id < behind.Id));
        var found = await notices.OrderByDescending(n => n.RaisedAt).ThenByDescending(n => n.Id).Take(size + 1).ToListAsync(ct);
        var page = found.GetRange(0, Math.Min(found.Count, size));
        var names = await organization.Names([.. page.Select(n => n.EmployeeId).OfType<long>().Distinct()], ct);
        var dead = await incidents.Dead(NoticeLine.Incidents(page), ct);
        return new Page<NoticeLine>(page.ConvertAll(n => NoticeLine.Of(n, names, dead)), found.Count > size ? Cursor.Encode(page[^1].RaisedAt, page[^1].Id) : null);
    }
}

/// <summary>One notice with all that happened: for those who operate, and for whoever it stands before.</summary>
internal sealed class GetNotice(AppDb db, CurrentActor actor, Calling calling, IOrganization organization, JobIncidents incidents, IEnumerable<RecordPage> pages) : IUse<GetNotice.Input, GetNotice.File>
{
    public sealed record Input(long Id);

    /// <param name="To">Who was called, in words; null where nobody was.</param>
    public sealed record Step(DateTime At, ActorRef By, NoticeStepKind Kind, int Level, string? To, string? Comment);

    /// <param name="Href">The page of what it is about, for those who may open it.</param>
    /// <param name="MayAnswer">The actor may say that they have it, and forward it.</param>
    public sealed record File(NoticeLine Notice, IReadOnlyList<Step> Steps, string? Href, string About, bool MayAnswer);

    public async Task<Outcome<File>> Handle(Input input, CancellationToken ct)
    {
        if (await db.Set<Notice>().AsNoTracking().SingleOrDefaultAsync(n => n.Id == input.Id, ct) is not { } notice)
        {
            actor.Require(BatchPermissions.Read);
            return Problem.NotFound("The notice");
        }
        var mine = await calling.IsBefore(notice, actor.Actor, ct);
        if (!mine)
            actor.Require(BatchPermissions.Read);
        var steps = await db.Set<NoticeStep>().AsNoTracking().Where(s => s.NoticeId == notice.Id).OrderBy(s => s.Id).ToListAsync(ct);
        var names = await organization.Names([.. steps.Select(s => s.EmployeeId).Append(notice.EmployeeId).OfType<long>().Distinct()], ct);
        var page = pages.FirstOrDefault(p => p.Kind == notice.Subject.Kind);
        return new File(
            NoticeLine.Of(notice, names, await incidents.Dead(NoticeLine.Incidents([notice]), ct)),
            steps.ConvertAll(s => new Step(s.At, s.By, s.Kind, s.Level, s.Kind is NoticeStepKind.Called or NoticeStepKind.Forwarded ? s.EmployeeId is { } who ? names.GetValueOrDefault(who, "?") : NoticeLine.All : null, s.Comment)),
            page?.Path is not { } path || (page.Permission is { } right && !actor.May(right)) ? null : string.Format(CultureInfo.InvariantCulture, path, notice.Subject.Id),
            page?.Name ?? notice.Subject.Kind.Replace('_', ' '), mine || actor.May(OperationsPermissions.OnCall));
    }
}

/// <summary>Why a notice stands there: what caused it.</summary>
internal sealed class WhyNotice(AppDb db) : ITellsWhy
{
    public string Kind => Notice.Kind;

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<Notice>().AsNoTracking().SingleOrDefaultAsync(n => n.Id == id, ct) is not { } notice ? null : new Told
        {
            Detail = $"“{notice.Text}”", Verb = "raised", At = notice.RaisedAt,
            Leads = notice.Cause == notice.Subject ? [new Lead("because of", notice.Cause)] : [new Lead("because of", notice.Cause), new Lead("about", notice.Subject)],
            Remarks = notice.SettledAt is { } at ? [new Remark(notice.SettledBecause ?? "Its cause has gone away", at)] : [],
        };
}
