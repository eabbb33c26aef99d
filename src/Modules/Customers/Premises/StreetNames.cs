using Tieline.Platform.Search;

namespace Tieline.Customers.Premises;

/// <summary>Streets of which a text speaks that is no address: "a wire is down on Elm Street near the school".</summary>
internal static class StreetNames
{
    private static readonly HashSet<string> NoNames = new(StringComparer.Ordinal)
    {
        "a", "an", "and", "at", "behind", "by", "corner", "down", "from", "her", "his", "in", "my", "near", "next", "of", "off", "on", "opposite", "our", "over", "that", "the", "their", "this", "to", "whole",
    };

    /// <returns>Last word of each name with its type as it is abbreviated: <c>elm st</c>, <c>5 ave</c>, <c>hwy 99</c>.</returns>
    public static IReadOnlySet<string> In(string text)
    {
        var words = SearchText.Words(text).ToArray();
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < words.Length; i++)
        {
            if (!StreetWords.IsSeparatingType(words[i]) || !StreetWords.TryType(words[i], out var type))
                continue;
            if (type.Key is "hwy" or "rte" && i + 1 < words.Length && words[i + 1].All(char.IsAsciiDigit))
                found.Add($"{type.Key} {words[i + 1]}");
            else if (i > 0 && !NoNames.Contains(words[i - 1]) && !StreetWords.TryDirection(words[i - 1], out _))
                found.Add($"{(StreetWords.TryOrdinal(words[i - 1], out var number) ? number : words[i - 1])} {type.Key}");
        }
        return found;
    }
}
