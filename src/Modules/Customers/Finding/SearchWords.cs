using Tieline.Platform.Search;

namespace Tieline.Customers.Finding;

/// <summary>What the search says to the person who typed.</summary>
internal static class SearchWords
{
    /// <summary>What may help when nobody was found.</summary>
    public static string Hint(string typed)
    {
        if (typed.Contains('@', StringComparison.Ordinal))
            return "Try the part before the @, or the name.";
        if (typed.Any(char.IsAsciiDigit) && !typed.Any(char.IsLetter))
            return typed.Count(char.IsAsciiDigit) < 4 ? "For a phone type at least its last four digits." : "Try the last four digits only, or a name.";
        return SearchText.Words(typed).Count > 2 ? "Try fewer words: a name and the house number are often enough." : "Try another spelling, the first letters only, or a phone number.";
    }

    public static string Instead(IReadOnlyDictionary<string, IReadOnlyList<string>> instead) =>
        string.Join(" ", instead.Select(i => $"Nobody has “{i.Key}” here; searched {string.Join(", ", i.Value.Take(4))}{(i.Value.Count > 4 ? " …" : "")} instead."));

    /// <summary>The page that adds a person, filled with what was typed: a name, a phone or an e-mail address.</summary>
    public static string AddHref(string typed)
    {
        var words = typed.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = string.Join(' ', words.Where(w => !w.Any(char.IsAsciiDigit) && !w.Contains('@', StringComparison.Ordinal)));
        var email = words.FirstOrDefault(w => w.IndexOf('@', StringComparison.Ordinal) > 0);
        var phone = typed.Count(char.IsAsciiDigit) >= 7 && email is null ? new string([.. typed.Where(c => char.IsAsciiDigit(c) || c is '+' or '-' or ' ')]).Trim() : null;
        var values = new[] { ("name", name), ("email", email), ("phone", phone) }.Where(v => !string.IsNullOrEmpty(v.Item2)).Select(v => $"{v.Item1}={Uri.EscapeDataString(v.Item2!)}");
        return $"/customers/new?{string.Join('&', values)}";
    }
}
