using Tieline.Customers.People;
using Tieline.Platform.Data;

namespace Tieline.Customers.Finding;

/// <summary>Keeps national ids and the like, typed into the search box, out of what is kept of the search.</summary>
internal static class TypedSecrets
{
    private const int FewestCharacters = 7;
    private const int FewestDigits = 5;

    /// <param name="found">The text is the whole of a secret number on record.</param>
    public static string Masked(string typed, bool found, string country) =>
        found || MayBeSecret(typed, country) ? Mask(typed)
        : PhoneNumber.TryParse(typed, country, out _, out _) ? typed
        : string.Join(' ', typed.Split(' ').Select(word => MayBeSecret(word, country) ? Mask(word) : word));

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
