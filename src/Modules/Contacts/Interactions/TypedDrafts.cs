using System.Globalization;
using System.Text.Json;
using Tieline.Contacts.Records;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>
/// Recording forms as the browser keeps them, on their way to a colleague: <c>[{"person":12,"values":[["Comment","..."]]},{"emergency":3,"values":[["Place","..."]]}]</c>. They are
/// stored, so no card or national-id number gets in that the form itself would not let through; refused, they stay in the browser.
/// </summary>
internal static class TypedDrafts
{
    private const int MostForms = 10;
    private const int MostFields = 200;
    private const int MostLetters = RecordContact.MaxComment + 10_000;

    /// <param name="EmergencyTypeId">Of the form of an emergency.</param>
    /// <param name="DraftId">What it went on with.</param>
    public sealed record Form(long? PersonId, long? EmergencyTypeId, long? DraftId, string Json);

    /// <returns>Null when nothing was sent; broken text is a problem, since something typed would get lost.</returns>
    public static IReadOnlyList<Form>? Read(string? text, string field, Problems problems)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 5 });
            if (json.RootElement.GetArrayLength() <= MostForms && json.RootElement.EnumerateArray().All(f => f.GetProperty("values").GetArrayLength() <= MostFields))
            {
                var forms = json.RootElement.EnumerateArray().Select(f => Read(f, field, problems)).OfType<Form>().ToList();
                if (forms.TrueForAll(f => f.Json.Length <= MostLetters))
                    return forms;
            }
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            problems.Add(field, "What is typed in the other form cannot be read. Record it, or copy it first.", "interaction.drafts");
            return null;
        }
        problems.Add(field, "What is typed in other forms is too much to be handed over. Record some of it first.", "interaction.drafts.long");
        return null;
    }

    private static Form? Read(JsonElement form, string field, Problems problems)
    {
        var values = form.GetProperty("values").EnumerateArray()
            .Select(pair => new[] { pair[0].GetString() ?? "", pair[1].GetString() ?? "" }).Where(pair => pair[0].Length is > 0 and <= 200).ToList();
        var draft = Number(values, nameof(RecordContact.Input.DraftId));
        values.RemoveAll(pair => pair[0] == nameof(RecordContact.Input.DraftId));
        if (values.Count == 0)
            return null;
        values = values.ConvertAll(pair => new[] { Checked(pair[0], pair[0], field, problems), Checked(pair[0], pair[1], field, problems) });
        // Of a form that was opened for nobody: whoever was chosen in it.
        return new Form(Key(form, "person") ?? Number(values, nameof(RecordContact.Input.PersonId)), Key(form, "emergency"), draft, JsonSerializer.Serialize(values));
    }

    private static long? Key(JsonElement form, string name) =>
        form.TryGetProperty(name, out var said) && said.ValueKind == JsonValueKind.Number && said.TryGetInt64(out var id) && id > 0 ? id : null;

    private static long? Number(List<string[]> values, string field) =>
        long.TryParse(values.Find(v => v[0] == field)?[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    // Keys are too short to look like a card. Phones are where the form says PhoneText too.
    private static string Checked(string name, string text, string field, Problems problems) =>
        problems.AsTyped(field, name == nameof(RecordContact.Input.Comment) ? "What you have typed and not recorded yet" : "Something in the form that is not recorded yet", text,
            phone: name is nameof(RecordContact.Input.ReporterPhone) or $"{nameof(RecordContact.Input.Reminder)}.{nameof(Reminders.ReminderBook.Promise.Phone)}");

    /// <summary>Whether something typed is hidden by a masking; keys of what was chosen say nothing.</summary>
    public static bool IsHidden(string fields, Func<string, string> mask) =>
        JsonSerializer.Deserialize<string[][]>(fields)!.Any(p => !p[0].EndsWith("Id", StringComparison.Ordinal) && mask(p[1]) != p[1]);

    /// <summary>What somebody had written, for reading: what was said, and where it is.</summary>
    public static string? Words(string fields)
    {
        var said = JsonSerializer.Deserialize<string[][]>(fields)!;
        var words = new[] { nameof(RecordContact.Input.Comment), nameof(RecordContact.Input.Place) }.Select(n => said.FirstOrDefault(p => p[0] == n && p[1].Length > 0)?[1]).OfType<string>();
        return string.Join(", ", words) is { Length: > 0 } all ? all : null;
    }
}
