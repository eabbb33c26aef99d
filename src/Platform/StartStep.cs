namespace Tieline.Platform;

/// <summary>
/// Something a room does at every start, after the migrations and before the first request. Idempotent: several nodes
/// may run it at once. Registered as scoped.
/// </summary>
public interface IStartStep
{
    /// <summary>Platform's own steps are below 100.</summary>
    int Order { get; }

    Task Run(CancellationToken ct);
}
