using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>A name that was to take effect on a later day will not. Nobody was called so: it goes, and stays in the history.</summary>
internal sealed class WithdrawName(PersonChange people, AppDb db, ITimeline timeline) : IUse<WithdrawName.Input, Done>
{
    public sealed record Input(long PersonId, long NameId, int Version);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (person.Names.FirstOrDefault(n => n.Id == input.NameId) is not { } name)
                problems.List.Add(Problem.NotFound("The name"));
            else if (!person.WithdrawName(name.Id))
                problems.Add(null, "This name is in use, or was: it is replaced or ended instead.", "name.in_use");
            else
                Tell(timeline, db.Now, person, name);
        }, ct);

    internal static void Tell(ITimeline timeline, DateTime at, Person person, PersonName name) =>
        timeline.Tell(new RecordRef("person", person.Id), "person", at, "New name withdrawn", $"{person.DisplayName} stays: not {name.FullName} from {name.FromOn:d MMM yyyy}", false, person.Id, null, null);
}
