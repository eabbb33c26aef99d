using System.Globalization;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>What new work says: the message of its type with the parameters in their places, else the words of its maker.</summary>
internal sealed class ToDoWording(ICustomers customers, IEnumerable<IToDoMessages> messages)
{
    private static readonly HashSet<string> NoNames = [];

    /// <param name="SortKey">Null where the type has no sort keys.</param>
    public sealed record Words(string Subject, string? SortKey);

    /// <returns>By position.</returns>
    public async Task<IReadOnlyList<Words>> Of(IReadOnlyList<NewToDo> work, IReadOnlyDictionary<string, ToDoType> types, CancellationToken ct)
    {
        var texts = work.Select(w => types[w.TypeCode].Message ?? messages.Of(w.TypeCode)).ToArray();
        // Names are asked for only where they are said.
        var named = work.Select((w, i) => texts[i] is null && types[w.TypeCode].SortKeys is null ? NoNames : MessageText.Names(texts[i]).Concat(types[w.TypeCode].SortKeys?.Split(' ') ?? []).ToHashSet(StringComparer.Ordinal)).ToArray();
        RecordRef? About(int i, string name) => !named[i].Contains(name) ? null : name switch
        {
            "customer" => work[i].PersonId is { } id ? new RecordRef("person", id) : null,
            "account" => work[i].AccountId is { } id ? new RecordRef("account", id) : null,
            "premise" => work[i].PremiseId is { } id ? new RecordRef("premise", id) : null,
            _ => null,
        };
        string[] records = ["customer", "account", "premise"];
        RecordRef[] asked = [.. Enumerable.Range(0, work.Count).SelectMany(i => records.Select(n => About(i, n))).OfType<RecordRef>().Distinct()];
        var names = asked.Length == 0 ? null : await customers.Describe(asked, ct);

        var words = new Words[work.Count];
        for (var i = 0; i < work.Count; i++)
        {
            var (w, type) = (work[i], types[work[i].TypeCode]);
            if (texts[i] is null && type.SortKeys is null)
            {
                words[i] = new Words(w.Subject ?? type.Name, null);
                continue;
            }
            var values = new Dictionary<string, string>(w.Parameters, StringComparer.Ordinal) { ["what"] = w.Subject ?? "", ["due"] = w.DueOn.ToString("d MMMM yyyy", CultureInfo.InvariantCulture) };
            foreach (var name in records)
            {
                if (About(i, name) is { } record && names!.TryGetValue(record, out var text))
                    values[name] = text;
            }
            var says = texts[i] is { } message && (w.Subject is null || type.Message is not null) ? MessageText.Fill(message, values) : w.Subject;
            // Sorted by the day itself, not by its name.
            values["due"] = w.DueOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            words[i] = new Words(says is { Length: > 0 } ? says : w.Subject ?? type.Name, type.SortKeys is { } keys ? MessageText.SortKey(keys, values) : null);
        }
        return words;
    }
}
