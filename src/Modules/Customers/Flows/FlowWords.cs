namespace Tieline.Customers.Flows;

internal static class FlowWords
{
    public static string Title(GuidedFlow flow) => Title(flow.Kind, flow.EventOn);

    public static string Title(FlowKind kind, DateOnly? on) => on is { } day ? $"{FlowPlan.Of(kind).Name} on {day:d MMM yyyy}" : FlowPlan.Of(kind).Name;

    /// <summary>"3 of 5 done".</summary>
    public static string Progress(int settled, int all) => $"{settled} of {all} done";
}
