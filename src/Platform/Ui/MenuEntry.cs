namespace Tieline.Platform.Ui;

/// <summary>An entry of the rail.</summary>
/// <param name="Icon">A name in <c>Ui/icons.txt</c>.</param>
/// <param name="Permission">Hidden from those who lack it; null for everyone who is signed in.</param>
/// <param name="Key">Second key of the shortcut <c>g</c> + key.</param>
/// <param name="Group">Heading it stands under; <see cref="Bar"/> for what the bar on top offers instead of the rail.</param>
public sealed record MenuEntry(string Text, string Href, string Icon, int Order, string? Permission = null, string? Key = null, string Group = "")
{
    public const string Bar = "bar";
}
