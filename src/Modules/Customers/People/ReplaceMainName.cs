using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Gives a person a new main name; the old one stays as a former name and findable.</summary>
internal sealed class ReplaceMainName(PersonChange people, AppDb db, ITimeline timeline, IEvents events, IUtilityClock clock) : IUse<ReplaceMainName.Input, Done>
{
    /// <param name="FromOn">Since when it is the name; today when left out. The old one ends the day before.</param>
    public sealed record Input(long PersonId, int Version, string? Given = null, string? Family = null, string? FullName = null, DateOnly? FromOn = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        people.Require();
        var today = await clock.Today(ct);
        return await people.Run(input.PersonId, input.Version, async (person, problems) =>
        {
            var name = problems.Name("", person.Kind, input.Given, input.Family, input.FullName);
            var from = input.FromOn ?? today;
            problems.NotAfter(nameof(Input.FromOn), input.FromOn, today);
            if (input.FromOn is not null && person.Names.Single(n => n.Kind == NameKind.Main).FromOn is { } since && from <= since)
                problems.Add(nameof(Input.FromOn), $"The name before is in use since {since:d MMM yyyy}.", "date.order");
            if (problems.Any)
                return;
            if (name.Full == person.DisplayName)
            {
                problems.Add(person.Kind == PersonKind.Organization ? nameof(Input.FullName) : nameof(Input.Family), "This is the main name already.", "name.same");
                return;
            }
            var before = person.DisplayName;
            person.AddName(new PersonName(db.NextId(), person.Id, NameKind.Main, name.Given, name.Family, name.Full, from), from);
            timeline.Tell(new RecordRef("person", person.Id), "person", db.Now, "Name changed", $"{before} is now {name.Full}", false, person.Id, null, null);
            await events.Publish(new PersonRenamed(person.Id, before, name.Full), ct, new RecordRef("person", person.Id));
        }, ct);
    }
}
