using Microsoft.AspNetCore.Components;

namespace Tieline.Platform.Ui;

/// <summary>What all fields have in common. Inside <c>UseForm</c> or a table's filters they find their value by <see cref="For"/>.</summary>
public abstract class FieldBase : ComponentBase
{
    [CascadingParameter] internal FormState? State { get; set; }

    [Parameter, EditorRequired] public string Label { get; set; } = "";

    /// <summary>Property of the input: <c>Comment</c>, <c>Phones[0].Number</c>, <c>Characteristics[METER]</c>. It is also the field's name.</summary>
    [Parameter, EditorRequired] public string For { get; set; } = "";

    /// <summary>Shown unless something else was typed; null takes the value from the form's start.</summary>
    [Parameter] public object? Value { get; set; }

    [Parameter] public string? Hint { get; set; }
    [Parameter] public bool Required { get; set; }
    [Parameter] public bool Autofocus { get; set; }
    [Parameter] public bool Disabled { get; set; }

    /// <summary>The label is for screen readers only.</summary>
    [Parameter] public bool HideLabel { get; set; }

    /// <summary>Of a wide form: <c>full</c> (default), <c>half</c>, <c>third</c>, <c>two-thirds</c>, <c>quarter</c>.</summary>
    [Parameter] public string Width { get; set; } = "full";

    [Parameter(CaptureUnmatchedValues = true)] public IReadOnlyDictionary<string, object>? Rest { get; set; }

    internal string Id => State?.FieldId(For) ?? $"field-{For.ToLowerInvariant()}";
    internal string? Problem => State?.ProblemAt(For);
    internal bool Focused => State?.Problems.Count > 0 ? Problem is not null : Autofocus;
    internal string? Invalid => Problem is null ? null : "true";
    internal string InputClass(string name = "form-control") => Problem is null ? name : $"{name} is-invalid";

    internal string? DescribedBy
    {
        get
        {
            var ids = string.Join(' ', new[] { Problem is null ? null : $"{Id}-problem", Hint is null ? null : $"{Id}-hint" }.OfType<string>());
            return ids.Length == 0 ? null : ids;
        }
    }

    // A disabled field is never sent: it goes on showing what it showed.
    protected internal string? Current => State?.Typed is not null && !Disabled ? State.Text(For) : Value is not null ? FieldText.Write(Value) : State?.StartText(For);

    protected override void OnParametersSet() => State?.Register(For);
}
