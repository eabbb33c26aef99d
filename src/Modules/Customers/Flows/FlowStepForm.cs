using Microsoft.AspNetCore.Components;
using Tieline.Platform.Ui;

namespace Tieline.Customers.Flows;

/// <summary>What the form of a step is given by the page of its flow.</summary>
public abstract class FlowStepForm : WaitingComponent
{
    [CascadingParameter] internal FlowSheet Sheet { get; set; } = null!;
    [Parameter, EditorRequired] public string Code { get; set; } = "";

    internal FlowView Flow => Sheet.Flow;
    internal FlowStepView Step => Sheet.Flow.Steps.First(s => s.Code == Code);

    /// <summary>The first open step: where one goes on.</summary>
    protected bool First => Sheet.First == Code;

    /// <summary>This form was sent just now, whatever there is to choose from.</summary>
    protected bool Posted => Sheet.Posted == Code;

    protected string Draft => $"flow-{Flow.Id}-{Code}";

    internal After Saved(FlowStepSaved _) => After.GoTo($"/flows/{Flow.Id}", "Done");

    /// <summary>What was typed before the step was taken back.</summary>
    protected T? Typed<T>() where T : class => Step.Typed is { } typed ? FlowDesk.Read<T>(typed) : null;
}

/// <summary>A flow with what its forms offer to choose from.</summary>
/// <param name="First">Code of the first open step.</param>
/// <param name="Unverified">People on the customer's accounts whose data are masked now: nothing is done in their name.</param>
/// <param name="Posted">Code of the step whose form was sent just now.</param>
internal sealed record FlowSheet(FlowView Flow, CustomerPerson Person, CustomerAccounts Accounts, DateOnly Today, string? First, string? Posted, IReadOnlySet<long> Unverified);
