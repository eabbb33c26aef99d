using System.Text.Json.Nodes;

namespace Tieline.Platform.Audit;

/// <summary>A room says how the history of its records may be shown to the actor: some values are for those only who may see the record whole.</summary>
public interface IHistoryWords
{
    /// <summary>Kind of the records.</summary>
    string Kind { get; }

    /// <returns>Null when everything may be shown; else what becomes of a text, given the property in which it stands (empty for the words of a look).</returns>
    /// <exception cref="Security.ForbiddenException">Nothing may be shown.</exception>
    Task<Func<string, string, string>?> For(RecordRef subject, CancellationToken ct);
}

/// <summary>Changes as the audit keeps them, for readers who may not see every value.</summary>
public static class MaskedChanges
{
    /// <param name="changes">JSON object: property to value, or to [before, after].</param>
    /// <param name="words">Given property and text, the text to show.</param>
    public static string? Of(string? changes, Func<string, string, string>? words)
    {
        if (changes is null || words is null || JsonNode.Parse(changes) is not { } parsed)
            return changes;
        return Shown("", parsed, words)!.ToJsonString();
    }

    private static JsonNode? Shown(string property, JsonNode? node, Func<string, string, string> words)
    {
        switch (node)
        {
            case JsonObject record:
                return new JsonObject(record.Select(p => KeyValuePair.Create(p.Key, Shown(p.Key, p.Value, words))));
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Shown(property, item, words))]);
            case JsonValue value when value.TryGetValue<string>(out var text):
                return JsonValue.Create(words(property, text));
            default:
                return node?.DeepClone();
        }
    }
}
