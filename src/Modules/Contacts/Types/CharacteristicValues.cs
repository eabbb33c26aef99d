using System.Globalization;
using System.Text.Json;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Types;

/// <summary>Checks the values of a contact against the characteristics of its type, and writes them in one form.</summary>
internal static class CharacteristicValues
{
    /// <returns>JSON object, code to text: numbers with a point, days as yyyy-MM-dd, yes/no as <c>true</c>/<c>false</c>; null without values.</returns>
    public static string? Read(ContactType type, IReadOnlyDictionary<string, string>? typed, Problems problems)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var characteristic in type.Characteristics)
        {
            var field = $"Characteristics[{characteristic.Code}]";
            var text = problems.Text(field, characteristic.Label, typed?.GetValueOrDefault(characteristic.Code), 500, characteristic.Required);
            if (text.Length == 0)
                continue;
            if (Normalise(characteristic, text) is { } value)
                values[characteristic.Code] = value;
            else
                problems.Add(field, $"{characteristic.Label}: '{text}' is not {Expected(characteristic)}.", "contact.characteristic.invalid");
        }
        foreach (var unknown in (typed?.Keys ?? []).Where(k => !type.Characteristics.Any(c => c.Code == k)))
            problems.Add($"Characteristics[{unknown}]", $"Contacts of the type {type.Name} have no value '{unknown}'.", "contact.characteristic.unknown");
        return values.Count == 0 ? null : JsonSerializer.Serialize(values);
    }

    public static IReadOnlyDictionary<string, string> Of(string? json) =>
        json is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    private static string? Normalise(Characteristic characteristic, string text) => characteristic.Kind switch
    {
        CharacteristicKind.Number => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
        CharacteristicKind.Date => DateOnly.TryParse(text, CultureInfo.InvariantCulture, out var day) ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null,
        CharacteristicKind.YesNo => text.ToLowerInvariant() switch { "yes" or "true" or "on" or "1" => "true", "no" or "false" or "0" => "false", _ => null },
        CharacteristicKind.Choice => (characteristic.Choices ?? "").Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(c => string.Equals(c, text, StringComparison.OrdinalIgnoreCase)),
        _ => text,
    };

    private static string Expected(Characteristic characteristic) => characteristic.Kind switch
    {
        CharacteristicKind.Number => "a number",
        CharacteristicKind.Date => "a day",
        CharacteristicKind.YesNo => "yes or no",
        CharacteristicKind.Choice => $"one of {(characteristic.Choices ?? "").ReplaceLineEndings(", ")}",
        _ => "valid",
    };
}
