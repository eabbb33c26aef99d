using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Platform.WebHooks;

/// <summary>What the uses that keep web hooks have in common.</summary>
internal sealed class WebHookDesk(AppDb db, KnownEvents known, ISettings settings, ReferenceCache<HookedEvents> hooked)
{
    public const int LongestName = 100;

    public Task<WebHook?> Find(long id, CancellationToken ct) => db.Set<WebHook>().SingleOrDefaultAsync(h => h.Id == id && h.State != WebHookState.Ended, ct);

    public async Task<(string Name, string Url, List<string> Events)> Check(long? id, string? typedName, string? typedUrl, IReadOnlyList<string>? wanted, Problems problems, CancellationToken ct)
    {
        var name = problems.Text("Name", "Name", typedName, LongestName);
        if (name.Length > 0 && await db.Set<WebHook>().AnyAsync(h => h.Name == name && h.Id != id, ct))
            problems.Add("Name", $"There is a web hook '{name}' already, perhaps one that was ended.", "web_hook.name");
        var url = problems.Text("Url", "Address", typedUrl, WebHookTargets.LongestUrl);
        if (url.Length > 0 && (await WebHookTargets.Read(settings, ct)).Refusal(url, out _) is { } refusal)
            problems.Add("Url", refusal, "web_hook.url");
        var events = (wanted ?? []).Where(e => e is not null).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (events.Count == 0)
            problems.Add("Events", "Choose at least one event.", "required");
        foreach (var unknown in events.Except(known.Names, StringComparer.Ordinal).Take(5))
            problems.Add("Events", $"There is no event '{TypedText.OneLine(unknown, 100)}'.", "web_hook.event");
        return (name, url, events);
    }

    public async Task<Outcome<Done>> Save(CancellationToken ct)
    {
        db.AfterCommit(hooked.Forget);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

/// <summary>Tells a machine outside of events from now on.</summary>
internal sealed class AddWebHook(AppDb db, WebHookDesk desk, HookSecrets secrets, CurrentActor actor) : IUse<AddWebHook.Input, AddWebHook.Created>
{
    /// <param name="Events">Stable names, such as <c>contact.recorded</c>.</param>
    public sealed record Input(string? Name, string? Url, IReadOnlyList<string>? Events);

    /// <param name="Secret">Shown this once; only its ciphertext is kept.</param>
    [NotRemembered("the secret is shown once")]
    public sealed record Created(long Id, string Secret);

    public async Task<Outcome<Created>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        var problems = new Problems();
        var (name, url, events) = await desk.Check(null, input.Name, input.Url, input.Events, problems, ct);
        if (problems.Any)
            return problems;
        var secret = HookSecrets.New();
        var hook = new WebHook
        {
            Id = db.NextId(), Name = name, Url = url, Events = string.Join(' ', events), Secret = secrets.Protect(secret), CreatedBy = actor.Actor.Ref, CreatedAt = db.Now,
        };
        db.Add(hook);
        await desk.Save(ct);
        return new Created(hook.Id, secret);
    }
}

/// <summary>Changes name, address or events. What is on its way goes to the new address.</summary>
internal sealed class ChangeWebHook(AppDb db, WebHookDesk desk, CurrentActor actor) : IUse<ChangeWebHook.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    public sealed record Input(long Id, string? Name, string? Url, IReadOnlyList<string>? Events, int Version);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        if (await desk.Find(input.Id, ct) is not { } hook)
            return Problem.NotFound("The web hook");
        var problems = new Problems();
        var (name, url, events) = await desk.Check(hook.Id, input.Name, input.Url, input.Events, problems, ct);
        if (problems.Any)
            return problems;
        db.Expect(hook, input.Version);
        hook.Change(name, url, events);
        return await desk.Save(ct);
    }
}

/// <summary>Makes a new secret. The one before signs beside it for a day, so that the target can change over in peace.</summary>
internal sealed class RotateWebHookSecret(AppDb db, WebHookDesk desk, HookSecrets secrets, CurrentActor actor) : IUse<RotateWebHookSecret.Input, RotateWebHookSecret.Rotated>
{
    public sealed record Input(long Id);

    /// <param name="Secret">Shown this once.</param>
    /// <param name="PreviousUntilAt">Until then both sign.</param>
    [NotRemembered("the secret is shown once")]
    public sealed record Rotated(string Secret, DateTime PreviousUntilAt);

    public async Task<Outcome<Rotated>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        if (await desk.Find(input.Id, ct) is not { } hook)
            return Problem.NotFound("The web hook");
        var (secret, until) = (HookSecrets.New(), db.Now + HookSecrets.Overlap);
        hook.Rotate(secrets.Protect(secret), until);
        await db.SaveChangesAsync(ct);
        return new Rotated(secret, until);
    }
}

/// <summary>Sends nothing more until it is resumed; what happens meanwhile waits.</summary>
internal sealed class PauseWebHook(AppDb db, WebHookDesk desk, CurrentActor actor) : IUse<PauseWebHook.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        if (await desk.Find(input.Id, ct) is not { } hook)
            return Problem.NotFound("The web hook");
        if (hook.State == WebHookState.Active)
        {
            hook.Pause($"Paused by {actor.Actor.Name}.", null);
            await db.SaveChangesAsync(ct);
        }
        return Done.It;
    }
}

/// <summary>Sends again, beginning with what was held.</summary>
internal sealed class ResumeWebHook(AppDb db, WebHookDesk desk, IJobs jobs, IEvents events, CurrentActor actor) : IUse<ResumeWebHook.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            if (await desk.Find(input.Id, ct) is not { } hook)
                return Problem.NotFound("The web hook");
            if (hook.State != WebHookState.Paused)
                return Done.It;
            if (hook.PauseId is { } pause)
                await events.Publish(new WebHookResumed(hook.Id, pause), ct, hook.AuditSubject);
            hook.Resume();
            await db.SaveChangesAsync(ct);
            await db.Set<WebHook>().Where(h => h.Id == hook.Id).ExecuteUpdateAsync(
                set => set.SetProperty(h => h.Failures, 0).SetProperty(h => h.FailingSinceAt, (DateTime?)null).SetProperty(h => h.RestsUntilAt, (DateTime?)null), ct);
            await jobs.Enqueue(ReleaseDeliveries.Kind, new HookRelease(hook.Id, DeliveryState.Held, null, 0, long.MaxValue), ct);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct);
    }
}

/// <summary>Ends a web hook for good: nothing is sent to it any more, what it was sent is kept as long as the setting says.</summary>
internal sealed class EndWebHook(WebHookDesk desk, IEvents events, CurrentActor actor) : IUse<EndWebHook.Input, Done>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        if (await desk.Find(input.Id, ct) is not { } hook)
            return Problem.NotFound("The web hook");
        if (hook.PauseId is { } pause)
            await events.Publish(new WebHookResumed(hook.Id, pause), ct, hook.AuditSubject);
        hook.End();
        return await desk.Save(ct);
    }
}

/// <summary>Sends a test that says nothing, to see whether the target answers.</summary>
internal sealed class PingWebHook(AppDb db, WebHookDesk desk, DeliveryQueue queue, IAuditTrail audit, CurrentActor actor) : IUse<PingWebHook.Input, Added>
{
    public sealed record Input(long Id);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageWebHooks);
        if (await desk.Find(input.Id, ct) is not { } hook)
            return Problem.NotFound("The web hook");
        if (hook.State == WebHookState.Paused)
            return new Problem(null, "The web hook is paused: resume it first.", "web_hook.paused");
        var id = db.NextId();
        db.Add(new WebHookDelivery { Id = id, HookId = hook.Id, EventName = HookBody.Ping, Body = HookBody.OfPing(id, db.Now), CreatedAt = db.Now });
        await queue.Enqueue(id, 0, null, ct, urgent: true);
        audit.Add("tested", hook.AuditSubject, new RecordRef("web_hook_delivery", id), null);
        await db.SaveChangesAsync(ct);
        return new Added(id);
    }
}
