using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Says until when mail went to an address. It stays on record and findable.</summary>
internal sealed class EndAddress(PersonChange people) : IUse<EndAddress.Input, Done>
{
    public sealed record Input(long PersonId, long AddressId, int Version, DateOnly? On);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (person.Addresses.FirstOrDefault(a => a.Id == input.AddressId) is not { } address)
                problems.List.Add(Problem.NotFound("The address"));
            else if (input.On is not { } on)
                problems.List.Add(Problem.Required(nameof(Input.On), "Last day"));
            else
            {
                problems.Day(nameof(Input.On), on);
                problems.InOrder(nameof(Input.On), address.FromOn, on);
                if (!problems.Any)
                    person.EndAddress(address.Id, on);
            }
        }, ct);
}
