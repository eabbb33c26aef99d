using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Platform.WebHooks;

/// <summary>A paused one is sent nothing, and what happens meanwhile waits for it. An ended one is kept for the record only.</summary>
public enum WebHookState { Active, Paused, Ended }

/// <summary>Somewhere outside the house that is told of events.</summary>
internal sealed class WebHook : IAudited
{
    public required long Id { get; init; }
    public required string Name { get; set; }
    public required string Url { get; set; }
    /// <summary>Stable names of events, space separated.</summary>
    public required string Events { get; set; }
    public WebHookState State { get; private set; } = WebHookState.Active;
    public string? PausedBecause { get; private set; }
    /// <summary>Tells this time it was paused by itself from others.</summary>
    public long? PauseId { get; private set; }
    public required byte[] Secret { get; set; }
    /// <summary>The one before: signs beside the new one until <see cref="PreviousUntilAt"/>.</summary>
    public byte[]? PreviousSecret { get; set; }
    public DateTime? PreviousUntilAt { get; private set; }
    public required ActorRef CreatedBy { get; init; }
    public required DateTime CreatedAt { get; init; }
    public int Version { get; private set; }

    // How its target does: written by set-based statements of the deliveries, which are no changes by anybody.
    public int Failures { get; init; }
    public DateTime? FailingSinceAt { get; init; }
    public DateTime? RestsUntilAt { get; init; }
    public DateTime? LastAt { get; init; }
    public int? LastStatus { get; init; }
    public string? LastError { get; init; }

    public RecordRef AuditSubject => new("web_hook", Id);

    public bool Wants(string eventName) => Events.Split(' ').Contains(eventName, StringComparer.Ordinal);

    public void Change(string name, string url, IEnumerable<string> events)
    {
        (Name, Url, Events) = (name, url, string.Join(' ', events));
        Version++;
    }

    public void Rotate(byte[] secret, DateTime previousUntil)
    {
        (PreviousSecret, PreviousUntilAt, Secret) = (Secret, previousUntil, secret);
        Version++;
    }

    /// <param name="pauseId">Null when somebody decided it.</param>
    public void Pause(string because, long? pauseId)
    {
        (State, PausedBecause, PauseId) = (WebHookState.Paused, because, pauseId);
        Version++;
    }

    public void Resume()
    {
        (State, PausedBecause, PauseId) = (WebHookState.Active, null, null);
        Version++;
    }

    public void End()
    {
        (State, PausedBecause, PauseId) = (WebHookState.Ended, null, null);
        Version++;
    }
}

internal sealed class WebHookMap : IEntityTypeConfiguration<WebHook>, IEntityTypeConfiguration<WebHookDelivery>
{
    public void Configure(EntityTypeBuilder<WebHook> builder)
    {
        builder.ToTable("web_hook");
        builder.HasIndex(h => h.Name, "ux_web_hook_name").IsUnique();
    }

    public void Configure(EntityTypeBuilder<WebHookDelivery> builder)
    {
        builder.ToTable("web_hook_delivery");
        builder.HasOne<WebHook>().WithMany().HasForeignKey(d => d.HookId);
        builder.HasIndex(d => new { d.HookId, d.EventId }, "ux_web_hook_delivery_event").IsUnique();
        builder.HasIndex(d => new { d.HookId, d.State, d.Id }, "ix_web_hook_delivery_state");
        builder.HasIndex(d => d.CreatedAt, "ix_web_hook_delivery_created");
    }
}

/// <summary>The events that anybody outside waits for: where there is no hook, an event costs nothing.</summary>
internal sealed record HookedEvents(IReadOnlySet<string> Names)
{
    public static async Task<HookedEvents> Read(AppDb db, CancellationToken ct) =>
        new((await db.Set<WebHook>().AsNoTracking().Where(h => h.State != WebHookState.Ended).Select(h => h.Events).ToListAsync(ct))
            .SelectMany(events => events.Split(' ')).ToHashSet(StringComparer.Ordinal));
}
