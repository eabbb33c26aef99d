namespace Tieline.Platform.Ui;

/// <summary>What happens when a form was stored.</summary>
public sealed record After
{
    private After(string href, string? toast, bool stays = false, bool again = false) => (Href, Toast, Stays, ShowsAgain) = (href, toast, stays, again);

    internal string Href { get; }
    internal string? Toast { get; }
    internal bool Stays { get; }
    internal bool ShowsAgain { get; }

    /// <summary>Opens another page, also out of the drawer.</summary>
    /// <param name="toast">Short and in the past: "Contact 4711-3 recorded".</param>
    public static After GoTo(string href, string? toast = null) => new(href, toast);

    /// <summary>In the drawer: closes it and refreshes the page below. On a page of its own: opens <paramref name="href"/>.</summary>
    public static After Stay(string href, string? toast = null) => new(href, toast, stays: true);

    /// <summary>In the drawer: shows <paramref name="href"/> there, and refreshes the page below. On a page of its own: opens it.</summary>
    public static After Again(string href, string? toast = null) => new(href, toast, again: true);
}
