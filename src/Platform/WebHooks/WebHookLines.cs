using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.WebHooks;

/// <summary>A web hook as administrators see it: everything but its secret.</summary>
/// <param name="PausedBecause">Null while it is not paused.</param>
/// <param name="Failures">In a row; 0 when the last delivery arrived.</param>
/// <param name="RestsUntilAt">Not tried before, because it has failed several times in a row.</param>
/// <param name="LastStatus">HTTP status of the last answer; null when there was none.</param>
/// <param name="PreviousSecretUntilAt">Until then the secret before the last rotation signs too.</param>
public sealed record WebHookLine(
    long Id, string Name, string Url, IReadOnlyList<string> Events, WebHookState State, string? PausedBecause, int Failures, DateTime? FailingSinceAt, DateTime? RestsUntilAt,
    DateTime? LastAt, int? LastStatus, string? LastError, DateTime? PreviousSecretUntilAt, ActorRef CreatedBy, DateTime CreatedAt, int Version)
{
    internal static WebHookLine Of(WebHook h) => new(
        h.Id, h.Name, h.Url, h.Events.Split(' '), h.State, h.PausedBecause, h.Failures, h.FailingSinceAt, h.RestsUntilAt, h.LastAt, h.LastStatus, h.LastError, h.PreviousUntilAt,
        h.CreatedBy, h.CreatedAt, h.Version);
}

/// <summary>All web hooks by name, those that were ended last.</summary>
internal sealed class ListWebHooks(AppDb db, CurrentActor actor) : IUse<ListWebHooks.Input, Page<WebHookLine>>
{
    /// <param name="PageNumber">From 1.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(int? PageNumber = null, int? Size = null);

    public async Task<Outcome<Page<WebHookLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        var page = await db.Set<WebHook>().AsNoTracking().OrderBy(h => h.State == WebHookState.Ended).ThenBy(h => h.Name).ThenBy(h => h.Id).PageOf(input.PageNumber, input.Size, ct);
        return new Page<WebHookLine>([.. page.Items.Select(WebHookLine.Of)], Total: page.Total);
    }
}

/// <summary>One of them.</summary>
internal sealed class GetWebHook(AppDb db, CurrentActor actor) : IUse<GetWebHook.Input, WebHookLine>
{
    public sealed record Input(long Id);

    public async Task<Outcome<WebHookLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        return await db.Set<WebHook>().AsNoTracking().SingleOrDefaultAsync(h => h.Id == input.Id, ct) is { } hook ? WebHookLine.Of(hook) : Problem.NotFound("The web hook");
    }
}

/// <summary>What other rooms ask before they tell people of a pause: the news may come late, when it is over.</summary>
public sealed class WebHookPauses(AppDb db)
{
    public Task<bool> Lasts(long pauseId, CancellationToken ct) => db.Set<WebHook>().AnyAsync(h => h.PauseId == pauseId, ct);
}

/// <summary>The stable names of all events that a hook may wait for.</summary>
internal sealed class ListHookEvents(KnownEvents known, CurrentActor actor) : IUse<ListHookEvents.Input, IReadOnlyList<string>>
{
    public sealed record Input;

    public Task<Outcome<IReadOnlyList<string>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        return Task.FromResult(Outcome<IReadOnlyList<string>>.Of([.. known.Names]));
    }
}

/// <summary>A delivery with what was sent and answered.</summary>
/// <param name="EventId">Null for a test.</param>
/// <param name="Tries">Since it was last put on its way.</param>
/// <param name="NextAt">When it is tried (again).</param>
/// <param name="Answer">The beginning of the last answer, at most 2 KB, where it was text.</param>
/// <param name="DurationMs">Of the last try, in milliseconds.</param>
public sealed record DeliveryLine(
    long Id, long HookId, long? EventId, string Event, DeliveryState State, int Tries, DateTime? NextAt, DateTime? LastAt, int? Status, string? Error, string? Answer, int? DurationMs,
    string Body, DateTime CreatedAt)
{
    internal static DeliveryLine Of(WebHookDelivery d) => new(
        d.Id, d.HookId, d.EventId, d.EventName, d.State, d.Tries, d.NextAt, d.LastAt, d.LastStatus, d.LastError, d.LastAnswer, d.DurationMs, d.Body, d.CreatedAt);
}

/// <summary>What was sent to a hook, the newest first.</summary>
internal sealed class ListDeliveries(AppDb db, CurrentActor actor) : IUse<ListDeliveries.Input, Page<DeliveryLine>>
{
    /// <param name="Id">The hook's.</param>
    public sealed record Input(long Id, DeliveryState? State = null, string? After = null, int? Size = null);

    public async Task<Outcome<Page<DeliveryLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        if (!await db.Set<WebHook>().AnyAsync(h => h.Id == input.Id, ct))
            return Problem.NotFound("The web hook");
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var deliveries = db.Set<WebHookDelivery>().AsNoTracking().Where(d => d.HookId == input.Id && (input.State == null || d.State == input.State));
        if (Cursor.Decode(input.After) is { } behind)
            deliveries = deliveries.Where(d => d.Id < behind.Id);
        var found = await deliveries.OrderByDescending(d => d.Id).Take(size + 1).ToListAsync(ct);
        var page = found.GetRange(0, Math.Min(found.Count, size));
        return new Page<DeliveryLine>(page.ConvertAll(DeliveryLine.Of), found.Count > size ? Cursor.Encode(page[^1].CreatedAt, page[^1].Id) : null);
    }
}

/// <summary>One of them.</summary>
internal sealed class GetDelivery(AppDb db, CurrentActor actor) : IUse<GetDelivery.Input, DeliveryLine>
{
    public sealed record Input(long Id);

    public async Task<Outcome<DeliveryLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        return await db.Set<WebHookDelivery>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is { } delivery ? DeliveryLine.Of(delivery) : Problem.NotFound("The delivery");
    }
}
