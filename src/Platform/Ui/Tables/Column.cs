using Microsoft.AspNetCore.Components;

namespace Tieline.Platform.Ui;

/// <summary>A column of a <see cref="DataTable{T}"/>; its content is the cell's template.</summary>
public sealed class Column<T> : ComponentBase
{
    [CascadingParameter] private DataTable<T> Table { get; set; } = null!;

    [Parameter, EditorRequired] public string Title { get; set; } = "";

    /// <summary>Makes the head a link that sorts by this key.</summary>
    [Parameter] public string? Sort { get; set; }

    /// <summary>Of head and cells: <c>num</c> (right, tabular), <c>shrink</c> (as narrow as its content), <c>wide-only</c> (hidden on narrow screens).</summary>
    [Parameter] public string? Class { get; set; }

    /// <summary>The head is for screen readers only: columns of buttons.</summary>
    [Parameter] public bool HideTitle { get; set; }

    /// <summary>Stands beside the row's link and holds no part of it: a column of checks before the first one.</summary>
    [Parameter] public bool Beside { get; set; }

    [Parameter] public RenderFragment<T>? ChildContent { get; set; }

    protected override void OnInitialized() => Table.Add(this);
}
