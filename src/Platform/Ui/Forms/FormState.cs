using System.Collections;
using System.Text.RegularExpressions;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Ui;

/// <summary>What the fields inside a form show: typed values, or those it starts with, and the problems.</summary>
/// <param name="Id">HTML id of the form; ids of fields begin with it.</param>
/// <param name="Typed">What came with the request; null on a first look.</param>
/// <param name="Start">The record or input whose values the fields start with.</param>
public sealed partial record FormState(string Id, TypedForm? Typed, object? Start, IReadOnlyList<Problem> Problems)
{
    private readonly HashSet<string> fields = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Smaller fields without room for hints: filters above a table.</summary>
    public bool Compact { get; init; }

    public string? Text(string name) => Typed is null ? StartText(name) : Typed[name];

    public string? StartText(string name) => Start is null ? null : FieldText.Write(FieldText.Walk(Start, name));

    public IReadOnlyList<string> Texts(string name)
    {
        if (Typed is not null)
            return Typed.All(name);
        return FieldText.Walk(Start, name) switch
        {
            null => [],
            string text => [text],
            IEnumerable many => [.. many.Cast<object?>().Select(FieldText.Write)],
            var one => [FieldText.Write(one)],
        };
    }

    public int Rows(string name) => Typed?.Rows(name) ?? (FieldText.Walk(Start, name) as ICollection)?.Count ?? (FieldText.Walk(Start, name) as IEnumerable)?.Cast<object>().Count() ?? 0;

    public string? ProblemAt(string name)
    {
        var here = string.Join(" ", Problems.Where(p => string.Equals(p.Field, name, StringComparison.OrdinalIgnoreCase)).Select(p => p.Message).Distinct());
        return here.Length == 0 ? null : here;
    }

    public string FieldId(string name) => $"{Id}-{NotIdentifier().Replace(name, "-").ToLowerInvariant()}";

    public void Register(string name) => fields.Add(name);

    /// <summary>Problems that belong to no field on the form.</summary>
    public IEnumerable<Problem> Loose => Problems.Where(p => p.Field is null || !fields.Contains(p.Field));

    /// <summary>Somebody else saved the record while this form was filled in.</summary>
    internal bool Contested => Problems.Any(p => p.Rule == Problem.ConflictRule);

    internal FormState With(IReadOnlyList<Problem> problems)
    {
        var next = this with { Problems = problems };
        return next;
    }

    [GeneratedRegex("[^A-Za-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex NotIdentifier();
}
