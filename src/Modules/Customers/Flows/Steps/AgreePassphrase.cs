using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Callers;
using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>A word by which the customer shows who they are. Only its hash is kept.</summary>
internal sealed class AgreePassphrase(FlowDesk desk, AppDb db, SetPassphrase set, TakenBack back) : FlowStep<AgreePassphrase.Input>(desk)
{
    [NotRemembered("a secret word")]
    public sealed record Input(long FlowId, int Version, string? Passphrase) : IFlowStepInput;

    public override string Code => FlowPlan.Passphrase;

    private sealed record Kept(string? Before, string After);

    protected override object? Remembered(Input input) => null;

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(input.Passphrase))
            return Problem.Required(nameof(Input.Passphrase), "Passphrase");
        var before = await db.Set<Person>().AsNoTracking().Where(p => p.Id == flow.PersonId).Select(p => new { p.PassphraseHash, p.Version }).SingleAsync(ct);
        var done = await set.Handle(new(flow.PersonId, before.Version, input.Passphrase), ct);
        if (!done.Ok)
            return Outcome<FlowEffect>.Broken(done.Problems);
        return new FlowEffect("Agreed", new Kept(before.PassphraseHash, (await db.Set<Person>().Where(p => p.Id == flow.PersonId).Select(p => p.PassphraseHash).SingleAsync(ct))!));
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        return (await back.Person(flow.PersonId, (person, problems) =>
        {
            if (person.PassphraseHash != did.After)
                problems.List.Add(FlowDesk.Contradicted("Another passphrase was agreed on since."));
            else
                person.UsePassphrase(did.Before);
        }, ct)).Problems;
    }
}
