namespace Tieline.Platform.Ui;

/// <summary>What happens when a form was stored.</summary>
public sealed record After
{
    private After(string href, string? toast, bool stay) => (Href, Toast, Stays) = (href, toast, stay);

    internal string Href { get; }
    internal string? Toast { get; }
    internal bool Stays { get; }

    /// <summary>Opens another page, also out of the drawer.</summary>
    /// <param name="toast">Short and in the past: "Contact 4711-3 recorded".</param>
    public static After GoTo(string href, string? toast = null) => new(href, toast, stay: false);

    /// <summary>In the drawer: closes it and refreshes the page below. On a page of its own: opens <paramref name="href"/>.</summary>
    public static After Stay(string href, string? toast = null) => new(href, toast, stay: true);
}
