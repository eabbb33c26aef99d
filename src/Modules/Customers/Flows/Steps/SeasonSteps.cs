using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>Mail follows the customer to another address for a while, or every year between two days.</summary>
internal sealed class AddSeason(FlowDesk desk, AppDb db, TakenBack back) : FlowStep<AddSeason.Input>(desk)
{
    /// <param name="EveryYear">Only month and day count; November to March is possible.</param>
    /// <param name="Carries">Everything when left out.</param>
    public sealed record Input(long FlowId, int Version, string? Line, DateOnly? FromOn, DateOnly? ToOn, bool EveryYear = false, MailKind? Carries = null) : IFlowStepInput;

    public override string Code => FlowPlan.Season;

    private sealed record Kept(long AddressId, DateOnly? ToOn);

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var added = default(PersonAddress);
        var changed = await back.Person(flow.PersonId, (person, problems) =>
        {
            added = new AddressInput(AddressKind.Seasonal, input.Line, input.FromOn, input.ToOn, input.EveryYear, input.Carries ?? MailKind.Everything).Make(problems, "", db, person.Id);
            if (added is not null)
                person.AddAddress(added);
        }, ct);
        if (!changed.Ok)
            return Outcome<FlowEffect>.Broken(changed.Problems);
        var span = input.EveryYear ? $"every year {input.FromOn:d MMM} to {input.ToOn:d MMM}" : $"{input.FromOn:d MMM yyyy} to {input.ToOn:d MMM yyyy}";
        return new FlowEffect($"{added!.OneLine}, {span}{(added.Carries == MailKind.Everything ? "" : $", {added.Carries.ToString()!.ToLowerInvariant()} only")}", new Kept(added.Id, added.ToOn));
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        return (await back.Person(flow.PersonId, (person, problems) =>
        {
            if (person.Addresses.FirstOrDefault(a => a.Id == did.AddressId) is not { } address || address.ToOn != did.ToOn)
                problems.List.Add(FlowDesk.Contradicted("The seasonal address was changed since: look at it first."));
            else
                person.TakeBackAddress(did.AddressId);
        }, ct)).Problems;
    }
}

/// <summary>A number at which the customer is reached there.</summary>
internal sealed class ReachThere(FlowDesk desk, AppDb db, TakenBack back, ISettings settings) : FlowStep<ReachThere.Input>(desk)
{
    public sealed record Input(long FlowId, int Version, string? Number, PhoneKind? Kind = null) : IFlowStepInput;

    public override string Code => FlowPlan.Reach;

    private sealed record Kept(long PhoneId);

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var country = await settings.Get(HouseSettings.Country, ct);
        var added = default(PersonPhone);
        var changed = await back.Person(flow.PersonId, (person, problems) =>
        {
            added = new PhoneInput(input.Number, input.Kind).Make(problems, "", country, db, person.Id);
            if (added is not null && person.Phones.Any(p => p.E164 == added.E164 && p.Extension == added.Extension))
                problems.Add(nameof(Input.Number), "This number is on record already.", "twice");
            if (added is not null && !problems.Any)
                person.AddPhone(added);
        }, ct);
        return changed.Ok ? new FlowEffect(new PhoneNumber(added!.E164, added.Extension).Display(country), new Kept(added.Id)) : Outcome<FlowEffect>.Broken(changed.Problems);
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var id = FlowDesk.Read<Kept>(kept).PhoneId;
        // Removed by somebody since, it is gone as it should be.
        return (await back.Person(flow.PersonId, (person, _) => person.RemovePhone(id), ct)).Problems;
    }
}
