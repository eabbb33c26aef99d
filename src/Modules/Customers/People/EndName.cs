using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Says until when a name was in use. It stays on record and findable.</summary>
internal sealed class EndName(PersonChange people) : IUse<EndName.Input, Done>
{
    public sealed record Input(long PersonId, long NameId, int Version, DateOnly? On);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (person.Names.FirstOrDefault(n => n.Id == input.NameId) is not { } name)
                problems.List.Add(Problem.NotFound("The name"));
            else if (name.Kind == NameKind.Main)
                problems.Add(null, "A person always has a main name: replace it instead.", "name.main");
            else if (name.Kind == NameKind.Coming)
                problems.Add(null, "This name is not in use yet: withdraw it instead.", "name.coming");
            else if (input.On is not { } on)
                problems.List.Add(Problem.Required(nameof(Input.On), "Last day"));
            else
            {
                problems.Day(nameof(Input.On), on);
                problems.InOrder(nameof(Input.On), name.FromOn, on);
                if (!problems.Any)
                    person.EndName(name.Id, on);
            }
        }, ct);
}
