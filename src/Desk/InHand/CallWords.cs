using System.Globalization;
using Tieline.Contacts;

namespace Tieline.Desk.InHand;

internal static class CallWords
{
    public static string Icon(InteractionLine line) => line.Channel switch
    {
        "Counter" => "user",
        "Chat" => "message-2",
        _ => "phone",
    };

    public static string Name(InteractionLine line) => line.Channel switch
    {
        "Counter" => "Visit",
        "Chat" => "Chat",
        _ => "Call",
    };

    /// <param name="name">Of the caller, where it is known.</param>
    public static string Short(InteractionLine line, string? name) => string.Concat(name ?? line.NumberOrPlace ?? Name(line), line.HandedTo is null || name is null ? "" : $" → {line.HandedTo}");

    /// <summary>What waits to be accepted: from whom, and the number where it may be seen.</summary>
    public static string Handed(InteractionLine line) => line.NumberOrPlace is { } number ? $"Accept from {line.Employee}: {number}" : $"Accept from {line.Employee}";

    /// <summary>Minutes and seconds.</summary>
    public static string Clock(int seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}");
}
