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

    /// <summary>Each property with its value before and after, as one reads it: "Status: Active → Closed".</summary>
    public static IReadOnlyList<string> Lines(string? changes)
    {
        if (changes is null)
            return [];
        using var json = JsonDocument.Parse(changes);
        return json.RootElement.ValueKind != JsonValueKind.Object ? [] :
        [
            .. json.RootElement.EnumerateObject().Select(p => p.Value.ValueKind == JsonValueKind.Array && p.Value.GetArrayLength() == 2
                ? $"{Option.InWords(p.Name)}: {Text(p.Value[0])} → {Text(p.Value[1])}"
                : $"{Option.InWords(p.Name)}: {Text(p.Value)}"),
        ];
    }

    /// <summary>A property of a record that was created or deleted; null where the entry does not name it.</summary>
    public static string? Value(string? changes, string property)
    {
        if (changes is null)
            return null;
        using var json = JsonDocument.Parse(changes);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    private static string Text(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.Null ? "nothing" : value.ToString();
        return text.Length <= 300 ? text : string.Concat(Search.SearchText.Cut(text, 299), "…");
    }
}
