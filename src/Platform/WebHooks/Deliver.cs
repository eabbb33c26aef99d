using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;

namespace Tieline.Platform.WebHooks;

/// <summary>A target has failed for a day: nothing more is sent to it until somebody has looked.</summary>
[EventName("web_hook.paused")]
public sealed record WebHookPaused(long HookId, string Name, string Error, long PauseId);

/// <summary>What was paused by itself is sent to again, or was ended.</summary>
[EventName("web_hook.resumed")]
public sealed record WebHookResumed(long HookId, long PauseId);

/// <summary>One delivery at a time to each hook from this node: a slow target must not take the slots of the others.</summary>
internal sealed class HookGate
{
    /// <summary>How long a delivery waits for the one before it: what a quick target needs for several.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private readonly ConcurrentDictionary<long, SemaphoreSlim> gates = [];

    public Task<bool> TryEnter(long hookId, CancellationToken ct) => gates.GetOrAdd(hookId, _ => new SemaphoreSlim(1, 1)).WaitAsync(Patience, ct);

    public void Leave(long hookId) => gates[hookId].Release();
}

/// <summary>
/// Tries one delivery. A failed try is no failed job: it is written down with the job of the next one, so that a broken target does not fill
/// the list of dead jobs. At least once: a node that dies between answer and writing sends again, with the same id.
/// </summary>
internal sealed class Deliver(AppDb db, HookSender sender, HookSecrets secrets, HookGate gate, DeliveryQueue queue, IEvents events) : IJobHandler<HookDelivery>
{
    public const string Kind = "web-hooks:deliver";

    /// <summary>After so many failures in a row the hook rests, and only one delivery at a time asks whether it is well again.</summary>
    public const int FailuresUntilRest = 3;

    /// <summary>After so many failures in a row over <see cref="DayOfFailures"/> it is paused.</summary>
    public const int FailuresUntilPause = 8;
    public static readonly TimeSpan DayOfFailures = TimeSpan.FromDays(1);

    /// <summary>Before the second, third ... try; together a little over a day.</summary>
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(6),
        TimeSpan.FromHours(8), TimeSpan.FromHours(8),
    ];

    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(30);

    public static int MostTries => Waits.Length + 1;

    public async Task Run(HookDelivery payload, JobRun job, CancellationToken ct)
    {
        if (await Mine(payload.Id, payload.Turn).AsNoTracking().SingleOrDefaultAsync(ct) is not { } delivery)
            return;
        var hook = await db.Set<WebHook>().AsNoTracking().SingleAsync(h => h.Id == delivery.HookId, ct);
        if (hook.State == WebHookState.Paused && await Held(delivery, ct))
            return;
        if (hook.State == WebHookState.Ended)
            await Mine(delivery.Id, delivery.Turn).ExecuteUpdateAsync(set => set.SetProperty(d => d.State, DeliveryState.Failed).SetProperty(d => d.LastError, "The web hook was ended."), ct);
        else if (!payload.Urgent && hook.RestsUntilAt is { } rest && rest > db.Now)
            await Later(delivery, rest.AddSeconds(delivery.Id % 60), payload.Urgent, ct);
        else if (!await gate.TryEnter(hook.Id, ct))
            await Later(delivery, db.Now.AddSeconds(2 + (delivery.Id % 10)), payload.Urgent, ct);
        else
            await Send(hook, delivery, ct);
    }

    private async Task Send(WebHook hook, WebHookDelivery delivery, CancellationToken ct)
    {
        HookAnswer answer;
        try
        {
            answer = await sender.Send(new HookRequest(new Uri(hook.Url), delivery.Id, delivery.EventName, delivery.Body, secrets.Of(hook)), ct);
        }
        finally
        {
            gate.Leave(hook.Id);
        }
        await db.InTransaction(async () =>
        {
            if (answer.Error is null)
                await Delivered(hook.Id, delivery, answer, ct);
            else
                await Failed(hook.Id, delivery, answer, ct);
            return await db.SaveChangesAsync(ct);
        }, ct);
    }

    private async Task Delivered(long hookId, WebHookDelivery delivery, HookAnswer answer, CancellationToken ct)
    {
        var now = db.Now;
        await Mine(delivery.Id, delivery.Turn).ExecuteUpdateAsync(
            set => set.SetProperty(d => d.State, DeliveryState.Delivered).SetProperty(d => d.Tries, delivery.Tries + 1).SetProperty(d => d.LastAt, (DateTime?)now).SetProperty(d => d.NextAt, (DateTime?)null)
                .SetProperty(d => d.LastStatus, answer.Status).SetProperty(d => d.LastAnswer, answer.Text).SetProperty(d => d.LastError, (string?)null).SetProperty(d => d.DurationMs, (int?)answer.DurationMs), ct);
        await db.Set<WebHook>().Where(h => h.Id == hookId).ExecuteUpdateAsync(
            set => set.SetProperty(h => h.Failures, 0).SetProperty(h => h.FailingSinceAt, (DateTime?)null).SetProperty(h => h.RestsUntilAt, (DateTime?)null)
                .SetProperty(h => h.LastAt, (DateTime?)now).SetProperty(h => h.LastStatus, answer.Status).SetProperty(h => h.LastError, (string?)null), ct);
    }

    private async Task Failed(long hookId, WebHookDelivery delivery, HookAnswer answer, CancellationToken ct)
    {
        var (now, tries) = (db.Now, delivery.Tries + 1);
        await db.Set<WebHook>().Where(h => h.Id == hookId).ExecuteUpdateAsync(
            set => set.SetProperty(h => h.Failures, h => h.Failures + 1).SetProperty(h => h.FailingSinceAt, h => h.FailingSinceAt ?? now)
                .SetProperty(h => h.LastAt, (DateTime?)now).SetProperty(h => h.LastStatus, answer.Status).SetProperty(h => h.LastError, answer.Error), ct);
        var hook = await db.Set<WebHook>().SingleAsync(h => h.Id == hookId, ct);
        if (hook.Failures >= FailuresUntilRest)
        {
            var rest = now + Rest(hook.Failures);
            await db.Set<WebHook>().Where(h => h.Id == hookId).ExecuteUpdateAsync(set => set.SetProperty(h => h.RestsUntilAt, (DateTime?)rest), ct);
        }
        if (hook.State == WebHookState.Active && hook.Failures >= FailuresUntilPause && hook.FailingSinceAt <= now - DayOfFailures)
            await Pause(hook, answer.Error!, ct);
        var state = hook.State == WebHookState.Paused ? DeliveryState.Held : tries >= MostTries ? DeliveryState.Failed : DeliveryState.Waiting;
        DateTime? next = state == DeliveryState.Waiting ? now + Waits[tries - 1] : null;
        var written = await Mine(delivery.Id, delivery.Turn).ExecuteUpdateAsync(
            set => set.SetProperty(d => d.State, state).SetProperty(d => d.Tries, tries).SetProperty(d => d.Turn, delivery.Turn + 1).SetProperty(d => d.LastAt, (DateTime?)now).SetProperty(d => d.NextAt, next)
                .SetProperty(d => d.LastStatus, answer.Status).SetProperty(d => d.LastAnswer, answer.Text).SetProperty(d => d.LastError, answer.Error).SetProperty(d => d.DurationMs, (int?)answer.DurationMs), ct);
        if (written == 1 && next is not null)
            await queue.Enqueue(delivery.Id, delivery.Turn + 1, next, ct);
    }

    private async Task Pause(WebHook hook, string error, CancellationToken ct)
    {
        var pause = db.NextId();
        hook.Pause($"Failing since {hook.FailingSinceAt:yyyy-MM-dd HH:mm} UTC, {hook.Failures} times in a row. The last time: {error}", pause);
        await events.Publish(new WebHookPaused(hook.Id, hook.Name, error, pause), ct, hook.AuditSubject);
    }

    /// <returns>False when somebody has resumed the hook meanwhile.</returns>
    private Task<bool> Held(WebHookDelivery delivery, CancellationToken ct) => db.InTransaction(async () =>
    {
        await db.Hold("web_hook", [delivery.HookId], ct);
        if (!await db.Set<WebHook>().AnyAsync(h => h.Id == delivery.HookId && h.State == WebHookState.Paused, ct))
            return false;
        await Mine(delivery.Id, delivery.Turn).ExecuteUpdateAsync(set => set.SetProperty(d => d.State, DeliveryState.Held).SetProperty(d => d.NextAt, (DateTime?)null), ct);
        return true;
    }, ct);

    private Task Later(WebHookDelivery delivery, DateTime at, bool urgent, CancellationToken ct) => db.InTransaction(async () =>
    {
        if (await Mine(delivery.Id, delivery.Turn).ExecuteUpdateAsync(set => set.SetProperty(d => d.Turn, delivery.Turn + 1).SetProperty(d => d.NextAt, (DateTime?)at), ct) == 1)
            await queue.Enqueue(delivery.Id, delivery.Turn + 1, at, ct, urgent);
        return await db.SaveChangesAsync(ct);
    }, ct);

    private IQueryable<WebHookDelivery> Mine(long id, int turn) =>
        db.Set<WebHookDelivery>().Where(d => d.Id == id && d.Turn == turn && d.State == DeliveryState.Waiting);

    private static TimeSpan Rest(int failures) =>
        TimeSpan.FromMinutes(Math.Min(LongestRest.TotalMinutes, Math.Pow(2, Math.Min(failures - FailuresUntilRest, 10))));
}
