namespace Tieline.Platform.WebHooks;

/// <summary>Held: its hook is paused. Failed: given up after all its tries.</summary>
public enum DeliveryState { Waiting, Held, Delivered, Failed }

/// <summary>One event on its way to one hook: sent with the same id and body however often it is tried.</summary>
[NotAudited("what was sent and answered; sending it again by hand is noted")]
internal sealed class WebHookDelivery
{
    public required long Id { get; init; }
    public required long HookId { get; init; }
    /// <summary>Null for a test.</summary>
    public long? EventId { get; init; }
    public required string EventName { get; init; }
    public required string Body { get; init; }
    public DeliveryState State { get; init; } = DeliveryState.Waiting;
    /// <summary>Counts the jobs made for it: an older job finds that it is not its turn any more.</summary>
    public int Turn { get; init; }
    /// <summary>How often it was really sent since it was last put on its way.</summary>
    public int Tries { get; init; }
    public DateTime? NextAt { get; init; }
    public DateTime? LastAt { get; init; }
    public int? LastStatus { get; init; }
    /// <summary>The beginning of the answer, where that was text.</summary>
    public string? LastAnswer { get; init; }
    public string? LastError { get; init; }
    public int? DurationMs { get; init; }
    public required DateTime CreatedAt { get; init; }
}
