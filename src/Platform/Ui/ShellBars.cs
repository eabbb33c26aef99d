namespace Tieline.Platform.Ui;

/// <summary>A line above every page.</summary>
/// <param name="Key">Names the kind, and with what it says whether somebody has put it aside: <c>maintenance</c>, <c>day:4711</c>.</param>
public sealed record ShellBarLine(string Key, Tone Tone, string Icon, string Title, string Text)
{
    /// <summary>Where it leads, for those who may go there.</summary>
    public string? Href { get; init; }
    public string? HrefText { get; init; }
    /// <summary>Who has read it may put it aside in their browser.</summary>
    public bool PutsAside { get; init; }
}

/// <summary>Something that everybody is to know who has a page open. Asked for every page: from memory.</summary>
public interface IShellBar
{
    int Order { get; }

    Task<ShellBarLine?> Now(CancellationToken ct);

    /// <summary>What this node remembers may be old: a browser was just told of a change.</summary>
    void Forget();
}

/// <summary>What rooms put above every page.</summary>
public static class ShellBars
{
    /// <summary>Told to all browsers when a line comes, changes or goes.</summary>
    public const string Topic = "bars";
}
