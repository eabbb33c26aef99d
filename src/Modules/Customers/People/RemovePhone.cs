using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Takes a phone number away. When it was the primary one, the oldest of the others takes its place.</summary>
internal sealed class RemovePhone(PersonChange people) : IUse<RemovePhone.Input, Done>
{
    public sealed record Input(long PersonId, long PhoneId, int Version);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (person.Phones.All(p => p.Id != input.PhoneId))
                problems.List.Add(Problem.NotFound("The phone number"));
            else
                person.RemovePhone(input.PhoneId);
        }, ct);
}
