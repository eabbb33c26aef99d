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
    private readonly (string Key, int Term)[] alternatives = [.. query.Terms.SelectMany((t, i) => t.Alternatives.Select(a => (a, i))).Distinct()];

    // The results of one search have most of their words in common: town, state, "St".
    private readonly Dictionary<(WhyField Field, string Token), (int Letters, int[] Terms)> marked = [];

    // The terms that were found in some field of the result at hand.
    private readonly HashSet<int> explained = [];

    /// <summary>Every field in which a word that was typed is found; what is found only in several words together, when nothing else says why.</summary>
    public IReadOnlyList<Why> Of(CustomerDetail detail)
    {
        explained.Clear();
        var why = Fields(detail, together: false);
        return explained.Count == query.Terms.Count ? why : Fields(detail, together: true);
    }

    /// <summary>Whether every word that was typed is found in what this shows.</summary>
    public bool Explains(CustomerDetail detail)
    {
        Of(detail);
        return explained.Count == query.Terms.Count;
    }

    private List<Why> Fields(CustomerDetail detail, bool together)
    {
        var why = new List<Why>();
        Add(why, WhyField.Name, "name", Words(WhyField.Name, detail.Name, SearchText.NameWords, SearchText.NameWords, together));
        foreach (var other in detail.OtherNames ?? [])
        {
            var space = other.IndexOf(' ', StringComparison.Ordinal);
            if (other.StartsWith("merged ", StringComparison.Ordinal))
                Add(why, WhyField.Reference, "merged", Number(other[(space + 1)..]));
            else
                Add(why, WhyField.OtherName, $"{other[..space]} name", Words(WhyField.Name, other[(space + 1)..], SearchText.NameWords, SearchText.NameWords, together));
        }
        Add(why, WhyField.Account, "account", Number(detail.Account));
        Add(why, WhyField.Reference, "customer", Number(detail.Reference));
        Add(why, WhyField.Premise, "address", Words(WhyField.Address, detail.Premise, AddressText.SearchWords, AddressText.FormsOf, together));
        foreach (var address in detail.Addresses ?? [])
            Add(why, WhyField.Address, "mail goes to", Words(WhyField.Address, address, AddressText.SearchWords, AddressText.FormsOf, together));
        foreach (var phone in detail.Phones ?? [])
            Add(why, WhyField.Phone, "phone", Phone(phone));
        foreach (var email in detail.Emails ?? [])
            Add(why, WhyField.Email, "e-mail", Email(email, together));
        foreach (var identifier in detail.Identifiers ?? [])
        {
            var parts = identifier.Split('|');
            if (Longest(SearchKeys.OfHash(parts[0])) > 0)
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

    /// <param name="with">Only what was typed with this character counts.</param>
    /// <returns>How many characters of the key were typed, at most; 0 when it was not asked for.</returns>
    private int Longest(string key, char with = '\0')
    {
        var longest = 0;
        foreach (var (alternative, term) in alternatives)
        {
            if ((with != '\0' && !alternative.Contains(with, StringComparison.Ordinal)) || !Matches(key, alternative))
                continue;
            explained.Add(term);
            longest = Math.Max(longest, alternative[^1] == SearchKeys.Prefix ? alternative.Length - 1 : alternative.Length);
        }
        return longest;
    }

    /// <summary>Marks the words of the text one of whose keys was asked for, or all of it when only words together make the key.</summary>
    private List<MarkedPart>? Words(WhyField field, string? text, Func<string, IEnumerable<string>> keysOf, Func<string, IEnumerable<string>> keysOfWord, bool together)
    {
        if (text is null)
            return null;
        var parts = new List<MarkedPart>();
        var any = false;
        foreach (var token in Tokens(text))
        {
            var letters = char.IsLetterOrDigit(token[0]) || token.Length > 1 ? Marked(field, token, keysOfWord) : 0;
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
        return together && keysOf(text).Any(k => Longest(k) > 0) ? [new MarkedPart(text, true)] : null;
    }

    /// <returns>How many characters of the word were typed: all of it when it is not written as it was typed ("street" for "St").</returns>
    private int Marked(WhyField field, string token, Func<string, IEnumerable<string>> keysOf)
    {
        if (!marked.TryGetValue((field, token), out var known))
            marked[(field, token)] = known = Compare(token, keysOf);
        explained.UnionWith(known.Terms);
        return known.Letters;
    }

    private (int Letters, int[] Terms) Compare(string token, Func<string, IEnumerable<string>> keysOf)
    {
        var longest = 0;
        var terms = new HashSet<int>();
        foreach (var key in keysOf(token))
        {
            foreach (var (alternative, term) in alternatives)
            {
                if (!Matches(key, alternative))
                    continue;
                terms.Add(term);
                var letters = alternative.TrimEnd(SearchKeys.Prefix).Length;
                longest = Math.Max(longest, key.Length == token.Length && SearchText.Fold(token).Length == token.Length ? Math.Min(letters, token.Length) : token.Length);
            }
        }
        return (longest, [.. terms]);
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
        var count = digits.Length == 0 ? 0 : Longest(digits);
        return count == 0 ? null : Split(number!, fromStart: true, count);
    }

    private IReadOnlyList<MarkedPart>? Phone(string e164)
    {
        var key = SearchKeys.OfPhone(e164.TrimStart('+'));
        // The key begins with a mark that is not shown.
        var count = Longest(key) - 1;
        return count < 1 ? null : Split(new PhoneNumber(e164, null).Display(country), fromStart: false, count);
    }

    private IReadOnlyList<MarkedPart>? Email(string address, bool together)
    {
        var key = SearchKeys.OfEmail(address);
        var count = Longest(key, with: '@');
        if (count == 0)
            return Words(WhyField.Email, address, SearchText.Words, SearchText.Words, together);
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
