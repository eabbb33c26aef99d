using System.Globalization;
using Tieline.Platform.Ui;

namespace Tieline.Platform.Rules;

public enum RuleValueKind { Text, Number, Day, Choice }

/// <summary>A value that a rule can ask for.</summary>
/// <param name="Name">Stable: it is kept in rules.</param>
/// <param name="Label">In words: "Days until it is due".</param>
public sealed record RuleField(string Name, string Label, RuleValueKind Kind = RuleValueKind.Text);

/// <summary>Something a rule can do.</summary>
/// <param name="Takes">What its value is; null when it takes none.</param>
public sealed record RuleAct(string Code, string Label, RuleValueKind? Takes = null);

/// <summary>Values at a moment, by the names of fields: text for Text and Choice, decimal, DateOnly; null for none.</summary>
public sealed class RuleValues : Dictionary<string, object?>
{
    public RuleValues() : base(StringComparer.Ordinal)
    {
    }
}

/// <summary>Something of the past on which a rule can be tried.</summary>
/// <param name="Text">As the reader may see it.</param>
public sealed record RuleSample(string Text, DateTime At, string? Href, RuleValues Values);

/// <summary>A moment at which rules may speak: a room registers one for each, gives the values, and does what the rules say.</summary>
public interface IRulePoint
{
    /// <summary>Stable: <c>todo.created</c>.</summary>
    string Code { get; }

    /// <summary>"When a To Do is made".</summary>
    string Name { get; }

    IReadOnlyList<RuleField> Fields { get; }

    IReadOnlyList<RuleAct> Acts { get; }

    /// <summary>Possible values of the fields and acts that are choices, by name or code.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyList<Option>>> Choices(CancellationToken ct);

    /// <summary>The newest of the past, as the actor may see it.</summary>
    Task<IReadOnlyList<RuleSample>> Past(int limit, CancellationToken ct);

    /// <returns>A message when the rules of the room forbid the act, whatever the conditions: a type that is never suppressed, for example.</returns>
    Task<string?> Forbids(RuleText rule, CancellationToken ct) => Task.FromResult<string?>(null);
}

/// <summary>How a value is compared.</summary>
public enum RuleOperator { Is, IsNot, OneOf, Contains, StartsWith, AtLeast, AtMost, Empty, NotEmpty }

/// <param name="Value">As it was typed: a code, a number, a day as 2026-11-23; several separated by commas for one of them.</param>
public sealed record RuleCondition(string? Field, RuleOperator Operator, string? Value = null)
{
    /// <summary>Words are compared without regard to case and accents.</summary>
    public bool Holds(RuleValues values)
    {
        var value = values.GetValueOrDefault(Field ?? "");
        var typed = Value ?? "";
        return Operator switch
        {
            RuleOperator.Empty => value is null or "",
            RuleOperator.NotEmpty => value is not (null or ""),
            RuleOperator.Is => value is not null && Compare(value, typed) == 0,
            RuleOperator.IsNot => value is null || Compare(value, typed) != 0,
            RuleOperator.OneOf => value is not null && typed.Split(',', StringSplitOptions.TrimEntries).Any(one => Compare(value, one) == 0),
            RuleOperator.Contains => value is string text && Search.SearchText.Fold(text).Contains(Search.SearchText.Fold(typed), StringComparison.Ordinal),
            RuleOperator.StartsWith => value is string words && Search.SearchText.Fold(words).StartsWith(Search.SearchText.Fold(typed), StringComparison.Ordinal),
            RuleOperator.AtLeast => value is not null && Compare(value, typed) is >= 0,
            RuleOperator.AtMost => value is not null && Compare(value, typed) is <= 0,
            _ => false,
        };
    }

    /// <returns>Null when the typed text is no value of this kind.</returns>
    private static int? Compare(object value, string typed) => value switch
    {
        decimal number => decimal.TryParse(typed, NumberStyles.Number, CultureInfo.InvariantCulture, out var other) ? number.CompareTo(other) : null,
        DateOnly day => DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var other) ? day.CompareTo(other) : null,
        string text => string.CompareOrdinal(Search.SearchText.Fold(text), Search.SearchText.Fold(typed)),
        _ => throw new ArgumentException($"A rule cannot ask for a {value.GetType().Name}."),
    };
}

/// <param name="Act">Code of the act.</param>
public sealed record RuleThen(string? Act, string? Value = null);

/// <summary>What a rule says: if all (or any) of these hold, then these.</summary>
public sealed record RuleText(IReadOnlyList<RuleCondition> If, IReadOnlyList<RuleThen> Then, bool Any = false)
{
    public bool Holds(RuleValues values) => Any ? If.Any(c => c.Holds(values)) : If.All(c => c.Holds(values));
}
