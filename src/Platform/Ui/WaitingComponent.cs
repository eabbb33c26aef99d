using Microsoft.AspNetCore.Components;

namespace Tieline.Platform.Ui;

/// <summary>
/// Base of every page and part (by <c>@inherits</c> in _Imports.razor): rendered for the first time when <c>OnInitializedAsync</c> has ended, so that
/// its markup never meets what is not read yet. Left to itself a component is also rendered while its first await is pending.
/// </summary>
public abstract class WaitingComponent : ComponentBase
{
    private Task? begun;

    public sealed override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        await (begun ??= Begin());
        OnParametersSet();
        await OnParametersSetAsync();
        StateHasChanged();
    }

    private async Task Begin()
    {
        OnInitialized();
        await OnInitializedAsync();
    }
}
