using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

internal sealed class MakePhonePrimary(PersonChange people) : IUse<MakePhonePrimary.Input, Done>
{
    public sealed record Input(long PersonId, long PhoneId, int Version);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (!person.MakePhonePrimary(input.PhoneId))
                problems.List.Add(Problem.NotFound("The phone number"));
        }, ct);
}
