using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows;

/// <summary>Something that a flow did and that can be put back.</summary>
internal interface IFlowStep
{
    string Code { get; }

    /// <summary>Puts back what the step did, in the transaction of the flow.</summary>
    /// <param name="kept">JSON of what the step kept.</param>
    /// <returns>What contradicts it; nothing that was changed stays then.</returns>
    Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct);
}

internal interface IFlowStepInput
{
    long FlowId { get; }

    /// <summary>Of the step, as it was seen.</summary>
    int Version { get; }
}

/// <summary>A step that somebody does by its form. It composes uses of this room; their rules and rights are not repeated here.</summary>
internal abstract class FlowStep<TInput>(FlowDesk desk) : IUse<TInput, FlowStepSaved>, IFlowStep where TInput : class, IFlowStepInput
{
    public abstract string Code { get; }

    public Task<Outcome<FlowStepSaved>> Handle(TInput input, CancellationToken ct) =>
        desk.Do(input.FlowId, Code, input.Version, Remembered(input), flow => Take(flow, input, ct), ct, person => Hold(person, input, ct));

    protected abstract Task<Outcome<FlowEffect>> Take(GuidedFlow flow, TInput input, CancellationToken ct);

    public virtual Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct) => Task.FromResult<IReadOnlyList<Problem>>([]);

    /// <summary>Premises and accounts that the step changes.</summary>
    protected virtual Task Hold(long personId, TInput input, CancellationToken ct) => Task.CompletedTask;

    /// <summary>What of the input may be kept, to be shown again when the step was taken back.</summary>
    protected virtual object? Remembered(TInput input) => input;
}
