using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Configuration;

/// <summary>The file: <c>{ "tieline": "configuration", "version": 1, "from": ..., "at": ..., "parts": { "contact-types": [ {...} ] } }</c>.</summary>
internal static class ConfigurationFile
{
    public const int Version = 1;
    public const int MaxCharacters = 4_000_000;

    // Written for people to read and compare; it is never put into a page unencoded.
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(string from, DateTime at, IEnumerable<(string Part, IReadOnlyList<ConfiguredRow> Rows)> parts)
    {
        var file = new JsonObject { ["tieline"] = "configuration", ["version"] = Version, ["from"] = from, ["at"] = at };
        file["parts"] = new JsonObject(parts.Select(p => KeyValuePair.Create(p.Part, (JsonNode?)new JsonArray([.. p.Rows.Select(r => r.Fields.DeepClone())]))));
        return file.ToJsonString(Readable);
    }

    /// <returns>Rows by part; a problem when this is no such file.</returns>
    public static Outcome<IReadOnlyDictionary<string, IReadOnlyList<JsonObject>>> Read(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Problem.Required(field, "The file");
        if (text.Length > MaxCharacters)
            return new Problem(field, $"A configuration has at most {MaxCharacters:N0} characters.", "configuration.too_large");
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            return new Problem(field, exception.LineNumber is { } line ? $"This is not JSON: line {line + 1}, character {exception.BytePositionInLine + 1}." : $"This is no JSON that can be read: {exception.Message}", "configuration.json");
        }
        try
        {
            if (root is not JsonObject file || file["tieline"]?.GetValue<string>() != "configuration" || file["parts"] is not JsonObject parts)
                return new Problem(field, "This is no configuration of Tieline.", "configuration.kind");
            if (file["version"]?.GetValue<int>() is not Version)
                return new Problem(field, $"The file is of version {file["version"]?.ToJsonString() ?? "none"}; this Tieline reads version {Version}.", "configuration.version");
            return Outcome<IReadOnlyDictionary<string, IReadOnlyList<JsonObject>>>.Of(
                parts.ToDictionary(p => p.Key, IReadOnlyList<JsonObject> (p) => [.. p.Value!.AsArray().Select(r => r!.AsObject())], StringComparer.Ordinal));
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or NullReferenceException or ArgumentException)
        {
            return new Problem(field, "This is no configuration of Tieline: a part is no list of rows.", "configuration.shape");
        }
    }
}
