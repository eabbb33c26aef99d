using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows;

/// <summary>What a step came to.</summary>
/// <param name="Words">For reading, in one line.</param>
/// <param name="Kept">What is needed to put everything back; null when nothing was changed.</param>
internal sealed record FlowEffect(string Words, object? Kept = null);

/// <param name="FlowId">Of the flow.</param>
/// <param name="Version">Of the step since.</param>
internal sealed record FlowStepSaved(long FlowId, string Step, int Version);

/// <summary>The way in which every step is done and taken back: the flow is held and open, the step as it was seen, all in one transaction.</summary>
internal sealed class FlowDesk(AppDb db, CurrentActor actor, PeopleInSight sight, RecordsInSight records)
{
    public const string OverRule = "flow.over";
    public const string ContradictedRule = "flow.contradicted";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static string Write(object value) => JsonSerializer.Serialize(value, value.GetType(), Json);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Json)!;

    /// <summary>Something has happened since that stands against taking a step back.</summary>
    public static Problem Contradicted(string words) => new(null, words, ContradictedRule);

    /// <summary>Runs <paramref name="work"/> with the flow, which nobody else changes meanwhile; what is not ok leaves nothing behind.</summary>
    /// <param name="hold">Holds premises and accounts that the work changes: before the person, as everywhere.</param>
    /// <exception cref="ForbiddenException">The right is missing, or the person is closed to the actor.</exception>
    /// <param name="late">Whether a finished flow will do.</param>
    public Task<Outcome<T>> WithOpen<T>(long flowId, Func<GuidedFlow, Task<Outcome<T>>> work, CancellationToken ct, Func<long, Task>? hold = null, Func<GuidedFlow, bool>? late = null)
    {
        actor.Require(CustomersPermissions.Change);
        return db.InTransaction(async () =>
        {
            var person = await PersonOf(flowId, ct);
            if (person == 0)
                return Problem.NotFound("This guided flow");
            await sight.RequireOpen(person, ct);
            if (hold is not null)
                await hold(person);
            await db.Hold("person", [person], ct);
            // Merged while we waited: it is about the survivor now.
            if (await PersonOf(flowId, ct) is var now && now != person)
                await db.Hold("person", [now], ct);
            await db.Hold("guided_flow", [flowId], ct);
            var flow = await db.Set<GuidedFlow>().Include(f => f.Steps).SingleAsync(f => f.Id == flowId, ct);
            await records.AsAWhole([flow.PersonId], ct);
            return flow.State == FlowState.Open || (flow.State == FlowState.Finished && late?.Invoke(flow) == true) ? await work(flow) : Over(flow);
        }, ct, o => o.Ok);
    }

    /// <summary>Holds all that taking steps back may change: places where supply is about to begin or end, and the accounts, before the person.</summary>
    public async Task HoldAround(long personId, CancellationToken ct)
    {
        var accounts = await db.Set<AccountPerson>().Where(p => p.PersonId == personId).Select(p => p.AccountId).Distinct().ToListAsync(ct);
        await db.Hold("premise", await db.Set<ServiceAgreement>().Where(s => accounts.Contains(s.AccountId) && (s.State == AgreementState.PendingStart || s.State == AgreementState.PendingStop))
            .Select(s => s.PremiseId).Distinct().ToListAsync(ct), ct);
        await db.Hold("account", accounts, ct);
    }

    /// <summary>Does a step, and writes down what it came to.</summary>
    /// <param name="version">Of the step, as it was seen.</param>
    /// <param name="typed">What the step starts with when it was taken back; null where that must not be kept.</param>
    public Task<Outcome<FlowStepSaved>> Do(long flowId, string code, int version, object? typed, Func<GuidedFlow, Task<Outcome<FlowEffect>>> take, CancellationToken ct, Func<long, Task>? hold = null) =>
        WithOpen(flowId, async flow =>
        {
            if (flow.Step(code) is not { } step || FlowPlan.Of(flow.Kind).Step(code) is null or { Automatic: true })
                return Problem.NotFound("This step");
            if (Seen(step, version) is { } other)
                return other;
            if (step.State == FlowStepState.Done)
                return Problem.Conflict($"This step was done already, by {step.DoneBy?.Name}. Take it back first.");
            var effect = await take(flow);
            if (!effect.Ok)
                return Outcome<FlowStepSaved>.Broken(effect.Problems);
            Note(step, effect.Value, typed);
            flow.Touch(actor.Actor.Ref, db.Now);
            await db.SaveChangesAsync(ct);
            return new FlowStepSaved(flow.Id, code, step.Version);
        }, ct, hold);

    public void Note(GuidedFlowStep step, FlowEffect effect, object? typed = null) =>
        step.Do(actor.Actor.Ref, db.Now, effect.Words, typed is null ? null : Write(typed), effect.Kept is null ? null : Write(effect.Kept));

    /// <summary>Two who work on one list: the second hears of the first, whose step it was.</summary>
    public static Problem? Seen(GuidedFlowStep step, int version) =>
        step.Version == version ? null
        : Problem.Conflict($"{step.DoneBy?.Name ?? "Someone else"} has worked on this step in the meantime{(step.Words is null ? "" : $": {step.Words}")}. What you typed is still here.");

    /// <inheritdoc cref="Seen(GuidedFlowStep, int)"/>
    public static Problem? Seen(GuidedFlow flow, int version) =>
        flow.Version == version ? null : Problem.Conflict($"{flow.TouchedBy.Name} has worked on this list in the meantime: look at it again.");

    private Task<long> PersonOf(long flowId, CancellationToken ct) => db.Set<GuidedFlow>().Where(f => f.Id == flowId).Select(f => f.PersonId).SingleOrDefaultAsync(ct);

    private static Problem Over(GuidedFlow flow) =>
        new(null, flow.State == FlowState.Finished ? $"{flow.EndedBy?.Name} has finished this list: nothing on it changes any more." : $"{flow.EndedBy?.Name} has undone this list: {flow.EndedBecause}", OverRule);
}
