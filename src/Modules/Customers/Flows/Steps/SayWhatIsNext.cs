using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>Ticked off once the caller has heard it; changes nothing.</summary>
internal sealed class SayWhatIsNext(FlowDesk desk) : FlowStep<SayWhatIsNext.Input>(desk)
{
    public sealed record Input(long FlowId, int Version, string? Remark = null) : IFlowStepInput;

    public override string Code => FlowPlan.Told;

    protected override Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var remark = problems.Text(nameof(Input.Remark), "Remark", input.Remark, 300, required: false);
        return Task.FromResult<Outcome<FlowEffect>>(problems.Any ? problems : new FlowEffect(remark.Length == 0 ? "Said" : remark));
    }
}
