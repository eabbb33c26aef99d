namespace Tieline.Platform.Jobs;

/// <summary>How this process is called among those that run jobs.</summary>
/// <param name="Earlier">Of the process that had this one's data folder to itself before, and is gone: what it had in hand need not wait for its leases to end.</param>
public sealed record NodeName(string Value, string? Earlier = null)
{
    public static string New() => $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid().ToString("N")[..6]}";
}
