using Tieline.Customers.People;
using Tieline.Platform.Data;

namespace Tieline.Customers.Finding;

/// <summary>Keeps national ids and the like, typed into the search box, out of what is kept of the search.</summary>
internal static class TypedSecrets
{
    private const int FewestCharacters = 7;
    private const int FewestDigits = 5;
    private const int FirstDigits = 3;
    private const int FewestPhoneDigits = 10;

    /// <param name="found">The text is the whole of a secret number on record.</param>
    public static string Masked(string typed, bool found, string country) =>
        found || MayBeSecret(typed, country) ? Mask(typed)
        : PhoneNumber.TryParse(typed, country, out _, out _) ? typed
        : string.Join(' ', typed.Split(' ').Select(word => MayBeSecret(word, country) ? Mask(word) : word));

    /// <summary>
    /// Of text that is still being typed: a secret number comes piece by piece, and its first five digits look like a ZIP code. No number is
    /// kept beyond its third digit but one that is a whole reference or phone already.
    /// </summary>
    public static string Begun(string typed, string country)
    {
        if (MayBeShown(typed, country))
            return typed;
        var kept = new List<string>();
        var number = new List<string>();
        foreach (var word in typed.Split(' ').Append(""))
        {
            if (word.Any(char.IsAsciiDigit) && !word.Contains('@', StringComparison.Ordinal))
            {
                number.Add(word);
                continue;
            }
            if (number.Count > 0)
                kept.Add(Beginning(string.Join(' ', number), country));
            number.Clear();
            kept.Add(word);
        }
        return string.Join(' ', kept.SkipLast(1));
    }

    private static string Beginning(string number, string country)
    {
        if (number.Count(char.IsAsciiDigit) <= FirstDigits || MayBeShown(number, country))
            return number;
        var (digits, length) = (0, 0);
        while (digits < FirstDigits)
            digits += char.IsAsciiDigit(number[length++]) ? 1 : 0;
        return $"{number[..length]}***";
    }

    private static bool MayBeShown(string text, string country) =>
        ReferenceNumber.TryParse(text, out _) || (text.Count(char.IsAsciiDigit) >= FewestPhoneDigits && PhoneNumber.TryParse(text, country, out _, out _));

    private static string Mask(string typed) => $"***{IdentifierText.LastDigits(IdentifierText.Normalise(typed))}";

    /// <summary>Long enough, with digits in every word, and nothing that everyone may see: no reference number, phone or ZIP code.</summary>
    private static bool MayBeSecret(string text, string country)
    {
        var number = IdentifierText.Normalise(text);
        return number.Length >= FewestCharacters && number.Count(char.IsAsciiDigit) >= FewestDigits
            && !text.Contains('@', StringComparison.Ordinal) && text.Split(' ').All(word => word.Any(char.IsAsciiDigit))
            && !IsZipCode(text) && !ReferenceNumber.TryParse(text, out _) && !PhoneNumber.TryParse(text, country, out _, out _);
    }

    private static bool IsZipCode(string text) => text is { Length: 10 } && text[5] == '-' && text.Count(char.IsAsciiDigit) == 9;
}
