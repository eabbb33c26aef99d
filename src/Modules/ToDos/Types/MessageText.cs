using System.Globalization;
using System.Text.RegularExpressions;

namespace Tieline.ToDos.Types;

/// <summary>Words of To Dos with places for parameters: <c>Job {kind} failed {attempts} times: {error}</c>.</summary>
internal static partial class MessageText
{
    /// <summary>Parameters that every To Do has: what its maker says, whom and which place it is about by name, the day on which it is due.</summary>
    public static readonly IReadOnlyList<string> Common = ["what", "customer", "account", "premise", "due"];

    [GeneratedRegex(@"\{([a-z_]+)\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Place();

    /// <summary>The parameters of a text, in its order.</summary>
    public static IEnumerable<string> Names(string? text) => text is null ? [] : Place().Matches(text).Select(m => m.Groups[1].Value);

    /// <summary>The text with values in its places; one without a value leaves nothing.</summary>
    public static string Fill(string text, IReadOnlyDictionary<string, string> values) =>
        Place().Replace(text, m => values.GetValueOrDefault(m.Groups[1].Value, "")).Trim();

    /// <summary>Values in one text that sorts as they do: numbers by their size, words by their letters.</summary>
    /// <param name="names">Separated by spaces.</param>
    public static string SortKey(string names, IReadOnlyDictionary<string, string> values) =>
        string.Join(' ', names.Split(' ').Select(n => values.GetValueOrDefault(n, "")).Select(v =>
            decimal.TryParse(v, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number.ToString("000000000000000.000000", CultureInfo.InvariantCulture)
            : Platform.Search.SearchText.Fold(v)));
}

internal static class MessagesOfRooms
{
    /// <summary>What the To Dos of a type say by themselves; null where each is worded by its maker.</summary>
    public static string? Of(this IEnumerable<IToDoMessages> rooms, string typeCode) => rooms.SelectMany(r => r.Messages).FirstOrDefault(m => m.TypeCode == typeCode)?.Text;
}
