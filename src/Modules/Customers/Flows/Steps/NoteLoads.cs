using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Agreements;
using Tieline.Customers.Accounts;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>Whether the customer depends on life support, or a load of theirs must not fail, and at which premise that is: crews and outage lists go by the premise.</summary>
internal sealed class NoteLoads(FlowDesk desk, AppDb db, FlagPremise flag, TakenBack back) : FlowStep<NoteLoads.Input>(desk)
{
    /// <param name="PremiseId">Where it stands; one that an account of the customer supplies.</param>
    public sealed record Input(long FlowId, int Version, bool? LifeSupport, bool? SensitiveLoad, long? PremiseId = null) : IFlowStepInput;

    public override string Code => FlowPlan.Loads;

    private sealed record Flags(bool LifeSupport, bool SensitiveLoad);

    private sealed record Kept(Flags Before, Flags After, long? PremiseId, Flags? PremiseBefore, Flags? PremiseAfter);

    protected override Task Hold(long personId, Input input, CancellationToken ct) => db.Hold("premise", input.PremiseId is { } premise ? [premise] : [], ct);

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var after = new Flags(problems.Said(nameof(Input.LifeSupport), "Life support", input.LifeSupport), problems.Said(nameof(Input.SensitiveLoad), "Sensitive load", input.SensitiveLoad));
        var premise = input.PremiseId is { } id ? await db.Set<Premise>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) : null;
        if (input.PremiseId is not null && (premise is null || !await Supplied(flow.PersonId, premise.Id, ct)))
            problems.Add(nameof(Input.PremiseId), "Nothing is supplied to the customer there.", "premise.not_of_person");
        if (problems.Any)
            return problems;
        var before = default(Flags)!;
        var changed = await back.Person(flow.PersonId, (person, _) =>
        {
            before = new Flags(person.LifeSupport, person.SensitiveLoad);
            person.Flag(after.LifeSupport, after.SensitiveLoad);
        }, ct);
        if (!changed.Ok)
            return Outcome<FlowEffect>.Broken(changed.Problems);
        // What others there depend on is not taken away with this customer's no.
        var there = premise is null ? null : new Flags(premise.LifeSupport || after.LifeSupport, premise.SensitiveLoad || after.SensitiveLoad);
        if (there is not null && await flag.Handle(new(premise!.Id, premise.Version, there.LifeSupport, there.SensitiveLoad), ct) is { Ok: false } refused)
            return Outcome<FlowEffect>.Broken(refused.Problems);
        var words = string.Join(", ", new[] { after.LifeSupport ? "life support" : null, after.SensitiveLoad ? "sensitive load" : null }.OfType<string>());
        return new FlowEffect(
            $"{(words.Length == 0 ? "Neither life support nor a sensitive load" : words)}{(premise is null ? "" : $", at {premise.OneLine}")}",
            new Kept(before, after, premise?.Id, premise is null ? null : new Flags(premise.LifeSupport, premise.SensitiveLoad), there));
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        var problems = new List<Problem>((await back.Person(flow.PersonId, (person, broken) =>
        {
            if (new Flags(person.LifeSupport, person.SensitiveLoad) != did.After)
                broken.List.Add(FlowDesk.Contradicted("What the customer depends on was changed since: look at it first."));
            else
                person.Flag(did.Before.LifeSupport, did.Before.SensitiveLoad);
        }, ct)).Problems);
        if (problems.Count > 0 || did.PremiseId is not { } id || await db.Set<Premise>().AsNoTracking().SingleAsync(p => p.Id == id, ct) is not { } premise)
            return problems;
        if (new Flags(premise.LifeSupport, premise.SensitiveLoad) != did.PremiseAfter)
            return [FlowDesk.Contradicted($"What {premise.OneLine} depends on was changed since: look at it first.")];
        return (await flag.Handle(new(id, premise.Version, did.PremiseBefore!.LifeSupport, did.PremiseBefore.SensitiveLoad), ct)).Problems;
    }

    private Task<bool> Supplied(long person, long premise, CancellationToken ct) =>
        db.Set<ServiceAgreement>().AnyAsync(s => s.PremiseId == premise && s.State != AgreementState.Cancelled && db.Set<AccountPerson>().Any(m => m.AccountId == s.AccountId && m.PersonId == person && m.ToOn == null), ct);
}
