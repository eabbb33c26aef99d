using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Search;

namespace Tieline.Customers.Finding;

internal enum WhyField { Name, OtherName, Account, Reference, Premise, Address, Phone, Email, Identifier }

/// <param name="Match">What was typed, or stands for it.</param>
internal sealed record MarkedPart(string Text, bool Match);

/// <param name="Label">What the text is, as one says it: "former name", "phone".</param>
internal sealed record Why(WhyField Field, string Label, IReadOnlyList<MarkedPart> Text);

/// <summary>In which of a customer's fields what was typed is found: the same comparison of keys as in the index, made again for what is shown.</summary>
/// <param name="country">Of phone numbers that are shown without a country code.</param>
internal sealed class WhyMatched(SearchQuery query, string country)
{
    private readonly string[] alternatives = [.. query.Terms.SelectMany(t => t.Alternatives).Distinct(StringComparer.Ordinal)];

    // The results of one search have most of their words in common: town, state, "St".
    private readonly Dictionary<(WhyField Field, string Token), int> marked = [];

    public IReadOnlyList<Why> Of(CustomerDetail detail)
    {
        var why = new List<Why>();
        Add(why, WhyField.Name, "name", Words(WhyField.Name, detail.Name, SearchText.NameWords));
        foreach (var other in detail.OtherNames ?? [])
        {
            var space = other.IndexOf(' ', StringComparison.Ordinal);
            Add(why, WhyField.OtherName, $"{other[..space]} name", Words(WhyField.Name, other[(space + 1)..], SearchText.NameWords));
        }
        Add(why, WhyField.Account, "account", Number(detail.Account));
        Add(why, WhyField.Reference, "customer", Number(detail.Reference));
        Add(why, WhyField.Premise, "address", Words(WhyField.Address, detail.Premise, AddressText.SearchWords));
        foreach (var address in detail.Addresses ?? [])
            Add(why, WhyField.Address, "mail goes to", Words(WhyField.Address, address, AddressText.SearchWords));
        foreach (var phone in detail.Phones ?? [])
            Add(why, WhyField.Phone, "phone", Phone(phone));
        foreach (var email in detail.Emails ?? [])
            Add(why, WhyField.Email, "e-mail", Email(email));
        foreach (var identifier in detail.Identifiers ?? [])
        {
            var parts = identifier.Split('|');
            if (alternatives.Contains(SearchKeys.OfHash(parts[0])))
                why.Add(new Why(WhyField.Identifier, NameOf(parts[1]), [new MarkedPart($"…{parts[2]}", true)]));
        }
        return why;
    }

    private static void Add(List<Why> why, WhyField field, string label, IReadOnlyList<MarkedPart>? text)
    {
        if (text is not null)
            why.Add(new Why(field, label, text));
    }

    private static bool Matches(string key, string alternative) =>
        alternative[^1] == SearchKeys.Prefix ? key.AsSpan().StartsWith(alternative.AsSpan(0, alternative.Length - 1), StringComparison.Ordinal) : key == alternative;

    /// <summary>Marks the words of the text one of whose keys was asked for, or all of it when only words together make the key.</summary>
    private List<MarkedPart>? Words(WhyField field, string? text, Func<string, IEnumerable<string>> keysOf)
    {
        if (text is null)
            return null;
        var parts = new List<MarkedPart>();
        var any = false;
        foreach (var token in Tokens(text))
        {
            var letters = char.IsLetterOrDigit(token[0]) || token.Length > 1 ? Marked(field, token, keysOf) : 0;
            if (letters > 0)
            {
                any = true;
                parts.Add(new MarkedPart(token[..letters], true));
                if (letters < token.Length)
                    parts.Add(new MarkedPart(token[letters..], false));
            }
            else
                parts.Add(new MarkedPart(token, false));
        }
        if (any)
            return parts;
        return keysOf(text).Any(k => alternatives.Any(a => Matches(k, a))) ? [new MarkedPart(text, true)] : null;
    }

    /// <returns>How many characters of the word were typed: all of it when it is not written as it was typed ("street" for "St").</returns>
    private int Marked(WhyField field, string token, Func<string, IEnumerable<string>> keysOf)
    {
        if (marked.TryGetValue((field, token), out var known))
            return known;
        var longest = 0;
        foreach (var key in keysOf(token))
        {
            foreach (var alternative in alternatives.Where(a => Matches(key, a)))
            {
                var letters = alternative.TrimEnd(SearchKeys.Prefix).Length;
                longest = Math.Max(longest, key.Length == token.Length && SearchText.Fold(token).Length == token.Length ? Math.Min(letters, token.Length) : token.Length);
            }
        }
        marked[(field, token)] = longest;
        return longest;
    }

    // Words with what stands between them: "Ruiz-Ortega, " is Ruiz, -, Ortega, ", ".
    private static IEnumerable<string> Tokens(string text)
    {
        var start = 0;
        for (var i = 1; i <= text.Length; i++)
        {
            if (i < text.Length && IsWord(text[i]) == IsWord(text[start]))
                continue;
            yield return text[start..i];
            start = i;
        }
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c) || c is '\'' or '’' || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private IReadOnlyList<MarkedPart>? Number(string? number)
    {
        var digits = new string([.. (number ?? "").Where(char.IsAsciiDigit)]);
        var count = alternatives.Where(a => digits.Length > 0 && Matches(digits, a)).Select(a => a.TrimEnd(SearchKeys.Prefix).Length).DefaultIfEmpty().Max();
        return count == 0 ? null : Split(number!, fromStart: true, count);
    }

    private IReadOnlyList<MarkedPart>? Phone(string e164)
    {
        var key = SearchKeys.OfPhone(e164.TrimStart('+'));
        var count = alternatives.Where(a => Matches(key, a)).Select(a => a.TrimEnd(SearchKeys.Prefix).Length - 1).DefaultIfEmpty().Max();
        return count == 0 ? null : Split(new PhoneNumber(e164, null).Display(country), fromStart: false, count);
    }

    private IReadOnlyList<MarkedPart>? Email(string address)
    {
        var key = SearchKeys.OfEmail(address);
        var count = alternatives.Where(a => a.Contains('@', StringComparison.Ordinal) && Matches(key, a)).Select(a => a.TrimEnd(SearchKeys.Prefix).Length).DefaultIfEmpty().Max();
        if (count == 0)
            return Words(WhyField.Email, address, SearchText.Words);
        return key.Length == address.Length ? Cut(address, 0, count) : [new MarkedPart(address, true)];
    }

    /// <summary>Marks so many digits from one end, with the signs between them.</summary>
    private static IReadOnlyList<MarkedPart> Split(string text, bool fromStart, int digits)
    {
        var first = -1;
        var last = -1;
        for (var i = 0; i < text.Length && digits > 0; i++)
        {
            var at = fromStart ? i : text.Length - 1 - i;
            if (!char.IsAsciiDigit(text[at]))
                continue;
            first = first < 0 ? at : first;
            last = at;
            digits--;
        }
        return first < 0 ? [new MarkedPart(text, true)] : Cut(text, Math.Min(first, last), Math.Max(first, last) + 1);
    }

    private static IReadOnlyList<MarkedPart> Cut(string text, int from, int to) =>
        [.. new[] { new MarkedPart(text[..from], false), new MarkedPart(text[from..to], true), new MarkedPart(text[to..], false) }.Where(p => p.Text.Length > 0)];

    private static string NameOf(string kind) => Enum.TryParse<IdentifierKind>(kind, out var known)
        ? known switch
        {
            IdentifierKind.NationalId => "national id",
            IdentifierKind.DriverLicense => "driver license",
            IdentifierKind.TaxNumber => "tax number",
            IdentifierKind.BankAccount => "bank account",
            _ => "passport",
        }
        : "identifier";
}
