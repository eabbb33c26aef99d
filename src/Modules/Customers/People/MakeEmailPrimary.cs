using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

internal sealed class MakeEmailPrimary(PersonChange people) : IUse<MakeEmailPrimary.Input, Done>
{
    public sealed record Input(long PersonId, long EmailId, int Version);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (!person.MakeEmailPrimary(input.EmailId))
                problems.List.Add(Problem.NotFound("The e-mail address"));
        }, ct);
}
