using System.Text.Json;
using System.Text.Json.Nodes;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Configuration;

/// <param name="State"><c>New</c>, <c>Changed</c>, <c>Same</c>, or <c>Refused</c> for what cannot be taken over.</param>
/// <param name="Problem">Why it is refused; of a new or changed one, which rule of its room it breaks as things are.</param>
public sealed record PlannedRow(string Part, string Title, string Key, string Name, string State, IReadOnlyList<PlannedChange> Changes, string? Problem = null)
{
    /// <summary>As it is chosen: <c>contact-types/HIGH-BILL</c>.</summary>
    public string Choice => $"{Part}/{Key}";
}

/// <summary>A field as it is here and as it is in the file; null where it is not said.</summary>
public sealed record PlannedChange(string Field, string? Here, string? There);

/// <param name="There">The row of the file; null where it could not be read.</param>
internal sealed record Planned(PlannedRow Shown, ConfiguredRow? There);

/// <summary>Compares a file with what is here. What is here and not in the file stays as it is.</summary>
internal sealed class ConfigurationPlan(IEnumerable<IConfigured> parts, CurrentActor actor)
{
    public const string New = "New";
    public const string Changed = "Changed";
    public const string Same = "Same";
    public const string Refused = "Refused";

    public IReadOnlyList<IConfigured> Parts { get; } = [.. parts.Where(p => actor.May(p.Permission)).OrderBy(p => p.Order)];

    public async Task<IReadOnlyList<Planned>> Of(IReadOnlyDictionary<string, IReadOnlyList<JsonObject>> file, CancellationToken ct)
    {
        var rows = new List<Planned>();
        foreach (var part in Parts.Where(p => file.ContainsKey(p.Part)))
        {
            var here = (await part.Read(ct)).ToDictionary(r => r.Key, StringComparer.Ordinal);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (fields, at) in file[part.Part].Select((f, i) => (f, i + 1)))
                rows.Add(Compare(part, fields, at, here, seen));
        }
        foreach (var (part, _) in file.Where(f => Parts.All(p => p.Part != f.Key)))
            rows.Add(new Planned(new(part, part, "", "", Refused, [], parts.Any(p => p.Part == part) ? "You have no right to these." : "This Tieline knows no such part."), null));
        return rows;
    }

    /// <summary>Takes a row that is new or changed over, by the rules of its room.</summary>
    public Task<IReadOnlyList<Problem>> Put(Planned row, CancellationToken ct) => Parts.Single(p => p.Part == row.Shown.Part).Put(row.There!, ct);

    private static Planned Compare(IConfigured part, JsonObject fields, int at, Dictionary<string, ConfiguredRow> here, HashSet<string> seen)
    {
        ConfiguredRow there;
        try
        {
            there = part.Parse(fields);
        }
        catch (JsonException exception)
        {
            return new Planned(new(part.Part, part.Title, $"row {at}", "", Refused, [], $"It cannot be read{(exception.Path is { Length: > 2 } path ? $" at {path[2..]}" : "")}: a field is missing, not known here, or of another kind."), null);
        }
        if (!seen.Add(there.Key))
            return Row(Refused, [], "It stands in the file twice.");
        if (!here.TryGetValue(there.Key, out var now))
            return Row(New, []);
        var changes = now.Fields.Select(f => f.Key).Union(there.Fields.Select(f => f.Key))
            .Where(field => !JsonNode.DeepEquals(now.Fields[field], there.Fields[field]))
            .Select(field => Change(field, now.Fields[field], there.Fields[field])).ToArray();
        return Row(changes.Length == 0 ? Same : Changed, changes);

        Planned Row(string state, IReadOnlyList<PlannedChange> changes, string? problem = null) => new(new(part.Part, part.Title, there.Key, there.Name, state, changes, problem), there);
    }

    /// <summary>Of two lists only what one has and the other has not.</summary>
    private static PlannedChange Change(string field, JsonNode? here, JsonNode? there)
    {
        if (here is not JsonArray some || there is not JsonArray others)
            return new PlannedChange(field, Text(here), Text(there));
        var (left, right) = (some.Select(Text).ToArray(), others.Select(Text).ToArray());
        var (gone, added) = (string.Join(", ", left.Except(right)), string.Join(", ", right.Except(left)));
        return gone.Length + added.Length == 0 ? new PlannedChange(field, Text(here), Text(there)) : new PlannedChange(field, gone.Length == 0 ? null : gone, added.Length == 0 ? null : added);
    }

    private static string? Text(JsonNode? value) => value switch
    {
        null => null,
        JsonValue one => one.ToString(),
        _ => value.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
    };
}
