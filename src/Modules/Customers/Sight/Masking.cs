using System.Diagnostics.CodeAnalysis;

namespace Tieline.Customers;

/// <summary>How a customer's values and the words about them may be shown to the actor.</summary>
public sealed class Masking
{
    internal static readonly Masking Open = new(SightLevel.Full, MaskedValues.Nothing, [], default);
    internal static readonly Masking OfClosed = new(SightLevel.Closed, (MaskedValues)(-1), [], default);

    private readonly IReadOnlyList<string> held;
    private readonly MaskedValues inWords;
    private readonly DateOnly today;

    /// <param name="held">Values on record that no pattern finds: mailing addresses, last digits, birth dates as written. The longest first.</param>
    internal Masking(SightLevel level, MaskedValues hidden, IReadOnlyList<string> held, DateOnly today) =>
        (Level, Hidden, inWords, this.held, this.today) = (level, level == SightLevel.Full ? MaskedValues.Nothing : hidden, hidden, held, today);

    public SightLevel Level { get; }

    /// <summary>What is not shown.</summary>
    public MaskedValues Hidden { get; }

    public bool IsClosed => Level == SightLevel.Closed;

    /// <summary>Nothing is hidden, not in words either. Of an account that is seen in full, words hide what somebody closed on it holds.</summary>
    public bool IsOpen => Level == SightLevel.Full && inWords == MaskedValues.Nothing;

    public bool Hides(MaskedValues value) => (Hidden & value) != 0;

    /// <summary>What the other hides is hidden, too.</summary>
    internal Masking And(Masking other) =>
        IsClosed ? this : new(Level, inWords | other.inWords, [.. held.Concat(other.held).Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(v => v.Length)], other.today > today ? other.today : today);

    /// <summary>A customer's name, which stays, unless the record is closed.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public string? Name(string? name) => name is null ? null : IsClosed ? Sight.Masks.Closed : name;

    /// <summary>Typed words: without contact data, birth dates and long numbers when masked, without anything when closed.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public string? Text(string? text)
    {
        if (string.IsNullOrEmpty(text) || IsOpen)
            return text;
        if (IsClosed)
            return Sight.Masks.ClosedText;
        foreach (var value in held)
            text = Without(text, value);
        return Sight.FreeText.Mask(text, inWords, today);
    }

    /// <summary>A phone number by its last two digits.</summary>
    [return: NotNullIfNotNull(nameof(number))]
    public string? Phone(string? number) => number is null || (inWords & MaskedValues.Phones) == 0 ? number : IsClosed ? Sight.Masks.Whole : Sight.Masks.Ending(number);

    /// <summary>A value as it is, or a mask of which nothing can be guessed.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public string? Value(MaskedValues kind, string? value) => value is null || !Hides(kind) ? value : Sight.Masks.Whole;

    public DateOnly? Day(MaskedValues kind, DateOnly? day) => Hides(kind) ? null : day;

    private static string Without(string text, string value)
    {
        for (var at = text.IndexOf(value, StringComparison.OrdinalIgnoreCase); at >= 0; at = at >= text.Length ? -1 : text.IndexOf(value, at, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + value.Length;
            // "6789" within a longer number or word is something else.
            if ((at > 0 && char.IsLetterOrDigit(text[at - 1]) && char.IsLetterOrDigit(value[0])) || (end < text.Length && char.IsLetterOrDigit(text[end]) && char.IsLetterOrDigit(value[^1])))
            {
                at++;
                continue;
            }
            text = string.Concat(text.AsSpan(0, at), Sight.Masks.Whole, text.AsSpan(end));
            at += Sight.Masks.Whole.Length;
        }
        return text;
    }
}

/// <summary>The maskings of several customers, for a list.</summary>
public sealed class Maskings
{
    private readonly IReadOnlyDictionary<long, Masking> people;
    private readonly IReadOnlyDictionary<long, Masking> accounts;
    private readonly IReadOnlyDictionary<long, Masking> places;

    private readonly IReadOnlySet<long> closedAccounts;

    /// <param name="closedAccounts">Whatever is said of whom on them.</param>
    internal Maskings(IReadOnlyDictionary<long, Masking> people, IReadOnlyDictionary<long, Masking> accounts, IReadOnlyDictionary<long, Masking> places, IReadOnlySet<long> closedAccounts) =>
        (this.people, this.accounts, this.places, this.closedAccounts) = (people, accounts, places, closedAccounts);

    /// <summary>
    /// Of what belongs to a person; of what belongs to an account only, the masking of those on it; of what is about a place only, what those who live there hold
    /// is hidden. What belongs to none of them is open; whom nobody asked about is closed.
    /// </summary>
    public Masking Of(long? personId, long? accountId = null, long? premiseId = null) =>
        accountId is { } closed && closedAccounts.Contains(closed) ? Masking.OfClosed
        : personId is { } person ? people.GetValueOrDefault(person, Masking.OfClosed)
        : accountId is { } account ? accounts.GetValueOrDefault(account, Masking.OfClosed)
        : premiseId is { } premise ? places.GetValueOrDefault(premise, Masking.Open)
        : Masking.Open;
}
