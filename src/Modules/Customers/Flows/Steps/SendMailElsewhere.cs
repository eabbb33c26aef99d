using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>From a day on letters and bills go to another address; where they went before ends the day before.</summary>
internal sealed class SendMailElsewhere(FlowDesk desk, AppDb db, TakenBack back, IUtilityClock clock) : FlowStep<SendMailElsewhere.Input>(desk)
{
    /// <param name="FromOn">Today when left out.</param>
    public sealed record Input(long FlowId, int Version, string? Line, DateOnly? FromOn = null) : IFlowStepInput;

    public override string Code => FlowPlan.Mail;

    private sealed record Ended(long Id, DateOnly? Before, DateOnly After);

    private sealed record Kept(long AddressId, IReadOnlyList<Ended> Ended);

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var from = input.FromOn ?? await clock.Today(ct);
        var (added, ended) = (default(PersonAddress), new List<Ended>());
        var changed = await back.Person(flow.PersonId, (person, problems) =>
        {
            added = new AddressInput(AddressKind.Mailing, input.Line, from).Make(problems, "", db, person.Id);
            if (added is null)
                return;
            var last = from.AddDays(-1);
            foreach (var before in person.Addresses.Where(a => a.Kind == AddressKind.Mailing && (a.FromOn is null || a.FromOn < from) && (a.ToOn is null || a.ToOn > last)))
            {
                ended.Add(new(before.Id, before.ToOn, last));
                person.EndAddress(before.Id, last);
            }
            person.AddAddress(added);
        }, ct);
        return changed.Ok ? new FlowEffect($"{added!.OneLine}, from {from:d MMM yyyy}", new Kept(added.Id, ended)) : Outcome<FlowEffect>.Broken(changed.Problems);
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        return (await back.Person(flow.PersonId, (person, problems) =>
        {
            if (person.Addresses.FirstOrDefault(a => a.Id == did.AddressId) is not { ToOn: null })
                problems.List.Add(FlowDesk.Contradicted("The mailing address was changed since: look at it first."));
            else if (did.Ended.Any(e => person.Addresses.FirstOrDefault(a => a.Id == e.Id)?.ToOn != e.After))
                problems.List.Add(FlowDesk.Contradicted("The address before was changed since: look at it first."));
            if (problems.Any)
                return;
            person.TakeBackAddress(did.AddressId);
            foreach (var before in did.Ended)
                person.ReopenAddress(before.Id, before.Before);
        }, ct)).Problems;
    }
}
