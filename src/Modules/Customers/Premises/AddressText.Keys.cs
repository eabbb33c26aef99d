using Tieline.Platform.Search;

namespace Tieline.Customers.Premises;

internal static partial class AddressText
{
    /// <summary>
    /// The folded words an address is looked for by: as written, street types and directions short and long, ordinals in
    /// figures and in words, the ZIP code in five digits. Distinct, at most <see cref="SearchText.MaxWords"/>.
    /// </summary>
    public static IEnumerable<string> SearchWords(AddressParts address) =>
        Expanded([address.HouseNumber, address.PreDirection, address.StreetName, address.StreetType, address.PostDirection, address.CrossStreet, address.Unit, address.City, address.State, address.PostalCode]);

    /// <summary>The same for an address that is one line of text: the words as typed and those of its parts.</summary>
    public static IEnumerable<string> SearchWords(string? line)
    {
        var text = SearchText.Cut(line ?? string.Empty, MaxLength);
        return Expanded([text]).Concat(SearchWords(Parse(text))).Distinct(StringComparer.Ordinal).Take(SearchText.MaxWords);
    }

    /// <summary>Of one word of an address, what it is looked for by.</summary>
    public static IEnumerable<string> FormsOf(string word) => Expanded([word]);

    /// <summary>
    /// The key by which the same premise is found again however it is written: capitals, accents, abbreviations, ordinals and the
    /// word for the unit make no difference; the ZIP code stands for the town where there is one. Empty when there is no street.
    /// </summary>
    public static string MatchKey(AddressParts address)
    {
        if (address.StreetName is null)
        {
            return string.Empty;
        }
        var place = address.PostalCode is { Length: >= 5 } code ? code[..5] : Words(address.City, address.State);
        if (address.IsIntersection)
        {
            // Which of the two streets is named first says nothing.
            string[] streets = [Words(address.Street), Words(address.CrossStreet)];
            Array.Sort(streets, StringComparer.Ordinal);
            return $"x|{streets[0]}|{streets[1]}|{place}";
        }
        var number = (address.HouseNumber ?? string.Empty).ToLowerInvariant();
        return $"{number}|{Words(address.PreDirection)}|{Words(address.StreetName)}|{Words(address.StreetType)}|{Words(address.PostDirection)}|{UnitKey(address.Unit)}|{place}";
    }

    private static string Words(params ReadOnlySpan<string?> texts)
    {
        var words = new List<string>();
        foreach (var text in texts)
        {
            words.AddRange(SearchText.Words(text).Select(Canonical));
        }
        return string.Join(' ', words);
    }

    private static string Canonical(string word)
    {
        if (StreetWords.TryOrdinal(word, out var number))
        {
            return number;
        }
        if (word == "saint")
        {
            return "st";
        }
        return StreetWords.TryType(word, out var form) || StreetWords.TryDirection(word, out form) ? form.Key : word;
    }

    // One caller says apartment, the next unit: only what stands behind the word tells flats apart.
    private static string UnitKey(string? unit) =>
        string.Join(' ', SearchText.Words(unit).Where(word => word is not ("apt" or "unit" or "ste")));

    private static IEnumerable<string> Expanded(string?[] texts)
    {
        var words = new List<string>();
        foreach (var word in texts.SelectMany(SearchText.NameWords))
        {
            words.Add(word);
            if (StreetWords.TryType(word, out var form))
            {
                words.AddRange([form.Key, form.Long]);
            }
            if (StreetWords.TryDirection(word, out var direction))
            {
                words.AddRange([direction.Key, direction.Long]);
            }
            if (StreetWords.TryUnit(word, out var unit))
            {
                words.AddRange([unit.Key, unit.Long]);
            }
            if (StreetWords.TryOrdinal(word, out var number))
            {
                words.AddRange(StreetWords.OrdinalForms(number));
            }
            if (word is "st" or "saint")
            {
                words.AddRange(["st", "saint"]);
            }
        }
        return words.Distinct(StringComparer.Ordinal).Take(SearchText.MaxWords);
    }
}
