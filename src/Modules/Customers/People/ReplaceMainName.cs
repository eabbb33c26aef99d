using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Gives a person a new main name, now or from a later day on; the old one stays as a former name and findable.</summary>
internal sealed class ReplaceMainName(PersonChange people, AppDb db, ITimeline timeline, IEvents events, IUtilityClock clock) : IUse<ReplaceMainName.Input, Done>
{
    /// <summary>A name is announced a year ahead at most: further away it is a slip of the keys.</summary>
    private const int YearsAhead = 1;

    /// <param name="FromOn">Since when it is the name, or from when on it will be; today when left out. The old one ends the day before.</param>
    public sealed record Input(long PersonId, int Version, string? Given = null, string? Family = null, string? FullName = null, DateOnly? FromOn = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        people.Require();
        var today = await clock.Today(ct);
        return await people.Run(input.PersonId, input.Version, async (person, problems) =>
        {
            var name = problems.Name("", person.Kind, input.Given, input.Family, input.FullName);
            var from = input.FromOn ?? today;
            problems.Day(nameof(Input.FromOn), input.FromOn);
            if (from > today.AddYears(YearsAhead))
                problems.Add(nameof(Input.FromOn), "A name can be entered a year ahead at most.", "date.far");
            var coming = person.ComingName;
            if (from > today && coming is not null)
                problems.Add(nameof(Input.FromOn), $"From {coming.FromOn:d MMM yyyy} the name is {coming.FullName}: withdraw that first.", "name.coming");
            // The one whose day has come, though nothing has said so yet, is the name before.
            var before = coming?.FromOn <= today ? coming! : person.Names.Single(n => n.Kind == NameKind.Main);
            if (input.FromOn is not null && before.FromOn is { } since && from <= since)
                problems.Add(nameof(Input.FromOn), $"The name before is in use since {since:d MMM yyyy}.", "date.order");
            if (problems.Any)
                return;
            if (name.Full == before.FullName)
            {
                problems.Add(person.Kind == PersonKind.Organization ? nameof(Input.FullName) : nameof(Input.Family), "This is the main name already.", "name.same");
                return;
            }
            if (before == coming)
                await StartNames.Start(person, timeline, events, db.Now, ct);
            person.AddName(new PersonName(db.NextId(), person.Id, from > today ? NameKind.Coming : NameKind.Main, name.Given, name.Family, name.Full, from), from);
            timeline.Tell(
                person.AuditSubject, "person", db.Now, from > today ? "New name announced" : "Name changed",
                from > today ? $"{before.FullName} is {name.Full} from {from:d MMM yyyy}" : $"{before.FullName} is now {name.Full}", false, person.Id, null, null);
            if (from <= today)
                await events.Publish(new PersonRenamed(person.Id, before.FullName, name.Full), ct, person.AuditSubject);
        }, ct);
    }
}
