using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

internal sealed class RemoveIdentifier(PersonChange people) : IUse<RemoveIdentifier.Input, Done>
{
    public sealed record Input(long PersonId, long IdentifierId, int Version);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (person.Identifiers.All(i => i.Id != input.IdentifierId))
                problems.List.Add(Problem.NotFound("The number"));
            else
                person.RemoveIdentifier(input.IdentifierId);
        }, ct);
}
