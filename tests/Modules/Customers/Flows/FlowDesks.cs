using Tieline.Customers.Flows;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Flows;

/// <summary>Guided flows as the tests work with them.</summary>
internal static class FlowDesks
{
    public static async Task<FlowBegun> Begin(this CustomerDesk desk, long person, FlowKind kind) =>
        CustomerDesk.Ok(await desk.Run<BeginFlow, BeginFlow.Input, FlowBegun>(new(person, kind), Roles.Supervisor));

    public static async Task<long> Death(this CustomerDesk desk, long person, DateOnly? on = null) =>
        CustomerDesk.Ok(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(person, "his daughter, on the phone", on), Roles.Supervisor)).Id;

    public static async Task<FlowView> Flow(this CustomerDesk desk, long id, string role = Roles.Supervisor) => CustomerDesk.Ok(await desk.Run<GetFlow, GetFlow.Input, FlowView>(new(id), role));

    public static async Task<FlowStepView> Step(this CustomerDesk desk, long id, string code) => (await desk.Flow(id)).Steps.Single(s => s.Code == code);

    /// <summary>By somebody who sees the customer.</summary>
    public static Task<Outcome<FlowStepSaved>> Take<TStep, TInput>(this CustomerDesk desk, TInput input, string role = Roles.Supervisor)
        where TStep : FlowStep<TInput> where TInput : class, IFlowStepInput => desk.Run<TStep, TInput, FlowStepSaved>(input, role);

    public static async Task<Outcome<FlowStepSaved>> TakeBack(this CustomerDesk desk, long id, string code, string role = Roles.Supervisor) =>
        await desk.Run<TakeBackFlowStep, TakeBackFlowStep.Input, FlowStepSaved>(new(id, code, (await desk.Step(id, code)).Version), role);

    public static async Task<Outcome<FlowStepSaved>> Skip(this CustomerDesk desk, long id, string code) =>
        await desk.Run<SkipFlowStep, SkipFlowStep.Input, FlowStepSaved>(new(id, code, (await desk.Step(id, code)).Version), Roles.Supervisor);

    public static async Task<Outcome<Done>> Finish(this CustomerDesk desk, long id) =>
        await desk.Do<FinishFlow, FinishFlow.Input>(new(id, (await desk.Flow(id)).Version), Roles.Supervisor);

    public static async Task<Outcome<Done>> Undo(this CustomerDesk desk, long id) =>
        await desk.Do<UndoFlow, UndoFlow.Input>(new(id, (await desk.Flow(id)).Version, "It was a mistake"), Roles.Supervisor);

    /// <summary>Everything that is open is left out, and the list is finished.</summary>
    public static async Task SkipRest(this CustomerDesk desk, long id)
    {
        foreach (var step in (await desk.Flow(id)).Steps.Where(s => s.State == FlowStepState.Open))
            CustomerDesk.Ok(await desk.Skip(id, step.Code));
    }
}
