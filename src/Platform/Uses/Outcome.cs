using System.Text.RegularExpressions;
using Tieline.Platform.Security;

namespace Tieline.Platform.Uses;

/// <summary>A broken rule, shown beside its field or answered as RFC 9457 details.</summary>
/// <param name="Field">Input property, e.g. <c>Comment</c> or <c>Phones[0].Number</c>; null when it concerns the whole.</param>
/// <param name="Rule">Stable code, e.g. <c>contact.type.account_not_allowed</c>.</param>
public sealed record Problem(string? Field, string Message, string Rule)
{
    public const string NotFoundRule = "not_found";
    public const string ConflictRule = "conflict";

    /// <summary>A text holds what looks like a card or national-id number. It is kept once somebody has said that it is none.</summary>
    public const string SecretNumberRule = "secret_number";

    /// <summary>The record is there, but not for this actor: they may have a right to it, and yet not now.</summary>
    public const string ClosedRule = "closed";

    public static Problem Required(string field, string label) => new(field, $"{label} is missing.", "required");
    public static Problem NotFound(string what) => new(null, $"{what} is not here (any more).", NotFoundRule);
    public static Problem Closed(string message) => new(null, message, ClosedRule);
    public static Problem Conflict(string message) => new(null, message, ConflictRule);
}

/// <summary>What a use answers: a value, or the rules that were broken. Rule violations are values, not exceptions.</summary>
public sealed class Outcome<T>
{
    private readonly T? value;

    private Outcome(T? value, IReadOnlyList<Problem> problems) => (this.value, Problems) = (value, problems);

    public IReadOnlyList<Problem> Problems { get; }
    public bool Ok => Problems.Count == 0;
    public bool IsClosed => Problems.Count > 0 && Problems[0].Rule == Problem.ClosedRule;
    public T Value => Ok ? value! : throw new InvalidOperationException(ToString());

    public static Outcome<T> Of(T value) => new(value, []);
    public static Outcome<T> Broken(IReadOnlyList<Problem> problems) => new(default, problems);

    public static implicit operator Outcome<T>(T value) => Of(value);
    public static implicit operator Outcome<T>(Problem problem) => Broken([problem]);
    public static implicit operator Outcome<T>(List<Problem> problems) => Broken(problems);
    public static implicit operator Outcome<T>(Problems problems) => Broken(problems.List);

    public override string ToString() => Ok ? $"{value}" : string.Join(" ", Problems.Select(p => p.Message));
}

/// <summary>Nothing to answer but that it was done.</summary>
public readonly record struct Done
{
    public static readonly Done It;
}

/// <summary>The key of what was added.</summary>
public sealed record Added(long Id);

/// <summary>Collects broken rules so that a form shows all of them at once.</summary>
public sealed class Problems
{
    public List<Problem> List { get; } = [];
    public bool Any => List.Count > 0;

    public void Add(string? field, string message, string rule) => List.Add(new Problem(field, message, rule));

    /// <summary>A problem of the field of the last day when it is before the first.</summary>
    public void InOrder(string lastField, DateOnly? first, DateOnly? last)
    {
        if (last < first)
            Add(lastField, "The last day is before the first.", "date.order");
    }

    /// <summary>One line of typed text: cleaned, bounded; a problem when it is missing, too long, or holds a card or national-id number.</summary>
    /// <param name="anyNumber">The field holds long numbers rightly: keys of other systems. Of phone numbers see <see cref="PhoneText"/>.</param>
    public string Text(string field, string label, string? typed, int max, bool required = true, bool anyNumber = false)
    {
        var text = TypedText.OneLine(typed, Math.Max(max, typed?.Length ?? 0));
        if (text.Length == 0 && required)
            List.Add(Problem.Required(field, label));
        else if (text.Length > max)
            Add(field, $"{label} is longer than {max} characters.", "too_long");
        else if (!anyNumber)
            return WithoutSecretNumbers(field, text);
        return text;
    }

    /// <summary>One line in which a phone number belongs, as with <see cref="Text"/>: a card or a national id is none.</summary>
    public string PhoneText(string field, string label, string? typed, int max, bool required = false)
    {
        var text = Text(field, label, typed, max, required, anyNumber: true);
        return text.Length is 0 || text.Length > max ? text : WithoutSecretNumbers(field, text, phone: true);
    }

    /// <summary>Text that is kept as it came, such as a form that is not finished.</summary>
    /// <param name="where">Of which part a problem tells.</param>
    public string AsTyped(string field, string where, string text, bool phone = false) => WithoutSecretNumbers(field, text, phone, where);

    /// <summary>A code that lists and imports use: letters, digits, and - _ . between them; upper case.</summary>
    public string Code(string field, string label, string? typed, int max = 20)
    {
        var code = Text(field, label, typed, max).ToUpperInvariant();
        if (code.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            Add(field, $"{label} may have letters A to Z, digits, and - _ . only.", "code.characters");
        return code;
    }

    /// <summary>Yes or no that must be said: a machine that leaves it out does not mean no.</summary>
    public bool Said(string field, string label, bool? said)
    {
        if (said is null)
            List.Add(Problem.Required(field, label));
        return said ?? false;
    }

    /// <summary>Several lines of typed text; a problem as with <see cref="Text"/>.</summary>
    public string Lines(string field, string label, string? typed, int max, bool required = true)
    {
        var text = TypedText.MultiLine(typed, Math.Max(max, typed?.Length ?? 0));
        if (text.Length == 0 && required)
            List.Add(Problem.Required(field, label));
        else if (text.Length > max)
            Add(field, $"{label} is longer than {max:N0} characters.", "too_long");
        else
            return WithoutSecretNumbers(field, text);
        return text;
    }

    private string WithoutSecretNumbers(string field, string text, bool phone = false, string? where = null)
    {
        var numbers = TypedNumbers.Here;
        IReadOnlyList<SecretNumber> found;
        try
        {
            found = numbers.Find(text, phone);
        }
        catch (RegexMatchTimeoutException)
        {
            Add(field, "This text could not be looked through for secret numbers. Make it shorter.", "secret_number.unchecked");
            return text;
        }
        if (found.Count == 0 || numbers.Confirms(field, found))
            return text;
        if (numbers.Masks)
            return SecretNumbersInText.Mask(text, found);
        var what = string.Join(" and ", found.Select(f => f.Kind switch
        {
            SecretNumberKind.Card => $"a card number ({f.Shown})",
            SecretNumberKind.NationalId => $"a national id ({f.Shown})",
            _ => $"a number that is not kept in texts ({f.Shown})",
        }).Distinct(StringComparer.Ordinal));
        Add(field, $"{where ?? "This"} looks like {what}. Take it out, or say that it is none.", Problem.SecretNumberRule);
        return text;
    }
}

/// <summary>One use of the system: what page, API route, job, command and test all call. Checks permission, validates, audits.</summary>
public interface IUse<in TInput, TResult>
{
    Task<Outcome<TResult>> Handle(TInput input, CancellationToken ct);
}
