using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows;

/// <summary>Puts back what a step did. Refused with words when something since contradicts it.</summary>
internal sealed class TakeBackFlowStep(FlowDesk desk, AppDb db, CurrentActor actor, IEnumerable<IFlowStep> steps) : IUse<TakeBackFlowStep.Input, FlowStepSaved>
{
    /// <param name="Step">Its code.</param>
    /// <param name="Version">Of the step, as it was seen.</param>
    public sealed record Input(long FlowId, string? Step, int Version);

    public Task<Outcome<FlowStepSaved>> Handle(Input input, CancellationToken ct) =>
        desk.WithOpen<FlowStepSaved>(input.FlowId, async flow =>
        {
            if (input.Step is null || flow.Step(input.Step) is not { } step)
                return Problem.NotFound("This step");
            if (FlowPlan.Of(flow.Kind).Step(step.Code) is { Automatic: true })
                return new Problem(null, "This came with the beginning, and is taken back with the whole list only.", "flow.automatic");
            if (FlowDesk.Seen(step, input.Version) is { } other)
                return other;
            if (step.State == FlowStepState.Open)
                return Problem.Conflict("This step was not done.");
            if (step.Kept is { } kept && await steps.First(s => s.Code == step.Code).TakeBack(flow, kept, ct) is { Count: > 0 } contradicted)
                return Outcome<FlowStepSaved>.Broken(contradicted);
            step.TakeBack(actor.Actor.Ref, db.Now);
            flow.Touch(actor.Actor.Ref, db.Now);
            await db.SaveChangesAsync(ct);
            return new FlowStepSaved(flow.Id, step.Code, step.Version);
        }, ct, person => desk.HoldAround(person, ct));
}

/// <summary>A step does not apply to this customer. It can still be taken up while the flow is open.</summary>
internal sealed class SkipFlowStep(FlowDesk desk, AppDb db, CurrentActor actor) : IUse<SkipFlowStep.Input, FlowStepSaved>
{
    /// <inheritdoc cref="TakeBackFlowStep.Input"/>
    public sealed record Input(long FlowId, string? Step, int Version);

    public Task<Outcome<FlowStepSaved>> Handle(Input input, CancellationToken ct) =>
        desk.WithOpen<FlowStepSaved>(input.FlowId, async flow =>
        {
            if (input.Step is null || flow.Step(input.Step) is not { } step)
                return Problem.NotFound("This step");
            if (FlowDesk.Seen(step, input.Version) is { } other)
                return other;
            if (FlowPlan.Of(flow.Kind).Step(step.Code) is { Needed: true } needed)
                return new Problem(null, $"{needed.Title}: this is needed, or the list is undone as a whole.", "flow.needed");
            if (step.State == FlowStepState.Done)
                return Problem.Conflict($"This step was done, by {step.DoneBy?.Name}. Take it back first.");
            step.Skip(actor.Actor.Ref, db.Now);
            flow.Touch(actor.Actor.Ref, db.Now);
            await db.SaveChangesAsync(ct);
            return new FlowStepSaved(flow.Id, step.Code, step.Version);
        }, ct);
}

/// <summary>Every step is done or does not apply: the list is closed, and the customer's story says what was done. From here on nothing is taken back.</summary>
internal sealed class FinishFlow(FlowDesk desk, AppDb db, CurrentActor actor, ITimeline timeline, IEvents events) : IUse<FinishFlow.Input, Done>
{
    public const string OpenRule = "flow.steps_open";

    /// <param name="Version">Of the flow, as it was seen.</param>
    public sealed record Input(long FlowId, int Version);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        desk.WithOpen<Done>(input.FlowId, async flow =>
        {
            if (FlowDesk.Seen(flow, input.Version) is { } other)
                return other;
            var plan = FlowPlan.Of(flow.Kind);
            var open = plan.Steps.Where(s => flow.Step(s.Code)?.State == FlowStepState.Open).Select(s => s.Title).ToArray();
            if (open.Length > 0)
                return new Problem(null, $"Still open: {string.Join("; ", open)}. Do it, or say that it does not apply.", OpenRule);
            var done = plan.Steps.Where(s => flow.Step(s.Code)?.State == FlowStepState.Done).Select(s => $"{s.Title}: {flow.Step(s.Code)!.Words}");
            flow.Finish(actor.Actor.Ref, db.Now);
            await timeline.Retell(flow.AuditSubject, FlowWords.Title(flow), string.Join('\n', done), false, flow.PersonId, null, null, ct, db.Now);
            await events.Publish(new FlowFinished(flow.Id, flow.PersonId, flow.Kind.ToString()), ct, flow.AuditSubject, new RecordRef("person", flow.PersonId));
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct);
}

/// <summary>It was a mistake: all steps that were done are taken back, the last one first, or none of them is. A death also when it was finished, with the right to it.</summary>
internal sealed class UndoFlow(FlowDesk desk, AppDb db, CurrentActor actor, IEnumerable<IFlowStep> steps, ITimeline timeline, IEvents events) : IUse<UndoFlow.Input, Done>
{
    /// <inheritdoc cref="FinishFlow.Input"/>
    public sealed record Input(long FlowId, int Version, string? Because);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        desk.WithOpen<Done>(input.FlowId, async flow =>
        {
            var problems = new Problems();
            var because = problems.Text(nameof(Input.Because), "Reason", input.Because, 500);
            if (problems.Any)
                return problems;
            if (FlowDesk.Seen(flow, input.Version) is { } other)
                return other;
            foreach (var plan in FlowPlan.Of(flow.Kind).Steps.Reverse())
            {
                if (flow.Step(plan.Code) is not { State: FlowStepState.Done } step)
                    continue;
                if (step.Kept is { } kept && await steps.First(s => s.Code == plan.Code).TakeBack(flow, kept, ct) is { Count: > 0 } contradicted)
                    return Outcome<Done>.Broken([.. contradicted.Select(c => c with { Field = null, Message = $"{plan.Title}: {c.Message}" })]);
                step.TakeBack(actor.Actor.Ref, db.Now);
            }
            flow.Undo(actor.Actor.Ref, db.Now, because);
            await timeline.Retell(flow.AuditSubject, $"{FlowWords.Title(flow)}: undone", because, false, flow.PersonId, null, null, ct, db.Now);
            await events.Publish(new FlowUndone(flow.Id, flow.PersonId, flow.Kind.ToString()), ct, flow.AuditSubject, new RecordRef("person", flow.PersonId));
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct, person => desk.HoldAround(person, ct), late: flow => MayLate(flow.Kind, actor));

    /// <summary>A mistaken death that everybody believed is undone by those who have the right.</summary>
    public static bool MayLate(FlowKind kind, CurrentActor actor) => FlowPlan.Of(kind).UndoneLater && actor.May(CustomersPermissions.UndoDeath);
}
