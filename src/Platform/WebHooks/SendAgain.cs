using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.WebHooks;

/// <summary>Sends one delivery again, with the same id and body; now, though its hook may be resting.</summary>
internal sealed class SendAgain(AppDb db, DeliveryQueue queue, IAuditTrail audit, CurrentActor actor) : IUse<SendAgain.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            if (await db.Set<WebHookDelivery>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is not { } delivery)
                return Problem.NotFound("The delivery");
            if (await db.Set<WebHook>().Where(h => h.Id == delivery.HookId).Select(h => h.State).SingleAsync(ct) is var state and not WebHookState.Active)
                return new Problem(null, state == WebHookState.Paused ? "The web hook is paused: resume it first." : "The web hook was ended.", "web_hook.not_active");
            if (delivery.State == DeliveryState.Waiting)
            {
                // It waits for its next try: that comes now, and counts as one.
                if (await db.Set<WebHookDelivery>().Where(d => d.Id == delivery.Id && d.Turn == delivery.Turn)
                    .ExecuteUpdateAsync(set => set.SetProperty(d => d.Turn, delivery.Turn + 1), ct) == 0)
                    return Problem.Conflict("It is being sent at this moment.");
                await queue.Enqueue(delivery.Id, delivery.Turn + 1, null, ct, urgent: true);
            }
            else if (!await queue.Restart(delivery.Id, delivery.Turn, urgent: true, ct))
                return Problem.Conflict("It is being sent at this moment.");
            audit.Add("sent again", new RecordRef("web_hook", delivery.HookId), new RecordRef("web_hook_delivery", delivery.Id), null);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct);
    }
}

/// <summary>Sends everything of a hook again that was given up.</summary>
internal sealed class SendFailedAgain(AppDb db, WebHookDesk desk, IJobs jobs, IAuditTrail audit, CurrentActor actor) : IUse<SendFailedAgain.Input, SendFailedAgain.Sent>
{
    /// <param name="SinceAt">Of events from then on, in UTC; null for all that are kept.</param>
    public sealed record Input(long Id, DateTime? SinceAt = null);

    public sealed record Sent(long Deliveries);

    public async Task<Outcome<Sent>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        if (await desk.Find(input.Id, ct) is not { } hook)
            return Problem.NotFound("The web hook");
        if (hook.State != WebHookState.Active)
            return new Problem(null, "The web hook is paused: resume it first.", "web_hook.not_active");
        var since = input.SinceAt is { } at ? DateTime.SpecifyKind(at.Kind == DateTimeKind.Local ? at.ToUniversalTime() : at, DateTimeKind.Utc) : (DateTime?)null;
        var failed = db.Set<WebHookDelivery>().Where(d => d.HookId == hook.Id && d.State == DeliveryState.Failed && (since == null || d.CreatedAt >= since));
        var (count, last) = (await failed.LongCountAsync(ct), await failed.MaxAsync(d => (long?)d.Id, ct));
        if (last is { } until)
        {
            await jobs.Enqueue(ReleaseDeliveries.Kind, new HookRelease(hook.Id, DeliveryState.Failed, since, 0, until), ct);
            audit.Add("failed sent again", hook.AuditSubject, null, new { since, deliveries = count });
            await db.SaveChangesAsync(ct);
        }
        return new Sent(count);
    }
}
