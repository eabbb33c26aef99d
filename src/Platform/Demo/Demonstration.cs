using Tieline.Platform.Settings;

namespace Tieline.Platform.Demo;

/// <summary>Whether this installation is the demonstration utility: decided at its first start, and kept.</summary>
public static class Demonstration
{
    /// <summary>Stands in <see cref="AsOf"/> where there is no demonstration.</summary>
    public const string None = "none";

    public static readonly SettingKey<string> AsOf = new("demo.as_of", "", "The day from which the demonstration looks back; 'none' where there is none");

    /// <summary>When the demonstration's calendar was moved on, a night each: instants with a space between them.</summary>
    internal static readonly SettingKey<string> Nights = new("demo.nights", "", "When the demonstration's calendar was moved on by a night");

    /// <summary>What is offered to practise and to play with stands behind this: elsewhere it does not exist.</summary>
    public static async ValueTask<bool> IsDemonstration(this ISettings settings, CancellationToken ct) =>
        await settings.Get(AsOf, ct) is { Length: > 0 } on && on != None;
}
