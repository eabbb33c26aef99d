using System.Text.Json;
using Tieline.Platform.Ui;

namespace Tieline.Platform.Audit;

/// <summary>The properties that an audit entry names, in words.</summary>
public static class ChangedWords
{
    /// <returns><c> (status, closed at)</c>, or nothing.</returns>
    public static string Of(string? changes)
    {
        if (changes is null)
            return "";
        using var json = JsonDocument.Parse(changes);
        var names = json.RootElement.EnumerateObject().Select(p => Option.InWords(p.Name).ToLowerInvariant()).Take(4).ToArray();
        return names.Length == 0 ? "" : $" ({string.Join(", ", names)})";
    }
}
