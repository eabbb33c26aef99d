using System.Globalization;
using Tieline.Customers;
using Tieline.Platform.Search;

namespace Tieline.Contacts.Emergency;

/// <summary>
/// Whether two people speak of the same place: "a wire on Elm Street" and "12 N Elm St, Springfield". One street is enough. It only offers; whoever
/// records decides.
/// </summary>
internal static class SamePlace
{
    /// <summary>Houses so many numbers apart see the same wire.</summary>
    private const int Near = 20;

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["street"] = "st", ["avenue"] = "ave", ["road"] = "rd", ["drive"] = "dr", ["lane"] = "ln", ["boulevard"] = "blvd", ["court"] = "ct", ["place"] = "pl", ["highway"] = "hwy",
        ["square"] = "sq", ["terrace"] = "ter", ["parkway"] = "pkwy", ["circle"] = "cir", ["north"] = "n", ["south"] = "s", ["east"] = "e", ["west"] = "w",
    };

    private static readonly HashSet<string> Unspoken = new(StringComparer.Ordinal) { "and", "at", "near", "the", "of", "corner", "by", "on", "in", "behind", "opposite" };

    /// <summary>What half the town is called, and says nothing alone.</summary>
    private static readonly HashSet<string> Kinds = new(Short.Values, StringComparer.Ordinal);

    public static bool Is(string one, string other)
    {
        var (first, second) = (Read(one), Read(other));
        var (fewer, more) = first.Words.Count <= second.Words.Count ? (first.Words, second.Words) : (second.Words, first.Words);
        var within = fewer.Any(w => !Kinds.Contains(w)) && fewer.All(w => more.Contains(w) || (Kinds.Contains(w) && !more.Overlaps(Kinds)));
        return (within || ICustomers.StreetsIn(one).Overlaps(ICustomers.StreetsIn(other)))
            && (first.Number is not { } a || second.Number is not { } b || Math.Abs(a - b) <= Near);
    }

    private static (int? Number, HashSet<string> Words) Read(string place)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        int? house = null;
        foreach (var word in SearchText.Words(place))
        {
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                house ??= words.Count == 0 ? number : null;
            else if (!Unspoken.Contains(word))
                words.Add(Short.GetValueOrDefault(word) ?? word);
        }
        return (house, words);
    }
}
