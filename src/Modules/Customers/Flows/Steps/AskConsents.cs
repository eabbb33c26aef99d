using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Consents;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>What the customer would like to be sent: every way that is ticked is a yes, every other a no.</summary>
internal sealed class AskConsents(FlowDesk desk, AppDb db, RecordConsents record, RecordedConsents consents, RecordsInSight records) : FlowStep<AskConsents.Input>(desk)
{
    public sealed record Input(long FlowId, int Version, IReadOnlyList<ConsentChannel>? Marketing = null, IReadOnlyList<ConsentChannel>? Surveys = null) : IFlowStepInput;

    public override string Code => FlowPlan.Consent;

    private sealed record Kept(DateTime SinceAt);

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var asked = new (ConsentPurpose Purpose, IReadOnlyList<ConsentChannel> Yes)[] { (ConsentPurpose.Marketing, input.Marketing ?? []), (ConsentPurpose.Surveys, input.Surveys ?? []) };
        var problems = new Problems();
        foreach (var (purpose, yes) in asked)
        {
            foreach (var channel in yes)
                problems.Choice(purpose.ToString(), "Channel", (ConsentChannel?)channel);
        }
        if (problems.Any)
            return problems;
        var recorded = await record.Handle(
            new(flow.PersonId, [.. asked.SelectMany(a => Enum.GetValues<ConsentChannel>().Select(c => new RecordConsents.Cell(a.Purpose, c, a.Yes.Contains(c) ? ConsentAnswer.Given : ConsentAnswer.Refused)))], ConsentSource.Call), ct);
        if (!recorded.Ok)
            return Outcome<FlowEffect>.Broken(recorded.Problems);
        var since = await db.Set<Consent>().Where(c => c.PersonId == flow.PersonId).MaxAsync(c => c.SinceAt, ct);
        return new FlowEffect(string.Join("; ", asked.Select(a => a.Yes.Count == 0 ? $"no {ConsentWords.Of(a.Purpose)}" : $"{ConsentWords.Of(a.Purpose)} by {string.Join(", ", a.Yes.Distinct().Select(ConsentWords.Of))}")), new Kept(since));
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        // What was given before is given again.
        if (await records.Seen(flow.PersonId, AuthorisationScope.Changes, ct) is { } unseen)
            return [unseen];
        var since = FlowDesk.Read<Kept>(kept).SinceAt;
        await consents.TakeBack(flow.PersonId, c => c.SinceAt == since && c.Source == ConsentSource.Call, "Answers taken back", "They were recorded by mistake", ct);
        return [];
    }
}
