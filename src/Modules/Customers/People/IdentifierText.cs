using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>National ids, bank accounts and other secret numbers: how they are compared, kept and shown.</summary>
internal static class IdentifierText
{
    /// <summary>Of encryption and hash; fixed for good.</summary>
    public const string Purpose = "customers.identifier";

    private const int MinLength = 4;
    private const int MaxLength = 40;

    /// <summary>Letters and digits, upper case: 123-45-6789 and 123 45 6789 are the same number.</summary>
    public static string Normalise(string? typed) =>
        new([.. TypedText.OneLine(typed, 200).Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant)]);

    /// <summary>What may be shown to everyone: four characters at most, and never more than a third of the number.</summary>
    public static string LastDigits(string normalised) => normalised[^Math.Min(4, normalised.Length / 3)..];

    public static string Read(Problems problems, string field, string? typed)
    {
        var number = Normalise(typed);
        if (number.Length == 0)
            problems.List.Add(Problem.Required(field, "Number"));
        else if (number.Length is < MinLength or > MaxLength || !number.Any(char.IsAsciiDigit))
            problems.Add(field, $"A number has {MinLength} to {MaxLength} letters and digits.", "identifier.unreadable");
        return number;
    }

    public static PersonIdentifier Protect(IProtectedValues values, long id, long personId, IdentifierKind kind, string normalised) =>
        new(id, personId, kind, values.Protect(Purpose, normalised), values.Hash(Purpose, normalised), LastDigits(normalised));
}

/// <summary>Lets the search box find a person by the whole of a secret number.</summary>
internal sealed class SecretNumbers(IProtectedValues values) : ISecretNumbers
{
    public IEnumerable<string> HashesOf(string typed) =>
        IdentifierText.Normalise(typed) is { Length: >= 4 and <= 40 } number ? [values.Hash(IdentifierText.Purpose, number)] : [];
}
