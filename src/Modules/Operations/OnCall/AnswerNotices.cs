using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Operations.OnCall;

/// <summary>"I have it": nobody else is called, and nobody again before its time. Said twice it is said once.</summary>
internal sealed class AcknowledgeNotice(AppDb db, CurrentActor actor, Calling calling) : IUse<AcknowledgeNotice.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => await db.InTransaction<Outcome<Done>>(async () =>
    {
        var held = await calling.Held(input.Id, ct);
        if (!held.Ok)
            return Outcome<Done>.Broken(held.Problems);
        var notice = held.Value;
        if (notice.AcknowledgedBy is { } other)
            return other.Is(actor.Actor) ? Done.It : new Problem(null, $"{other.Name} has it already.", "notice.acknowledged");
        await calling.Take(notice, ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }, ct, o => o.Ok);
}

/// <summary>Gives a notice to somebody else, with a word why. They are called as if it were new.</summary>
internal sealed class ForwardNotice(AppDb db, Calling calling, IOrganization organization) : IUse<ForwardNotice.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    public sealed record Input(long Id, int Version, long? EmployeeId, string? Comment);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => await db.InTransaction<Outcome<Done>>(async () =>
    {
        var held = await calling.Held(input.Id, ct);
        if (!held.Ok)
            return Outcome<Done>.Broken(held.Problems);
        var notice = held.Value;
        var problems = new Problems();
        var comment = problems.Text(nameof(Input.Comment), "Comment", input.Comment, 300);
        if (input.EmployeeId is not { } to)
            problems.List.Add(Problem.Required(nameof(Input.EmployeeId), "To whom"));
        else if (await organization.Employee(to, ct) is not { Active: true })
            problems.Add(nameof(Input.EmployeeId), "They are not here, or no longer work here.", "notice.employee");
        else if (to == notice.EmployeeId)
            problems.Add(nameof(Input.EmployeeId), "It stands before them already.", "notice.same");
        if (problems.Any)
            return problems;
        db.Expect(notice, input.Version);
        // Whoever is asked may not answer either: then the next one is called, and behind the last level everyone.
        await calling.Call(notice, Math.Min(notice.Level, Duty.Levels), input.EmployeeId, NoticeStepKind.Forwarded, comment, ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }, ct, o => o.Ok);
}

/// <summary>It is dealt with, though its cause does not go away by itself: nobody is called for it any more.</summary>
internal sealed class SettleNotice(AppDb db, Calling calling) : IUse<SettleNotice.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    /// <param name="Comment">What was done about it.</param>
    public sealed record Input(long Id, int Version, string? Comment);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct) => await db.InTransaction<Outcome<Done>>(async () =>
    {
        var held = await calling.Held(input.Id, ct);
        if (!held.Ok)
            return Outcome<Done>.Broken(held.Problems);
        var notice = held.Value;
        var problems = new Problems();
        var comment = problems.Text(nameof(Input.Comment), "What was done", input.Comment, Notice.LongestText);
        if (problems.Any)
            return problems;
        db.Expect(notice, input.Version);
        await calling.Settle(notice, comment, ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }, ct, o => o.Ok);
}

/// <summary>What calls this person now, for their bell.</summary>
internal sealed class NoticeRings(AppDb db, CurrentActor actor, Calling calling) : IRings
{
    private const int Most = 5;

    public async Task<IReadOnlyList<Ring>> Now(CancellationToken ct)
    {
        if (actor.Actor is not { Kind: ActorKind.Employee, Id: > 0 and var me })
            return [];
        var mine = await db.Set<Notice>().Where(n => n.SettledAt == null && n.AcknowledgedAt == null && (n.EmployeeId == me || n.EmployeeId == null))
            .OrderByDescending(n => n.AddressedAt).Take(Most).Select(n => new { n.Id, n.Text, n.EmployeeId }).ToListAsync(ct);
        if (mine.Exists(n => n.EmployeeId is null) && !await calling.Operates(me, ct))
            mine.RemoveAll(n => n.EmployeeId is null);
        return mine.ConvertAll(n => new Ring($"notice-{n.Id}", n.Text, $"/operations/notices/{n.Id}", "alert-triangle"));
    }
}
