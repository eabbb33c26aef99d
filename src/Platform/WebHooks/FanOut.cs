using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;

namespace Tieline.Platform.WebHooks;

/// <summary>Puts one event on its way to every hook that waits for it: after the commit, so the publisher pays for one row however many hooks there are.</summary>
internal sealed class FanOut(AppDb db, DeliveryQueue queue, KnownEvents known) : IJobHandler<EventDelivery>
{
    public const string Kind = "web-hooks:event";

    public Task Run(EventDelivery payload, JobRun job, CancellationToken ct) => db.InTransaction(async () =>
    {
        var fact = await db.Set<Event>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == payload.EventId, ct)
            ?? throw new PoisonedJobException($"Event {payload.EventId} is not kept any more.");
        var sent = await db.Set<WebHookDelivery>().Where(d => d.EventId == fact.Id).Select(d => d.HookId).ToListAsync(ct);
        var hooks = (await db.Set<WebHook>().AsNoTracking().Where(h => h.State != WebHookState.Ended).ToListAsync(ct))
            .Where(h => h.Wants(fact.Name) && !sent.Contains(h.Id)).ToList();
        if (hooks.Count == 0)
            return 0;
        // Somebody may be resuming one: who is resumed sends what was held, and must see all of it.
        await db.Hold("web_hook", [.. hooks.Where(h => h.State == WebHookState.Paused).Select(h => h.Id)], ct);
        var paused = await db.Set<WebHook>().Where(h => h.State == WebHookState.Paused).Select(h => h.Id).ToListAsync(ct);
        var body = HookBody.Of(fact, known);
        foreach (var hook in hooks)
        {
            var delivery = new WebHookDelivery
            {
                Id = db.NextId(), HookId = hook.Id, EventId = fact.Id, EventName = fact.Name, Body = body, CreatedAt = db.Now,
                State = paused.Contains(hook.Id) ? DeliveryState.Held : DeliveryState.Waiting,
            };
            db.Add(delivery);
            if (delivery.State == DeliveryState.Waiting)
                await queue.Enqueue(delivery.Id, delivery.Turn, null, ct);
        }
        return await db.SaveChangesAsync(ct);
    }, ct);
}

/// <param name="Turn">The delivery's when the job was made: another one has taken its place when they differ.</param>
/// <param name="Urgent">Somebody wants to know now whether the target is well again: it is tried though the hook rests.</param>
internal sealed record HookDelivery(long Id, int Turn, bool Urgent = false);

/// <summary>Makes the jobs of deliveries.</summary>
internal sealed class DeliveryQueue(AppDb db, IJobs jobs)
{
    public Task Enqueue(long deliveryId, int turn, DateTime? at, CancellationToken ct, bool urgent = false) =>
        jobs.Enqueue(Deliver.Kind, new HookDelivery(deliveryId, turn, urgent), ct, at);

    /// <summary>Puts one that is not waiting on its way from the beginning, in the running transaction.</summary>
    /// <returns>False when it has gone meanwhile.</returns>
    public async Task<bool> Restart(long deliveryId, int turn, bool urgent, CancellationToken ct)
    {
        var now = db.Now;
        var changed = await db.Set<WebHookDelivery>().Where(d => d.Id == deliveryId && d.Turn == turn && d.State != DeliveryState.Waiting).ExecuteUpdateAsync(
            set => set.SetProperty(d => d.State, DeliveryState.Waiting).SetProperty(d => d.Turn, turn + 1).SetProperty(d => d.Tries, 0).SetProperty(d => d.NextAt, (DateTime?)now), ct);
        if (changed == 1)
            await Enqueue(deliveryId, turn + 1, null, ct, urgent);
        return changed == 1;
    }
}

/// <param name="State">Held or Failed.</param>
/// <param name="Since">Of deliveries made from then on.</param>
/// <param name="Until">The last one that was there when it was asked for: what fails again meanwhile is not sent for ever.</param>
internal sealed record HookRelease(long HookId, DeliveryState State, DateTime? Since, long After, long Until);

/// <summary>Puts all of a hook that were held or given up on their way again, a few at a time.</summary>
internal sealed class ReleaseDeliveries(AppDb db, DeliveryQueue queue, IJobs jobs) : IJobHandler<HookRelease>
{
    public const string Kind = "web-hooks:release";
    private const int Slice = 200;

    public Task Run(HookRelease payload, JobRun job, CancellationToken ct) => db.InTransaction(async () =>
    {
        var slice = await db.Set<WebHookDelivery>().AsNoTracking()
            .Where(d => d.HookId == payload.HookId && d.State == payload.State && d.Id > payload.After && d.Id <= payload.Until && (payload.Since == null || d.CreatedAt >= payload.Since))
            .OrderBy(d => d.Id).Take(Slice).Select(d => new { d.Id, d.Turn }).ToListAsync(ct);
        foreach (var delivery in slice)
            await queue.Restart(delivery.Id, delivery.Turn, urgent: false, ct);
        if (slice.Count == Slice)
            await jobs.Enqueue(Kind, payload with { After = slice[^1].Id }, ct);
        return await db.SaveChangesAsync(ct);
    }, ct);
}
