using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Takes an e-mail address away. When it was the primary one, the oldest of the others takes its place.</summary>
internal sealed class RemoveEmail(PersonChange people) : IUse<RemoveEmail.Input, Done>
{
    public sealed record Input(long PersonId, long EmailId, int Version);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (person.Emails.All(e => e.Id != input.EmailId))
                problems.List.Add(Problem.NotFound("The e-mail address"));
            else
                person.RemoveEmail(input.EmailId);
        }, ct);
}
